"""LlamaModel and LlamaContext: the one door to llama.cpp's C interface, as bound by llama-cpp-python.

Its names drift between releases, so nothing else in the project touches them. Nothing here is thread-safe except the
tokenizer calls (``tokenize``, ``piece``), which only read the vocabulary.
"""

from __future__ import annotations

import ctypes
import logging
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.errors import EdgeFailed, GenerationFailed, ModelMissing, ModelUnreadable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

log = logging.getLogger(__name__)
_LEVELS = {1: logging.DEBUG, 2: logging.DEBUG, 3: logging.INFO, 4: logging.ERROR}  # enum ggml_log_level in ggml.h
KV_TYPES = {"f32": 0, "f16": 1, "q8_0": 8}  # enum ggml_type in ggml.h
_kept: dict[str, Any] = {}  # the C side calls back for the life of the process: it must never be collected


def library() -> Any:
    """The binding's module, its chatter sent to ``logging``. Errors: EdgeFailed where it is not installed."""
    if "module" in _kept:
        return _kept["module"]
    try:
        from llama_cpp import llama_cpp
    except (ImportError, OSError, RuntimeError) as exc:  # the last two: its compiled part cannot be loaded
        raise EdgeFailed(
            "llama-cpp-python is not installed, or built for another machine.", "pip install 'llama-cpp-python==0.3.*'"
        ) from exc

    def pass_on(level: int, text: bytes, _data: object) -> None:
        log.log(_LEVELS.get(level, logging.DEBUG), "%s", text.decode("utf-8", "replace").rstrip())

    _kept["callback"] = llama_cpp.llama_log_callback(pass_on)
    llama_cpp.llama_log_set(_kept["callback"], ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    _kept["module"] = llama_cpp
    return llama_cpp


class LlamaModel:
    """A GGUF file opened: its weights (unless ``vocab_only``) and its vocabulary.

    Errors: ModelMissing, ModelUnreadable.
    """

    def __init__(self, path: Path, *, gpu_layers: int = 0, vocab_only: bool = False) -> None:
        if not path.is_file():
            raise ModelMissing(f"The model {path} is missing.", "Copy it there, or name another one in the settings.")
        self._llama = library()
        params = self._llama.llama_model_default_params()
        params.n_gpu_layers = gpu_layers
        params.vocab_only = vocab_only
        self.handle = self._llama.llama_model_load_from_file(os.fsencode(path), params)
        if not self.handle:
            raise ModelUnreadable(
                f"{path} is not a model that this llama.cpp can load.",
                "Check the file's hash with `andon doctor`, and that memory suffices.",
            )
        self.path = path
        self._vocab = self._llama.llama_model_get_vocab(self.handle)
        self.vocab_size = int(self._llama.llama_vocab_n_tokens(self._vocab))
        ids = range(self.vocab_size)
        self.end_ids = frozenset(i for i in ids if self._llama.llama_vocab_is_eog(self._vocab, i))
        self.control_ids = self.end_ids | {i for i in ids if self._steers(i)}
        self._single: dict[str, int] = {}

    def _steers(self, token: int) -> bool:
        """Whether ``token`` is a control token, or one that only the vocabulary calls user-defined: a mark such as
        "[INST]" that the chat template writes."""
        if self._llama.llama_vocab_is_control(self._vocab, token):
            return True
        if not self._llama.llama_vocab_get_attr(self._vocab, token) & self._llama.LLAMA_TOKEN_ATTR_USER_DEFINED:
            return False
        text = self.token_text(token)
        return bool(re.fullmatch(r"<.+>|\[.+\]", text)) and text in self.chat_template()

    @property
    def trained_context(self) -> int:
        return int(self._llama.llama_model_n_ctx_train(self.handle))

    def chat_template(self) -> str:
        """The Jinja chat template in the file; "" for none."""
        found = self._llama.llama_model_chat_template(self.handle, None)
        return found.decode("utf-8") if found else ""

    def token_text(self, token: int) -> str:
        """The token as the vocabulary writes it ("▁the", "<|im_end|>"); not for showing to people."""
        return bytes(self._llama.llama_vocab_get_text(self._vocab, token) or b"").decode("utf-8", "replace")

    def special_texts(self) -> dict[str, int]:
        """Tokens that steer the model, by their text."""
        return {text: i for i in sorted(self.control_ids) if (text := self.token_text(i))}

    def bos_eos_texts(self) -> tuple[str, str]:
        """Texts of the tokens that begin and end a document; "" where there is none."""
        bos, eos = self._llama.llama_vocab_bos(self._vocab), self._llama.llama_vocab_eos(self._vocab)
        return (self.token_text(bos) if bos >= 0 else "", self.token_text(eos) if eos >= 0 else "")

    def tokenize(self, text: str, *, add_special: bool = False, parse_special: bool = False) -> list[int]:
        """Token ids. ``add_special``: bos and eos as the file says. ``parse_special``: control tokens in ``text`` count
        as such; without it a text yields none, whatever it spells."""
        raw = text.encode("utf-8", "replace")
        room = len(raw) + 8
        while True:
            ids = (ctypes.c_int32 * room)()
            n = self._llama.llama_tokenize(self._vocab, raw, len(raw), ids, room, add_special, parse_special)
            if n >= 0:
                break
            room = -n
        found = list(ids[:n])
        if parse_special or add_special:
            return found
        # merging can still arrive at a control token's text by chance ("<s" + ">"): spell those out
        return [t for token in found for t in (self._spelled(token) if token in self.control_ids else [token])]

    def _spelled(self, token: int) -> list[int]:
        """A control token's text as ordinary tokens, one for each character, or for each byte where there is none."""
        if not self._single:
            texts = {self.token_text(i): i for i in range(self.vocab_size) if i not in self.control_ids}
            self._single = {t: i for t, i in texts.items() if len(t) == 1 or t.startswith("<0x")}
        out: list[int] = []
        for char in self.token_text(token):
            units = [char] if char in self._single else [f"<0x{byte:02X}>" for byte in char.encode("utf-8")]
            out += [self._single[u] for u in units if u in self._single]
        return out

    def piece(self, token: int) -> bytes:
        """The bytes that ``token`` stands for, possibly a part of a character; b"" for control tokens."""
        size = 64
        while True:
            buffer = ctypes.create_string_buffer(size)
            n = self._llama.llama_token_to_piece(self._vocab, token, buffer, size, 0, False)
            if n >= 0:
                return buffer.raw[:n]
            size = -n

    def close(self) -> None:
        if self.handle:
            self._llama.llama_model_free(self.handle)
            self.handle = None


class LlamaContext:
    """The working memory over one model: one sequence of tokens, its keys and values.

    ``context_tokens`` is the longest sequence; ``batch_tokens`` the most that one ``decode`` takes; ``kv_type`` (one of
    KV_TYPES) the precision of keys and values: q8_0 halves the memory of f16, f32 is for comparisons.
    Errors: ModelUnreadable when the memory cannot be had.
    """

    def __init__(
        self, model: LlamaModel, *, context_tokens: int, batch_tokens: int, threads: int, kv_type: str = "f16"
    ) -> None:
        self._llama = library()
        self._vocab_size = model.vocab_size
        params = self._llama.llama_context_default_params()
        params.n_ctx = context_tokens
        params.n_batch = params.n_ubatch = batch_tokens
        params.n_threads = params.n_threads_batch = threads
        params.type_k = params.type_v = KV_TYPES[kv_type]
        if kv_type == "f32":  # flash attention would round keys and values to f16 on its way
            params.flash_attn_type = self._llama.LLAMA_FLASH_ATTN_TYPE_DISABLED
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

    def keep(self, length: int) -> bool:
        """Forgets everything from position ``length`` on; False when only a full clearing was possible."""
        if length and self._llama.llama_memory_seq_rm(self._memory, 0, length, -1):
            return True
        self._llama.llama_memory_clear(self._memory, True)
        return length == 0

    def decode(self, tokens: Sequence[int], start: int, *, want_logits: bool) -> NDArray[np.float32] | None:
        """Appends ``tokens`` at position ``start``; the logits (vocab_size,) after the last of them if wanted.

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
        batch.n_tokens = len(tokens)
        for i, token in enumerate(tokens):
            batch.token[i] = token
            batch.pos[i] = start + i
            batch.n_seq_id[i] = 1
            batch.seq_id[i][0] = 0
            batch.logits[i] = i >= logits_from
        code = self._llama.llama_decode(self._handle, batch)
        if code != 0:
            raise GenerationFailed(f"llama.cpp could not compute (code {code}).", "Lower context_tokens, then restart.")

    def _logits(self, index: int) -> NDArray[np.float32]:
        import numpy as np

        pointer = self._llama.llama_get_logits_ith(self._handle, index)
        return np.ctypeslib.as_array(pointer, shape=(self._vocab_size,)).astype(np.float32, copy=True)

    def close(self) -> None:
        if self._handle:
            self._llama.llama_batch_free(self._batch)
            self._llama.llama_free(self._handle)
            self._handle = None
