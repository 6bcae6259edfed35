/* A runtime with the documented interface of librkllmrt.so that computes nothing: it speaks made-up tokens, and does
 * what the real one is reported to do where that hurts: abort comes late, a paused run is resumed by the next one,
 * text is gone after the callback, a second model in memory is fatal. Built by tests/rkllm_site.py for each release:
 *   gcc -shared -fPIC -DRKLLM_VERSION=10300 rkllm_runtime.c -lpthread
 * A model file is "SIMRKLLM", int32 tokens, int32 longest context, int32 end token, then for each token int32 length and
 * its bytes (length 0: a control token). What is not documented: after a pause the next run goes on from it unless the
 * cache is cleared; an abort asked for outside a run is void. sim_set turns knobs, sim_get reads counters. */
#include "rkllm_abi.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_LORAS 8
#define MOST_KV 32768

typedef struct { int32_t length; unsigned char *bytes; } Word;
typedef struct { int32_t ids[MOST_KV]; int count; } Ids;
typedef struct {
  Param param;
  char *model_path;
  ResultCallback result;
  void *userdata;
  Word *words;
  int32_t n_words, longest, end;
  int32_t *whole;                 /* tokens that are whole UTF-8 text by themselves */
  int n_whole;
  int32_t byte_token[256];        /* the token that is this one byte, -1 where there is none */
  Ids kv, cache;
  bool paused, cache_loaded;
  char *loras[MOST_LORAS];
  int n_loras;
  atomic_int running, aborted;
} Model;

static struct { const char *name; atomic_long value; } state[] = {
    /* knobs */
    {"abort_late", 0},      /* tokens that still come after an abort was asked for */
    {"token_us", 0},        /* microseconds a token takes */
    {"prefill_us", 0},      /* microseconds a token of the prompt takes */
    {"own_thread", 0},      /* the callback comes from another thread than the one that called run */
    {"fail_at", -1},        /* the run reports an error after so many tokens */
    {"break_at", -1},       /* run returns -1 after so many tokens without any word */
    {"silent_end", 0},      /* no FINISH is reported */
    {"fail_init", 0},       /* init returns -1 */
    {"fail_cache", 0},      /* load_prompt_cache returns -1 */
    {"no_gain", 0},         /* a loaded prompt cache saves nothing */
    {"waiting_text", 0},    /* WAITING comes with 0: no text, 1: the bytes so far, the whole follows; 2: the rest follows */
    {"characters", 4},      /* one in so many words is a character spelled byte by byte */
    {"hang", 0},            /* the next run hangs until this is 0 again */
    {"ignore_pause", 0},    /* goes on although the callback said to pause */
    /* counters */
    {"inits", 0}, {"destroys", 0}, {"runs", 0}, {"tokens", 0}, {"callbacks", 0}, {"aborts", 0}, {"late", 0},
    {"loaded", 0}, {"prefilled", 0}, {"cache_loads", 0}, {"cache_releases", 0}, {"cache_saves", 0}, {"clears", 0},
    {"misuse", 0}, {"calls", 0},
    /* what the last init or run was given */
    {"max_context_len", 0}, {"max_new_tokens", 0}, {"top_k", 0}, {"temperature_1000", 0}, {"top_p_1000", 0},
    {"repeat_1000", 0}, {"embed_flash", 0}, {"cpus", 0}, {"cpu_mask", 0}, {"run_max_new_tokens", 0}, {"run_top_k", 0},
    {"run_temperature_1000", 0}, {"run_repeat_1000", 0}, {"lora", 0}, {"template_raw", 0}, {"keep_history", 0},
};

static atomic_long *slot(const char *name) {
  for (size_t i = 0; i < sizeof state / sizeof *state; i++)
    if (!strcmp(state[i].name, name)) return &state[i].value;
  fprintf(stderr, "rkllm_runtime: no knob or counter %s\n", name);
  abort();
}
void sim_set(const char *name, long value) { atomic_store(slot(name), value); }
long sim_get(const char *name) { return atomic_load(slot(name)); }
static void add(const char *name, long by) { atomic_fetch_add(slot(name), by); }

