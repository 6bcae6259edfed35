"""LlamaModel: a GGUF file opened, and the one door to llama.cpp's C interface, as bound by llama-cpp-python.

Its names drift between releases, so nothing outside this folder touches them. Nothing here is thread-safe except the
tokenizer calls (``tokenize``, ``piece``), which only read the vocabulary.
"""

from __future__ import annotations

import ctypes
import logging
import os
import re
from collections import deque
from pathlib import Path
from typing import Any

from edge.errors import AdapterUnreadable, EdgeFailed, ModelMissing, ModelUnreadable

log = logging.getLogger(__name__)
_LEVELS = {1: logging.DEBUG, 2: logging.DEBUG, 3: logging.INFO, 4: logging.ERROR}  # enum ggml_log_level in ggml.h
_said: deque[str] = deque(maxlen=4)  # the library's latest errors: its functions return no reasons
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
        said = text.decode("utf-8", "replace").strip()
        if _LEVELS.get(level) == logging.ERROR:
            _said.append(said)
        log.log(_LEVELS.get(level, logging.DEBUG), "%s", said)

    _kept["callback"] = llama_cpp.llama_log_callback(pass_on)
    llama_cpp.llama_log_set(_kept["callback"], ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    _kept["module"] = llama_cpp
    return llama_cpp


def version() -> str:
    """What numbers hang on beside the model: the library's release, and what it was built for."""
    import llama_cpp

    return f"{llama_cpp.__version__} {library().llama_print_system_info().decode('utf-8', 'replace')}"


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
        self.vocab = self._llama.llama_model_get_vocab(self.handle)
        self.vocab_size = int(self._llama.llama_vocab_n_tokens(self.vocab))
        ids = range(self.vocab_size)
        self.end_ids = frozenset(i for i in ids if self._llama.llama_vocab_is_eog(self.vocab, i))
        self.control_ids = self.end_ids | {i for i in ids if self._steers(i)}
        self._single: dict[str, int] = {}
        self._pieces: dict[int, bytes] = {}

    def _steers(self, token: int) -> bool:
        """Whether ``token`` is a control token, or one that only the vocabulary calls user-defined: a mark such as
        "[INST]" that the chat template writes."""
        if self._llama.llama_vocab_is_control(self.vocab, token):
            return True
        if not self._llama.llama_vocab_get_attr(self.vocab, token) & self._llama.LLAMA_TOKEN_ATTR_USER_DEFINED:
            return False
        text = self.token_text(token)
        return bool(re.fullmatch(r"<.+>|\[.+\]", text)) and text in self.chat_template()

    @property
    def trained_context(self) -> int:
        return int(self._llama.llama_model_n_ctx_train(self.handle))

    @property
    def goes_back(self) -> bool:
        """Whether a context can forget its last tokens alone: not where it keeps one state for all of them."""
        of = self._llama
        return not (of.llama_model_is_recurrent(self.handle) or of.llama_model_is_hybrid(self.handle))

    def chat_template(self) -> str:
        """The Jinja chat template in the file; "" for none."""
        found = self._llama.llama_model_chat_template(self.handle, None)
        return found.decode("utf-8") if found else ""

    def token_text(self, token: int) -> str:
        """The token as the vocabulary writes it ("▁the", "<|im_end|>"); not for showing to people."""
        return bytes(self._llama.llama_vocab_get_text(self.vocab, token) or b"").decode("utf-8", "replace")

    def special_texts(self) -> dict[str, int]:
        """Tokens that steer the model, by their text."""
        return {text: i for i in sorted(self.control_ids) if (text := self.token_text(i))}

    def bos_eos_texts(self) -> tuple[str, str]:
        """Texts of the tokens that begin and end a document; "" where there is none."""
        bos, eos = self._llama.llama_vocab_bos(self.vocab), self._llama.llama_vocab_eos(self.vocab)
        return (self.token_text(bos) if bos >= 0 else "", self.token_text(eos) if eos >= 0 else "")

    def tokenize(self, text: str, *, add_special: bool = False, parse_special: bool = False) -> list[int]:
        """Token ids. ``add_special``: bos and eos as the file says. ``parse_special``: control tokens in ``text`` count
        as such; without it a text yields none, whatever it spells."""
        raw = text.encode("utf-8", "replace")
        room = len(raw) + 8
        while True:
            ids = (ctypes.c_int32 * room)()
            n = self._llama.llama_tokenize(self.vocab, raw, len(raw), ids, room, add_special, parse_special)
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
        found = self._pieces.get(token)
        if found is None:
            found = self._pieces[token] = self._read_piece(token)
        return found

    def _read_piece(self, token: int) -> bytes:
        size = 64
        while True:
            buffer = ctypes.create_string_buffer(size)
            n = self._llama.llama_token_to_piece(self.vocab, token, buffer, size, 0, False)
            if n >= 0:
                return buffer.raw[:n]
            size = -n

    def adapter(self, path: Path) -> Any:
        """A LoRA adapter in a GGUF file, for LlamaContext.adapt; it lasts as long as the model.

        Errors: AdapterUnreadable for a file that is missing, no adapter, or made for another model.
        """
        if not path.is_file():
            raise AdapterUnreadable(f"The adapter {path} is missing.", "Copy it there, or take it out of the settings.")
        _said.clear()
        found = self._llama.llama_adapter_lora_init(self.handle, os.fsencode(path))
        if not found:
            raise AdapterUnreadable(
                f"{path.name} is no LoRA adapter for {self.path.name}: {' '.join(_said) or 'no reason is told'}.",
                "Convert the adapter with the model that it was trained on.",
            )
        return found

    def close(self) -> None:
        if self.handle:
            self._llama.llama_model_free(self.handle)
            self.handle = None
