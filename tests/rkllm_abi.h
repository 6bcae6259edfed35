/* The documented structures of librkllmrt.so, declared anew from their published sizes and offsets, which the compiler
 * asserts here. -DRKLLM_VERSION=10203 or 10300. */
#ifndef ANDON_TESTS_RKLLM_ABI_H
#define ANDON_TESTS_RKLLM_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if RKLLM_VERSION != 10203 && RKLLM_VERSION != 10300
#error "RKLLM_VERSION is 10203 or 10300"
#endif
#define SINCE_130 (RKLLM_VERSION >= 10300)

typedef void *Handle;
enum { NORMAL = 0, WAITING = 1, FINISH = 2, FAILED = 3 };
enum { PROMPT = 0, TOKEN = 1, EMBED = 2, MULTIMODAL = 3 };
enum { GENERATE = 0, GET_LAST_HIDDEN_LAYER = 1, GET_LOGITS = 2 };
enum { GO_ON = 0, PAUSE = 1 };

typedef struct {
  int32_t base_domain_id;
  int8_t embed_flash, enabled_cpus_num;
  uint32_t enabled_cpus_mask;
  uint8_t n_batch;
  int8_t use_cross_attn;
  uint8_t reserved[104];
} ExtendParam;

typedef struct {
  const char *model_path;
  int32_t max_context_len, max_new_tokens, top_k, n_keep;
  float top_p, temperature, repeat_penalty, frequency_penalty, presence_penalty;
  int32_t mirostat;
  float mirostat_tau, mirostat_eta;
  bool skip_special_token;
#if SINCE_130
  bool ignore_eos_token;
#endif
  bool is_async;
#if !SINCE_130
  const char *img_start, *img_end, *img_content;
#endif
  ExtendParam extend_param;
} Param;

typedef struct { const char *path, *name; float scale; } LoraAdapter;
typedef struct { float *embed; size_t n_tokens; } EmbedInput;
typedef struct { int32_t *input_ids; size_t n_tokens; } TokenInput;

#if SINCE_130
typedef struct {
  float *embed;
  size_t n_image_tokens, n_image;
  const char *start, *end, *content;
  size_t width, height;
} Image;
typedef struct {
  float *embed;
  size_t n_frame_tokens, n_frame_per_video, n_video;
  const char *start, *end, *content;
  size_t width, height;
} Video;
typedef struct { char *prompt; Image image; Video video; } MultiModalInput;
#else
typedef struct { char *prompt; float *image_embed; size_t n_image_tokens, n_image, image_width, image_height; } MultiModalInput;
#endif

typedef union { const char *prompt; EmbedInput embed; TokenInput token; MultiModalInput multimodal; } Payload;
typedef struct { const char *role; bool enable_thinking; int input_type; Payload payload; } Input;
typedef struct { const char *name; } LoraParam;
typedef struct { int save; const char *path; } PromptCacheParam;
typedef struct {
  int32_t top_k;
  float top_p, temperature, repeat_penalty, frequency_penalty, presence_penalty;
  int32_t mirostat;
  float mirostat_tau, mirostat_eta;
} SamplingParam;
typedef struct {
  int mode;
  LoraParam *lora_params;
  PromptCacheParam *prompt_cache_params;
#if SINCE_130
  SamplingParam *sampling_params;
#endif
  int keep_history;
#if SINCE_130
  int32_t max_new_tokens;
#endif
} InferParam;
typedef struct { const float *hidden_states; int embd_size, num_tokens; } LastHiddenLayer;
typedef struct { const float *logits; int vocab_size, num_tokens; } Logits;
typedef struct { float prefill_ms; int prefill_tokens; float generate_ms; int generate_tokens; float memory_mb; } Perf;
typedef struct { const char *text; int32_t token_id; LastHiddenLayer hidden; Logits logits; Perf perf; } Result;
typedef struct { float *k_cache, *v_cache, *mask; int32_t *positions; int num_tokens; } CrossAttnParam;
typedef int (*ResultCallback)(Result *, void *, int);
typedef int (*TokenizerCallback)(void *, const char *, int32_t, int32_t *, int32_t);
typedef int (*EmbedCallback)(void *, int32_t *, uint64_t, void *, uint64_t);
typedef struct {
  ResultCallback result;
  void *result_userdata;
  TokenizerCallback tokenizer;
  void *tokenizer_userdata;
  EmbedCallback embed;
  void *embed_userdata;
} Callback;

