/* Calls the runtime as edge/rkllm does, from C: defaults by value, load, speak, pause and clear, stop from another
 * thread, prompt cache, adapters, error, end. Compiled for aarch64 it shows that the layouts work there between two
 * translation units; under AddressSanitizer that the runtime of the tests neither leaks nor overruns. */
#include "rkllm_abi.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Param rkllm_createDefaultParam(void);
#if SINCE_130
int rkllm_init(Handle *, Param *, Callback *);
#else
int rkllm_init(Handle *, Param *, ResultCallback);
#endif
int rkllm_destroy(Handle);
int rkllm_run(Handle, Input *, InferParam *, void *);
int rkllm_abort(Handle);
int rkllm_load_lora(Handle, LoraAdapter *);
int rkllm_load_prompt_cache(Handle, const char *);
int rkllm_release_prompt_cache(Handle);
int rkllm_clear_kv_cache(Handle, int, int *, int *);
int rkllm_set_chat_template(Handle, const char *, const char *, const char *);
void sim_set(const char *, long);
long sim_get(const char *);
int sim_heard(int32_t *, int);

#define MUST(what) do { if (!(what)) { fprintf(stderr, "line %d: %s\n", __LINE__, #what); exit(1); } } while (0)

static struct { int tokens, waiting, finished, failed, pause_at, prefilled; long bytes; void *userdata; } heard;
static int hear(Result *result, void *userdata, int state) {
  heard.userdata = userdata;
  if (state == NORMAL || state == WAITING) heard.tokens++;
  if (state == WAITING) heard.waiting++;
  if (state == NORMAL && result->text) heard.bytes += (long)strlen(result->text);
  if (state == FINISH) {
    heard.finished++, heard.prefilled = result->perf.prefill_tokens;
    MUST(result->perf.memory_mb > 1234);
  }
  if (state == FAILED) heard.failed++;
  return heard.pause_at && heard.tokens >= heard.pause_at ? PAUSE : GO_ON;
}

static Handle handle;
static void *stop(void *unused) {
  (void)unused;
  while (heard.tokens < 3) usleep(200);
  MUST(rkllm_abort(handle) == 0);
  return NULL;
}

static int32_t prompt[96];
static int say(int count, int most, int pause_at, const char *lora, const char *save) {
  Input input;
  InferParam infer;
  memset(&input, 0, sizeof input), memset(&infer, 0, sizeof infer), memset(&heard, 0, sizeof heard);
  LoraParam adapter = {lora};
  PromptCacheParam cache = {1, save};
  heard.pause_at = pause_at;
  input.role = "user", input.input_type = TOKEN;
  input.payload.token.input_ids = prompt, input.payload.token.n_tokens = (size_t)count;
  infer.mode = GENERATE, infer.lora_params = lora ? &adapter : NULL, infer.prompt_cache_params = save ? &cache : NULL;
#if SINCE_130
  SamplingParam sampling = {1, 1.0f, 1.0f, 1.0f, 0, 0, 0, 5.0f, 0.1f};
  infer.sampling_params = &sampling, infer.max_new_tokens = most;
#else
  (void)most;
#endif
  return rkllm_run(handle, &input, &infer, (void *)0x1234567890);
}

int main(int argc, char **argv) {
  MUST(argc == 2);
  Param param = rkllm_createDefaultParam();
  MUST(param.top_k == 40 && param.extend_param.enabled_cpus_num == 4 && param.extend_param.n_batch == 1);
  param.model_path = argv[1], param.max_context_len = 256, param.max_new_tokens = 40, param.top_k = 1;
#if SINCE_130
  Callback callback = {hear, NULL, NULL, NULL, NULL, NULL};
  MUST(rkllm_init(&handle, &param, &callback) == 0);
#else
  MUST(rkllm_init(&handle, &param, hear) == 0);
#endif
  MUST(rkllm_set_chat_template(handle, "", "", "") == 0 && sim_get("template_raw") == 1);
  for (int i = 0; i < 96; i++) prompt[i] = 3 + i;

  MUST(say(64, 40, 0, NULL, NULL) == 0);
  MUST(heard.tokens == 40 && heard.finished == 1 && heard.waiting > 0 && heard.bytes > 40 && heard.prefilled == 64);
  MUST(heard.userdata == (void *)0x1234567890);
  MUST(say(96, 40, 0, NULL, NULL) == 0 && heard.prefilled == 32); /* the common beginning was known */

  MUST(say(64, 40, 5, NULL, NULL) == 0 && heard.tokens == 5 && !heard.finished);
  MUST(rkllm_clear_kv_cache(handle, 0, NULL, NULL) == 0);
  MUST(say(64, 40, 0, NULL, NULL) == 0 && heard.prefilled == 64 && sim_heard(NULL, 0) == 64);

  sim_set("token_us", 500), sim_set("abort_late", 4);
  memset(&heard, 0, sizeof heard);
  pthread_t thread;
  pthread_create(&thread, NULL, stop, NULL);
  MUST(say(64, 40, 0, NULL, NULL) == 0 && heard.tokens < 40 && !heard.finished);
  pthread_join(thread, NULL);
  MUST(sim_get("late") == 4 && rkllm_clear_kv_cache(handle, 0, NULL, NULL) == 0);
  sim_set("token_us", 0);

  char cache[512];
  snprintf(cache, sizeof cache, "%s.cache", argv[1]);
  MUST(say(96, 8, 0, NULL, cache) == 0 && rkllm_clear_kv_cache(handle, 0, NULL, NULL) == 0);
  MUST(rkllm_load_prompt_cache(handle, cache) == 0 && say(96, 8, 0, NULL, NULL) == 0 && heard.prefilled == 1);
  MUST(rkllm_release_prompt_cache(handle) == 0);

  LoraAdapter adapter = {argv[1], "site", 1.0f};
  MUST(rkllm_load_lora(handle, &adapter) == 0 && say(64, 8, 0, "site", NULL) == 0 && sim_get("lora") == 1);
  sim_set("own_thread", 1);
  MUST(say(64, 8, 0, "site", NULL) == 0 && heard.finished == 1);
  sim_set("fail_at", 2);
  MUST(say(64, 8, 0, NULL, NULL) != 0 && heard.failed == 1 && heard.tokens == 2);
  MUST(sim_get("misuse") == 0);
  MUST(say(64, 8, 0, "nobody", NULL) != 0);
  MUST(rkllm_destroy(handle) == 0 && sim_get("loaded") == 0);
  puts("well");
  return 0;
}