static int32_t *script;           /* what every run says, instead of made-up tokens */
static int n_script;
void sim_script(const int32_t *ids, int count) {
  free(script);
  script = malloc(sizeof *script * (size_t)(count ? count : 1));
  if (count) memcpy(script, ids, sizeof *script * (size_t)count);
  n_script = count;
}
static int32_t *spoken;           /* the tokens of the last run, as a test reads them back */
static int n_spoken;
int sim_spoken(int32_t *ids, int most) {
  int count = n_spoken < most ? n_spoken : most;
  if (count) memcpy(ids, spoken, sizeof *ids * (size_t)count);
  return n_spoken;
}
static Ids heard;                 /* the keys and values as the last run began to speak */
int sim_heard(int32_t *ids, int most) {
  int count = heard.count < most ? heard.count : most;
  if (count) memcpy(ids, heard.ids, sizeof *ids * (size_t)count);
  return heard.count;
}

static int misuse(const char *what) {
  fprintf(stderr, "rkllm_runtime: %s\n", what);
  add("misuse", 1);
  return -1;
}

static int utf8_length(unsigned char lead) {
  return lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
}
static bool is_text(const Word *word) {
  int at = 0;
  while (at < word->length) {
    int size = utf8_length(word->bytes[at]);
    if (!size || at + size > word->length || !word->bytes[at]) return false; /* a text that ends with NUL holds none */
    for (int i = 1; i < size; i++)
      if ((word->bytes[at + i] & 0xC0) != 0x80) return false;
    at += size;
  }
  return word->length > 0;
}

static bool read_model(Model *model) {
  FILE *file = fopen(model->model_path, "rb");
  char magic[8];
  int32_t head[3];
  if (!file) return false;
  bool fine = fread(magic, 8, 1, file) == 1 && !memcmp(magic, "SIMRKLLM", 8) && fread(head, 12, 1, file) == 1;
  if (fine) {
    model->n_words = head[0], model->longest = head[1], model->end = head[2];
    model->words = calloc((size_t)head[0], sizeof *model->words);
    model->whole = malloc(sizeof *model->whole * (size_t)head[0]);
    memset(model->byte_token, -1, sizeof model->byte_token);
  }
  for (int32_t i = 0; fine && i < model->n_words; i++) {
    Word *word = &model->words[i];
    fine = fread(&word->length, 4, 1, file) == 1 && word->length >= 0 && word->length < 4096;
    word->bytes = fine ? malloc((size_t)word->length + 1) : NULL;
    fine = fine && (!word->length || fread(word->bytes, (size_t)word->length, 1, file) == 1);
    if (fine && word->length == 1) model->byte_token[word->bytes[0]] = i;
    if (fine && is_text(word)) model->whole[model->n_whole++] = i;
  }
  fclose(file);
  return fine && model->n_whole > 0;
}
static void free_model(Model *model) {
  for (int32_t i = 0; model->words && i < model->n_words; i++) free(model->words[i].bytes);
  for (int i = 0; i < model->n_loras; i++) free(model->loras[i]);
  free(model->words), free(model->whole), free(model->model_path), free(model);
}

Param rkllm_createDefaultParam(void) {
  Param param;
  memset(&param, 0, sizeof param);
  param.max_context_len = 512, param.max_new_tokens = 512, param.top_k = 40, param.top_p = 0.9f;
  param.temperature = 0.8f, param.repeat_penalty = 1.1f, param.mirostat_tau = 5.0f, param.mirostat_eta = 0.1f;
  param.skip_special_token = true;
#if !SINCE_130
  param.img_start = "<img>", param.img_end = "</img>", param.img_content = "<unk>";
#endif
  param.extend_param.enabled_cpus_num = 4, param.extend_param.enabled_cpus_mask = 0xF0;
  param.extend_param.n_batch = 1;
  return param;
}

static int begin_model(Handle *handle, Param *param, ResultCallback result, void *userdata) {
  add("calls", 1), add("inits", 1);
  if (!handle || !param || !result) return misuse("init without handle, parameters or callback");
  if (sim_get("loaded") > 0) {
    fprintf(stderr, "rkllm_runtime: a second model does not fit\n");
#if SINCE_130
    abort(); /* reported of 1.3.0: it ends the process instead of returning */
#else
    return -1;
#endif
  }
  if (sim_get("fail_init")) return -1;
  if (param->is_async || param->extend_param.n_batch != 1) return misuse("asynchronous or batched");
  if (param->max_context_len <= 0 || param->max_context_len % 32 || param->max_context_len > 16384) return -1;
  Model *model = calloc(1, sizeof *model);
  model->param = *param, model->result = result, model->userdata = userdata;
  model->model_path = strdup(param->model_path);
  if (!read_model(model) || param->max_context_len > model->longest) {
    free_model(model);
    return -1;
  }
  sim_set("max_context_len", param->max_context_len), sim_set("max_new_tokens", param->max_new_tokens);
  sim_set("top_k", param->top_k), sim_set("temperature_1000", (long)(param->temperature * 1000 + 0.5f));
  sim_set("top_p_1000", (long)(param->top_p * 1000 + 0.5f));
  sim_set("repeat_1000", (long)(param->repeat_penalty * 1000 + 0.5f));
  sim_set("embed_flash", param->extend_param.embed_flash), sim_set("cpus", param->extend_param.enabled_cpus_num);
  sim_set("cpu_mask", (long)param->extend_param.enabled_cpus_mask);
  add("loaded", 1);
  *handle = model;
  return 0;
}
#if SINCE_130
int rkllm_init(Handle *handle, Param *param, Callback *callback) {
  return begin_model(handle, param, callback ? callback->result : NULL, callback ? callback->result_userdata : NULL);
}
#else
int rkllm_init(Handle *handle, Param *param, ResultCallback callback) {
  return begin_model(handle, param, callback, NULL);
}
#endif