#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type)
#define AT(type, field, offset) _Static_assert(offsetof(type, field) == (offset), #type "." #field)
#define PICK(old, new) (SINCE_130 ? (new) : (old))

SIZE(ExtendParam, 120); AT(ExtendParam, embed_flash, 4); AT(ExtendParam, enabled_cpus_num, 5);
AT(ExtendParam, enabled_cpus_mask, 8); AT(ExtendParam, n_batch, 12); AT(ExtendParam, use_cross_attn, 13);
AT(ExtendParam, reserved, 14);
SIZE(Param, PICK(208, 184)); AT(Param, model_path, 0); AT(Param, max_context_len, 8); AT(Param, max_new_tokens, 12);
AT(Param, top_k, 16); AT(Param, n_keep, 20); AT(Param, top_p, 24); AT(Param, temperature, 28);
AT(Param, repeat_penalty, 32); AT(Param, frequency_penalty, 36); AT(Param, presence_penalty, 40);
AT(Param, mirostat, 44); AT(Param, mirostat_tau, 48); AT(Param, mirostat_eta, 52); AT(Param, skip_special_token, 56);
AT(Param, is_async, PICK(57, 58)); AT(Param, extend_param, PICK(88, 60));
#if SINCE_130
AT(Param, ignore_eos_token, 57);
AT(MultiModalInput, image, 8); AT(MultiModalInput, video, 72);
AT(Image, n_image_tokens, 8); AT(Image, n_image, 16); AT(Image, start, 24); AT(Image, end, 32); AT(Image, content, 40);
AT(Image, width, 48); AT(Image, height, 56);
AT(Video, n_frame_tokens, 8); AT(Video, n_frame_per_video, 16); AT(Video, n_video, 24); AT(Video, start, 32);
AT(Video, end, 40); AT(Video, content, 48); AT(Video, width, 56); AT(Video, height, 64);
AT(InferParam, sampling_params, 24); AT(InferParam, max_new_tokens, 36);
#else
AT(Param, img_start, 64); AT(Param, img_end, 72); AT(Param, img_content, 80);
AT(MultiModalInput, image_embed, 8); AT(MultiModalInput, n_image_tokens, 16); AT(MultiModalInput, n_image, 24);
AT(MultiModalInput, image_width, 32); AT(MultiModalInput, image_height, 40);
#endif
SIZE(LoraAdapter, 24); AT(LoraAdapter, name, 8); AT(LoraAdapter, scale, 16);
SIZE(EmbedInput, 16); SIZE(TokenInput, 16); AT(TokenInput, n_tokens, 8);
SIZE(MultiModalInput, PICK(48, 144));
SIZE(Input, PICK(64, 160)); AT(Input, enable_thinking, 8); AT(Input, input_type, 12); AT(Input, payload, 16);
SIZE(LoraParam, 8); SIZE(PromptCacheParam, 16); AT(PromptCacheParam, path, 8);
SIZE(SamplingParam, 36); AT(SamplingParam, mirostat_eta, 32);
SIZE(InferParam, PICK(32, 40)); AT(InferParam, lora_params, 8); AT(InferParam, prompt_cache_params, 16);
AT(InferParam, keep_history, PICK(24, 32));
SIZE(Result, 72); AT(Result, token_id, 8); AT(Result, hidden, 16); AT(Result, logits, 32); AT(Result, perf, 48);
SIZE(Perf, 20); SIZE(Logits, 16); AT(Logits, vocab_size, 8); AT(Logits, num_tokens, 12);
SIZE(CrossAttnParam, 40); AT(CrossAttnParam, num_tokens, 32);
SIZE(Callback, 48); AT(Callback, tokenizer, 16); AT(Callback, embed, 32);
_Static_assert(sizeof(void *) == 8 && sizeof(int) == 4 && sizeof(bool) == 1, "LP64");

#endif
