"""LlamaContext: the working memory over one model: one sequence of tokens, its keys and values.

Not thread-safe: one caller at a time.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from edge.errors import GenerationFailed, ModelUnreadable
from edge.llama.library import LlamaModel, library

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KV_TYPES = {"f32": 0, "f16": 1, "q8_0": 8}  # enum ggml_type in ggml.h
FlashAttention = Literal["auto", "on", "off"]


class LlamaContext:
    """``context_tokens`` is the longest sequence; ``batch_tokens`` the most that one ``decode`` takes; ``kv_type`` (one
    of KV_TYPES) the precision of keys and values: q8_0 halves the memory of f16 and needs flash attention, f32 is for
    comparisons and is kept from it, since it would round keys and values to f16 on its way.

    Logits are (vocab_size,) float32. Errors: ModelUnreadable when the memory cannot be had.
    """

    def __init__(
        self,
        model: LlamaModel,
        *,
        context_tokens: int,
        batch_tokens: int,
        threads: int,
        kv_type: str = "f16",
        flash_attention: FlashAttention = "auto",
    ) -> None:
        self._llama = library()
        self._vocab_size = model.vocab_size
        params = self._llama.llama_context_default_params()
        params.n_ctx = context_tokens
        params.n_batch = params.n_ubatch = batch_tokens
        params.n_threads = params.n_threads_batch = threads
        params.type_k = params.type_v = KV_TYPES[kv_type]
        params.flash_attn_type = self._flash(kv_type, flash_attention)
        params.n_seq_max = 1
        params.no_perf = True
        self._handle = self._llama.llama_init_from_model(model.handle, params)
        if not self._handle:
            raise ModelUnreadable(
                f"No memory for a context of {context_tokens} tokens over {model.path.name}.",
                "Lower context_tokens or gpu_layers in the settings.",
            )
        self._memory = self._llama.llama_get_memory(self._handle)
        self._batch = self._llama.llama_batch_init(batch_tokens, 0, 1)
        for i in range(batch_tokens):  # the same for every batch
            self._batch.n_seq_id[i] = 1
            self._batch.seq_id[i][0] = 0
        self._views: dict[int, NDArray[np.float32]] = {}

    def _flash(self, kv_type: str, wanted: FlashAttention) -> int:
        """Of enum llama_flash_attn_type. Errors: ModelUnreadable for what cannot go together."""
        if kv_type == "f32":
            wanted = "off"
        if kv_type == "q8_0" and wanted == "off":
            raise ModelUnreadable(
                "Quantised keys and values need flash attention.", "Set flash_attention to auto, or kv_type to f16."
            )
        names = {"auto": "AUTO", "on": "ENABLED", "off": "DISABLED"}
        return int(getattr(self._llama, f"LLAMA_FLASH_ATTN_TYPE_{names[wanted]}"))

    def keep(self, length: int) -> bool:
        """Forgets everything from position ``length`` on; False when only a full clearing was possible."""
        if length and self._llama.llama_memory_seq_rm(self._memory, 0, length, -1):
            return True
        self._llama.llama_memory_clear(self._memory, True)
        return length == 0

    def decode(self, tokens: Sequence[int], start: int, *, want_logits: bool) -> NDArray[np.float32] | None:
        """Appends ``tokens`` at position ``start``; the logits after the last of them if wanted.

        Errors: GenerationFailed.
        """
        self._compute(tokens, start, len(tokens) - 1 if want_logits else len(tokens))
        return self._logits(-1) if want_logits else None

    def decode_each(self, tokens: Sequence[int], start: int) -> list[NDArray[np.float32]]:
        """As ``decode``, with the logits after every one of ``tokens``."""
        self._compute(tokens, start, 0)
        return [self._logits(i) for i in range(len(tokens))]

    def _compute(self, tokens: Sequence[int], start: int, logits_from: int) -> None:
        batch = self._batch
        ids, places, wanted = batch.token, batch.pos, batch.logits
        for i, token in enumerate(tokens):
            ids[i] = token
            places[i] = start + i
            wanted[i] = i >= logits_from
        batch.n_tokens = len(tokens)
        code = self._llama.llama_decode(self._handle, batch)
        if code != 0:
            raise GenerationFailed(f"llama.cpp could not compute (code {code}).", "Lower context_tokens, then restart.")

    def _logits(self, index: int) -> NDArray[np.float32]:
        address = ctypes.addressof(self._llama.llama_get_logits_ith(self._handle, index).contents)
        view = self._views.get(address)
        if view is None:  # making one takes longer than copying what it shows; addresses repeat
            view = self._views[address] = self._view(address)
        return view.copy()

    def _view(self, address: int) -> NDArray[np.float32]:
        import numpy as np

        row = (ctypes.c_float * self._vocab_size).from_address(address)
        view: NDArray[np.float32] = np.ctypeslib.as_array(row)
        return view

    def adapt(self, adapter: Any, scale: float) -> None:
        """Computes with ``adapter`` (LlamaModel.adapter) from now on, None for without. Errors: GenerationFailed."""
        count = 0 if adapter is None else 1
        adapters = (self._llama.llama_adapter_lora_p_ctypes * 1)(adapter)
        code = self._llama.llama_set_adapters_lora(self._handle, adapters, count, (ctypes.c_float * 1)(scale))
        if code != 0:
            raise GenerationFailed(f"llama.cpp could not take the adapter (code {code}).", "Ask without it.")

    def state(self) -> bytes:
        """Keys and values of everything in memory, for ``restore`` in a context made alike over the same model."""
        size = int(self._llama.llama_state_seq_get_size(self._handle, 0))
        buffer = (ctypes.c_uint8 * size)()
        written = int(self._llama.llama_state_seq_get_data(self._handle, buffer, size, 0))
        return memoryview(buffer)[:written].tobytes()

    def restore(self, state: bytes, length: int) -> bool:
        """Puts ``state``, of ``length`` tokens, in the place of what is in memory; False, and the memory is empty,
        where llama.cpp does not take it."""
        self._llama.llama_memory_clear(self._memory, True)
        buffer = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        taken = int(self._llama.llama_state_seq_set_data(self._handle, buffer, len(state), 0))
        last = int(self._llama.llama_memory_seq_pos_max(self._memory, 0)) if taken else -1
        if last == length - 1:
            return True
        self._llama.llama_memory_clear(self._memory, True)
        return False

    def close(self) -> None:
        if self._handle:
            self._views.clear()
            self._llama.llama_batch_free(self._batch)
            self._llama.llama_free(self._handle)
            self._handle = None