int rkllm_destroy(Handle handle) {
  Model *model = handle;
  add("calls", 1), add("destroys", 1);
  if (!model) return misuse("destroy of nothing");
  if (atomic_load(&model->running)) {
    fprintf(stderr, "rkllm_runtime: destroyed while it runs\n");
    abort();
  }
  add("loaded", -1);
  free_model(model);
  return 0;
}

static int shared(const Ids *a, const int32_t *b, int count) {
  int n = 0;
  while (n < a->count && n < count && a->ids[n] == b[n]) n++;
  return n;
}
static uint64_t mix(uint64_t h, uint64_t value) {
  h = (h ^ value) * 0x9E3779B97F4A7C15ull;
  return h ^ (h >> 29);
}

typedef struct {
  Model *model;
  const InferParam *infer;
  void *userdata;
  int prefilled, most, code, lora;
  bool greedy;
} Job;

static bool tell(Job *job, int32_t token, const unsigned char *text, int length, int call, const Perf *perf) {
  Result result;
  memset(&result, 0, sizeof result);
  char *copy = NULL;
  if (text) { /* a buffer of its own, so that whoever keeps the pointer reads what is gone */
    copy = malloc((size_t)length + 1);
    memcpy(copy, text, (size_t)length), copy[length] = 0;
  }
  result.text = copy, result.token_id = token;
  if (perf) result.perf = *perf;
  add("callbacks", 1);
  int answer = job->model->result(&result, job->userdata ? job->userdata : job->model->userdata, call);
  if (copy) memset(copy, 0xDD, (size_t)length), free(copy);
  memset(&result, 0xDD, sizeof result);
  return answer == PAUSE && !sim_get("ignore_pause");
}

static int32_t next_token(Model *model, Job *job, uint64_t *h, unsigned char *spelling, int *spell_at, int *spell_n, int said) {
  if (script) return said < n_script ? script[said] : model->end;
  if (*spell_at < *spell_n) return model->byte_token[spelling[(*spell_at)++]];
  *h = mix(*h, (uint64_t)said + 1);
  if (!job->greedy) *h = mix(*h, (uint64_t)rand());
  long one_in = sim_get("characters");
  if (one_in > 0 && (*h >> 7) % (uint64_t)one_in == 0) {
    unsigned int code = 0x1F300 + (unsigned int)((*h >> 20) % 64); /* four bytes, one token each */
    unsigned char made[4] = {(unsigned char)(0xF0 | code >> 18), (unsigned char)(0x80 | (code >> 12 & 63)),
                             (unsigned char)(0x80 | (code >> 6 & 63)), (unsigned char)(0x80 | (code & 63))};
    bool can = true;
    for (int i = 0; i < 4; i++) can = can && model->byte_token[made[i]] >= 0;
    if (can) {
      memcpy(spelling, made, 4), *spell_n = 4, *spell_at = 1;
      return model->byte_token[made[0]];
    }
  }
  return model->whole[(*h >> 16) % (uint64_t)model->n_whole];
}

