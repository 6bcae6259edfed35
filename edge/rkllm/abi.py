"""ABI: the C structures of librkllmrt.so, release by release. A wrong layout crashes the process inside the library.

From the public header rkllm.h of the tags release-v1.2.3 and release-v1.3.0; sizes and offsets are held by
tests/test_edge_rkllm_abi.py against a C compiler. Text that the library hands over is valid only inside the callback.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, c_bool, c_char_p, c_float, c_int, c_int8, c_int32, c_size_t, c_uint8, c_uint32, c_void_p
from dataclasses import dataclass
from typing import Any

NORMAL, WAITING, FINISH, ERROR = 0, 1, 2, 3  # LLMCallState; WAITING: the bytes so far end inside a character
PROMPT, TOKEN, EMBED, MULTIMODAL = 0, 1, 2, 3  # RKLLMInputType
GENERATE, GET_LAST_HIDDEN_LAYER, GET_LOGITS = 0, 1, 2  # RKLLMInferMode
GO_ON, PAUSE = 0, 1  # what the result callback returns

Floats = POINTER(c_float)


class ExtendParam(ctypes.Structure):
    """``enabled_cpus_mask``: bit n stands for processor n."""

    _fields_ = (
        ("base_domain_id", c_int32),
        ("embed_flash", c_int8),
        ("enabled_cpus_num", c_int8),
        ("enabled_cpus_mask", c_uint32),
        ("n_batch", c_uint8),
        ("use_cross_attn", c_int8),
        ("reserved", c_uint8 * 104),
    )


_SAMPLING = (
    ("top_p", c_float),
    ("temperature", c_float),
    ("repeat_penalty", c_float),
    ("frequency_penalty", c_float),
    ("presence_penalty", c_float),
    ("mirostat", c_int32),
    ("mirostat_tau", c_float),
    ("mirostat_eta", c_float),
)
_BEFORE = (
    ("model_path", c_char_p),
    ("max_context_len", c_int32),
    ("max_new_tokens", c_int32),
    ("top_k", c_int32),
    ("n_keep", c_int32),
    *_SAMPLING,
    ("skip_special_token", c_bool),
)


class Param123(ctypes.Structure):
    _fields_ = (
        *_BEFORE,
        ("is_async", c_bool),
        ("img_start", c_char_p),
        ("img_end", c_char_p),
        ("img_content", c_char_p),
        ("extend_param", ExtendParam),
    )


class Param130(ctypes.Structure):
    _fields_ = (*_BEFORE, ("ignore_eos_token", c_bool), ("is_async", c_bool), ("extend_param", ExtendParam))


class LoraAdapter(ctypes.Structure):
    _fields_ = (("path", c_char_p), ("name", c_char_p), ("scale", c_float))


class EmbedInput(ctypes.Structure):
    _fields_ = (("embed", Floats), ("n_tokens", c_size_t))


class TokenInput(ctypes.Structure):
    _fields_ = (("input_ids", POINTER(c_int32)), ("n_tokens", c_size_t))


class MultiModalInput123(ctypes.Structure):
    _fields_ = (
        ("prompt", c_char_p),
        ("image_embed", Floats),
        ("n_image_tokens", c_size_t),
        ("n_image", c_size_t),
        ("image_width", c_size_t),
        ("image_height", c_size_t),
    )


class Image(ctypes.Structure):
    _fields_ = (
        ("embed", Floats),
        ("n_image_tokens", c_size_t),
        ("n_image", c_size_t),
        ("start", c_char_p),
        ("end", c_char_p),
        ("content", c_char_p),
        ("width", c_size_t),
        ("height", c_size_t),
    )


class Video(ctypes.Structure):
    _fields_ = (
        ("embed", Floats),
        ("n_frame_tokens", c_size_t),
        ("n_frame_per_video", c_size_t),
        ("n_video", c_size_t),
        ("start", c_char_p),
        ("end", c_char_p),
        ("content", c_char_p),
        ("width", c_size_t),
        ("height", c_size_t),
    )


class MultiModalInput130(ctypes.Structure):
    _fields_ = (("prompt", c_char_p), ("image", Image), ("video", Video))


class Payload123(ctypes.Union):
    _fields_ = (("prompt", c_char_p), ("embed", EmbedInput), ("token", TokenInput), ("multimodal", MultiModalInput123))


class Payload130(ctypes.Union):
    _fields_ = (("prompt", c_char_p), ("embed", EmbedInput), ("token", TokenInput), ("multimodal", MultiModalInput130))


class Input123(ctypes.Structure):
    _fields_ = (("role", c_char_p), ("enable_thinking", c_bool), ("input_type", c_int), ("payload", Payload123))


class Input130(ctypes.Structure):
    _fields_ = (("role", c_char_p), ("enable_thinking", c_bool), ("input_type", c_int), ("payload", Payload130))


class LoraParam(ctypes.Structure):
    _fields_ = (("name", c_char_p),)


class PromptCacheParam(ctypes.Structure):
    _fields_ = (("save", c_int), ("path", c_char_p))


class SamplingParam(ctypes.Structure):
    """Since 1.3.0: the sampling of one run."""

    _fields_ = (("top_k", c_int32), *_SAMPLING)


class InferParam123(ctypes.Structure):
    _fields_ = (
        ("mode", c_int),
        ("lora_params", POINTER(LoraParam)),
        ("prompt_cache_params", POINTER(PromptCacheParam)),
        ("keep_history", c_int),
    )


class InferParam130(ctypes.Structure):
    """``max_new_tokens`` 0 or less: the value given at init."""

    _fields_ = (
        ("mode", c_int),
        ("lora_params", POINTER(LoraParam)),
        ("prompt_cache_params", POINTER(PromptCacheParam)),
        ("sampling_params", POINTER(SamplingParam)),
        ("keep_history", c_int),
        ("max_new_tokens", c_int32),
    )


class LastHiddenLayer(ctypes.Structure):
    _fields_ = (("hidden_states", Floats), ("embd_size", c_int), ("num_tokens", c_int))


class Logits(ctypes.Structure):
    _fields_ = (("logits", Floats), ("vocab_size", c_int), ("num_tokens", c_int))


class Perf(ctypes.Structure):
    """Filled at FINISH only. ``memory_mb`` is the greatest resident size of the process so far (VmHWM)."""

    _fields_ = (
        ("prefill_ms", c_float),
        ("prefill_tokens", c_int),
        ("generate_ms", c_float),
        ("generate_tokens", c_int),
        ("memory_mb", c_float),
    )


class Result(ctypes.Structure):
    _fields_ = (
        ("text", c_char_p),
        ("token_id", c_int32),
        ("hidden", LastHiddenLayer),
        ("logits", Logits),
        ("perf", Perf),
    )


class CrossAttnParam(ctypes.Structure):
    _fields_ = (
        ("k_cache", Floats),
        ("v_cache", Floats),
        ("mask", Floats),
        ("positions", POINTER(c_int32)),
        ("num_tokens", c_int),
    )


ResultCallback = ctypes.CFUNCTYPE(c_int, POINTER(Result), c_void_p, c_int)


class Callback(ctypes.Structure):
    """Since 1.3.0: what init takes instead of a bare function. The tokenizer's and the embedding's are needed only for
    models that were exported without them."""

    _fields_ = (
        ("result", ResultCallback),
        ("result_userdata", c_void_p),
        ("tokenizer", c_void_p),
        ("tokenizer_userdata", c_void_p),
        ("embed", c_void_p),
        ("embed_userdata", c_void_p),
    )


@dataclass(frozen=True, slots=True)
class Abi:
    """The layouts of one release. ``sampling_per_run``: whether a run brings its own sampling and its own limit of
    tokens; else both are fixed when the model is loaded."""

    version: str
    param: Any
    input: Any
    infer: Any
    sampling_per_run: bool


ABIS = {
    "1.3.0": Abi("1.3.0", Param130, Input130, InferParam130, sampling_per_run=True),
    "1.2.3": Abi("1.2.3", Param123, Input123, InferParam123, sampling_per_run=False),
}
