"""Cross-encoders as rerankers: the folder of a sentence-transformers CrossEncoder (torch), or an ONNX file alone."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.embedders.embedder import EmbedderMissing
from index.search.reranker import MAX_TOKENS, RerankerMissing


class _Loading:
    """Reads a model once, whichever thread asks first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._model: Any = None
        self._lock = threading.Lock()

    def load(self) -> None:
        with self._lock:
            if self._model is None:
                try:
                    self._model = self._read()
                except EmbedderMissing as missing:
                    raise RerankerMissing(missing.message, missing.remedy) from missing

    def _read(self) -> Any:
        raise NotImplementedError

    def _ready(self) -> Any:
        self.load()
        return self._model


class FolderCrossEncoder(_Loading):
    """A folder as CrossEncoder.save_pretrained writes it, with one number a pair."""

    @property
    def name(self) -> str:
        return self._path.resolve().name

    def _read(self) -> Any:
        from index.embedders.torch_model import load_cross_encoder

        return load_cross_encoder(self._path, MAX_TOKENS)

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        model = self._ready()
        pairs = [(_clean(question), _clean(text)) for text in texts]
        # one by one, so that padding does not make a score depend on its neighbours
        return [float(model.predict([pair], show_progress_bar=False)[0]) for pair in pairs]


class OnnxCrossEncoder(_Loading):
    """``path`` is the .onnx file: inputs input_ids and attention_mask (b, t) int64, perhaps token_type_ids; the first
    output holds one logit a pair (b, 1), or two of which the second means that it fits (b, 2). Beside it
    NAME.tokenizer.json, or tokenizer.json."""

    @property
    def name(self) -> str:
        return self._path.stem

    def _read(self) -> Any:
        from index.embedders.onnx_file import open_model

        session, tokenizer = open_model(self._path)
        inputs = {given.name for given in session.get_inputs()}
        if "input_ids" not in inputs or inputs - {"input_ids", "attention_mask", "token_type_ids"}:
            raise RerankerMissing(
                f"{self._path} takes {', '.join(sorted(inputs))}.", "Export it with input_ids and attention_mask."
            )
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
        model = (session, tokenizer, inputs)
        try:
            _logit(model, "warm up", "warm up")
        except RerankerMissing:
            raise
        except Exception as error:  # onnxruntime raises bare Exception; whatever it says, this file cannot be used
            raise RerankerMissing(
                f"{self._path} cannot be used as a reranker ({error}).", "Export it again."
            ) from error
        return model

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        model = self._ready()
        return [_logit(model, _clean(question), _clean(text)) for text in texts]


def _logit(model: Any, question: str, text: str) -> float:
    session, tokenizer, inputs = model
    encoded = tokenizer.encode(question, text)
    ids = np.array([encoded.ids or [0]], dtype=np.int64)
    types = np.array([encoded.type_ids or [0]], dtype=np.int64)
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": types}
    logits = np.asarray(session.run(None, {name: value for name, value in feed.items() if name in inputs})[0])
    if logits.shape not in ((1, 1), (1, 2), (1,)):
        raise RerankerMissing(f"The reranker's first output has shape {logits.shape}.", "Export one logit a pair.")
    flat = logits.reshape(-1)
    return float(flat[1] - flat[0]) if flat.size == 2 else float(flat[0])


def _clean(text: str) -> str:
    """Without lone surrogates, which no tokenizer takes."""
    return text.encode("utf-8", "replace").decode()