static void *speak(void *given) {
  Job *job = given;
  Model *model = job->model;
  unsigned char spelling[4], pending[8];
  int spell_at = 0, spell_n = 0, n_pending = 0, said = 0, late = -1;
  uint64_t h = mix(1469598103934665603ull, (uint64_t)job->lora);
  for (int i = 0; i < model->kv.count; i++) h = mix(h, (uint64_t)model->kv.ids[i]);
  heard = model->kv;
  free(spoken);
  spoken = malloc(sizeof *spoken * (size_t)(job->most + 1)), n_spoken = 0;
  usleep((useconds_t)(sim_get("prefill_us") * job->prefilled));
  while (sim_get("hang")) usleep(1000);
  while (said < job->most) {
    if (atomic_load(&model->aborted) && late < 0) late = (int)sim_get("abort_late");
    if (late == 0) { job->code = 0, model->paused = true; return NULL; }
    if (late > 0) late--, add("late", 1);
    if (said == sim_get("fail_at")) { tell(job, 0, NULL, 0, FAILED, NULL), job->code = -1; return NULL; }
    if (said == sim_get("break_at")) { job->code = -1; return NULL; }
    usleep((useconds_t)sim_get("token_us"));
    int32_t token = next_token(model, job, &h, spelling, &spell_at, &spell_n, said);
    if (token == model->end) break;
    said++, add("tokens", 1);
    spoken[n_spoken++] = token;
    if (model->kv.count < MOST_KV) model->kv.ids[model->kv.count++] = token;
    const Word *word = &model->words[token];
    bool pause;
    if (word->length == 1 && word->bytes[0] >= 0x80) {
      pending[n_pending++] = word->bytes[0];
      if (n_pending < utf8_length(pending[0])) {
        int what = (int)sim_get("waiting_text");
        const unsigned char *text = what == 0 ? NULL : what == 1 ? pending : pending + n_pending - 1;
        pause = tell(job, token, text, what == 1 ? n_pending : 1, WAITING, NULL);
      } else {
        bool rest = sim_get("waiting_text") == 2;
        pause = tell(job, token, rest ? pending + n_pending - 1 : pending, rest ? 1 : n_pending, NORMAL, NULL);
        n_pending = 0;
      }
    } else {
      pause = tell(job, token, word->bytes, word->length, NORMAL, NULL);
    }
    if (pause) { job->code = 0, model->paused = true; return NULL; }
  }
  Perf perf = {(float)job->prefilled * 8.0f, job->prefilled, (float)said * 100.0f, said, 1234.5f};
  if (!sim_get("silent_end")) tell(job, model->end, NULL, 0, FINISH, &perf);
  job->code = 0;
  return NULL;
}

static bool write_cache(const char *path, const int32_t *ids, int count) {
  FILE *file = fopen(path, "wb");
  if (!file) return false;
  int32_t n = count;
  bool fine = fwrite("SIMCACHE", 8, 1, file) == 1 && fwrite(&n, 4, 1, file) == 1 &&
              fwrite(ids, 4, (size_t)count, file) == (size_t)count;
  return fclose(file) == 0 && fine;
}

int rkllm_run(Handle handle, Input *input, InferParam *infer, void *userdata) {
  Model *model = handle;
  add("calls", 1);
  if (!model || !input || !infer) return misuse("run without model, input or parameters");
  if (atomic_exchange(&model->running, 1)) return misuse("run while it runs");
  atomic_store(&model->aborted, 0);
  add("runs", 1);
  char crash[4096]; /* a file "crash" beside the model: for runs in a process whose knobs cannot be reached */
  snprintf(crash, sizeof crash, "%.*scrash", (int)(strrchr(model->model_path, '/') - model->model_path + 1), model->model_path);
  if (!access(crash, F_OK)) abort();
  Job job = {model, infer, userdata, 0, model->param.max_new_tokens, 0, 0, model->param.top_k == 1};
  sim_set("keep_history", infer->keep_history);
#if SINCE_130
  if (infer->max_new_tokens > 0) job.most = infer->max_new_tokens;
  sim_set("run_max_new_tokens", infer->max_new_tokens);
  if (infer->sampling_params) {
    job.greedy = infer->sampling_params->top_k == 1;
    sim_set("run_top_k", infer->sampling_params->top_k);
    sim_set("run_temperature_1000", (long)(infer->sampling_params->temperature * 1000 + 0.5f));
    sim_set("run_repeat_1000", (long)(infer->sampling_params->repeat_penalty * 1000 + 0.5f));
  }
#endif
  if (infer->lora_params) {
    for (int i = 0; i < model->n_loras; i++)
      if (!strcmp(model->loras[i], infer->lora_params->name)) job.lora = i + 1;
    if (!job.lora) job.code = misuse("no such adapter");
  }
  sim_set("lora", job.lora);
  if (input->input_type != TOKEN || infer->mode != GENERATE) job.code = misuse("only tokens are taken here");
  int count = job.code ? 0 : (int)input->payload.token.n_tokens;
  const int32_t *ids = input->payload.token.input_ids;
  if (!job.code && (count <= 0 || count > model->param.max_context_len)) job.code = -1;
  if (!job.code && model->paused) { /* it was not cleared, so this run goes on where that one stopped */
    for (int i = 0; i < count && model->kv.count < MOST_KV; i++) model->kv.ids[model->kv.count++] = ids[i];
    job.prefilled = count, model->paused = false;
  } else if (!job.code) {
    int held = shared(&model->kv, ids, count);
    int stored = model->cache_loaded && !sim_get("no_gain") ? shared(&model->cache, ids, count) : 0;
    int kept = held > stored ? held : stored;
    job.prefilled = count - (kept < count ? kept : count - 1);
    memcpy(model->kv.ids, ids, sizeof *ids * (size_t)count), model->kv.count = count;
    if (infer->prompt_cache_params && infer->prompt_cache_params->save) {
      add("cache_saves", 1);
      if (!write_cache(infer->prompt_cache_params->path, ids, count)) job.code = -1;
    }
  }
  add("prefilled", job.prefilled);
  if (!job.code && sim_get("own_thread")) {
    pthread_t thread;
    pthread_create(&thread, NULL, speak, &job);
    pthread_join(thread, NULL);
  } else if (!job.code) {
    speak(&job);
  }
  atomic_store(&model->running, 0);
  return job.code;
}

int rkllm_run_async(Handle handle, Input *input, InferParam *infer, void *userdata) {
  (void)handle, (void)input, (void)infer, (void)userdata;
  return misuse("run_async is known to hang");
}
int rkllm_abort(Handle handle) {
  Model *model = handle;
  add("calls", 1), add("aborts", 1);
  if (!model) return misuse("abort of nothing");
  if (!atomic_load(&model->running)) return -1;
  atomic_store(&model->aborted, 1);
  return 0;
}
int rkllm_is_running(Handle handle) {
  int busy = atomic_load(&((Model *)handle)->running);
  return SINCE_130 ? busy : !busy; /* documented the other way round before 1.3.0 */
}
int rkllm_load_lora(Handle handle, LoraAdapter *adapter) {
  Model *model = handle;
  add("calls", 1);
  if (model->n_loras == MOST_LORAS || access(adapter->path, R_OK) || !adapter->name || !(adapter->scale > 0)) return -1;
  for (int i = 0; i < model->n_loras; i++)
    if (!strcmp(model->loras[i], adapter->name)) return misuse("adapter loaded twice");
  model->loras[model->n_loras++] = strdup(adapter->name);
  return 0;
}
int rkllm_load_prompt_cache(Handle handle, const char *path) {
  Model *model = handle;
  char magic[8];
  int32_t n = 0;
  add("calls", 1), add("cache_loads", 1);
  if (model->cache_loaded) return misuse("prompt cache loaded over another");
  FILE *file = sim_get("fail_cache") ? NULL : fopen(path, "rb");
  if (!file) return -1;
  bool fine = fread(magic, 8, 1, file) == 1 && !memcmp(magic, "SIMCACHE", 8) && fread(&n, 4, 1, file) == 1 && n > 0 &&
              n <= MOST_KV && fread(model->cache.ids, 4, (size_t)n, file) == (size_t)n;
  fclose(file);
  model->cache.count = fine ? n : 0, model->cache_loaded = fine;
  return fine ? 0 : -1;
}
int rkllm_release_prompt_cache(Handle handle) {
  Model *model = handle;
  add("calls", 1), add("cache_releases", 1);
  if (!model->cache_loaded) return misuse("no prompt cache to release");
  model->cache_loaded = false, model->cache.count = 0;
  return 0;
}
int rkllm_clear_kv_cache(Handle handle, int keep_system_prompt, int *start, int *end) {
  Model *model = handle;
  (void)keep_system_prompt;
  add("calls", 1), add("clears", 1);
  if (atomic_load(&model->running)) return misuse("cleared while it runs");
  if (start || end) return misuse("a range is not cleared here");
  model->kv.count = 0, model->paused = false;
  return 0;
}
int rkllm_get_kv_cache_size(Handle handle, int *sizes) { sizes[0] = ((Model *)handle)->kv.count; return 0; }
int rkllm_set_chat_template(Handle handle, const char *system, const char *prefix, const char *postfix) {
  (void)handle;
  add("calls", 1);
  sim_set("template_raw", system && prefix && postfix && !*system && !*prefix && !*postfix);
  return 0;
}
int rkllm_set_function_tools(Handle handle, const char *system, const char *tools, const char *tag) {
  (void)handle, (void)system, (void)tools, (void)tag;
  return 0;
}
int rkllm_set_cross_attn_params(Handle handle, CrossAttnParam *param) { (void)handle, (void)param; return 0; }
