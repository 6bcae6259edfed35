"""OnnxEmbedder: a sentence embedder as an ONNX file with its tokenizer beside it, by onnxruntime alone; no torch.

Each text runs alone, never in a padded batch. Weights of 8 bits come with activations that are quantised over the whole
batch, so a passage's vector would depend on its neighbours; alone it is the same as a query and as a passage. It costs
nothing on a CPU: 14.5 ms of one core a demo passage (126 tokens) alone, 14.1 in batches of 256 tokens, 15.3 in batches
of 1024. Passages run side by side on all cores, each on one thread: weights are held once and no thread spins.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from index.embedders.embedder import EmbedderMissing, Reading, TextKind, Vectors
from index.embedders.onnx_tables import TableSession, small_model

MAX_TOKENS = 256
CHARACTERS_A_TOKEN = 32  # a text is cut here before it is tokenised; no tokenizer's mean is near it
QUERIES_KEPT = 256
LANGUAGES = frozenset({"ja", "en"})
_INSTALL = "Install it with: pip install onnxruntime tokenizers"


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A session with what must be known to feed it. ``inputs`` are the names that it takes, ``outputs`` those asked
    for: the vector, and perhaps the words and their weights; ``languages`` as its metadata say."""

    session: Any
    tokenizer: Any
    inputs: frozenset[str]
    outputs: tuple[str, ...]
    languages: frozenset[str]


class OnnxEmbedder:
    """``path`` is the .onnx file: inputs input_ids and attention_mask (b, t) int64, perhaps token_type_ids; output
    "vector" (b, dim), or the only one; perhaps "word_vectors" (b, t, word_dim), 0 where a token is no word, and
    "word_weights" (b, t). Beside it NAME.tokenizer.json, or tokenizer.json. Metadata that are read where
    they stand there: languages ("ja,en"), max_tokens, tokenizer_sha256."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._loading = threading.Lock()
        self._ready: _Loaded | None = None
        # vectors of the questions asked last: a page asks twice, and operators ask the same
        self._query = lru_cache(maxsize=QUERIES_KEPT)(self._reading)

    @cached_property
    def name(self) -> str:
        """The file's name and the first 12 hex digits of the SHA-256 over model and tokenizer."""
        digest = hashlib.sha256()
        for path in (self._file(), self._tokenizer_file()):
            with path.open("rb") as file:
                while piece := file.read(1 << 20):
                    digest.update(piece)
        return f"{self._path.stem}@{digest.hexdigest()[:12]}"

    @cached_property
    def dim(self) -> int:
        return int(self._reading("warm up").vector.shape[0])

    @cached_property
    def word_dim(self) -> int:
        return int(self._reading("warm up").words.shape[1])

    @property
    def languages(self) -> frozenset[str]:
        return self._loaded().languages

    @property
    def remembered(self) -> int:
        """How many questions' vectors are kept."""
        return self._query.cache_info().currsize

    def load(self) -> None:
        """Read model and tokenizer, once, and run it once. Raises EmbedderMissing where they are absent or damaged, or
        do not belong together."""
        self._loaded()

    def embed(self, texts: Sequence[str], kind: TextKind) -> Vectors:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        return np.stack([reading.vector for reading in self.read(texts, kind)])

    def read(self, texts: Sequence[str], kind: TextKind) -> list[Reading]:
        if kind == "query":
            return [self._query(text) for text in texts]
        if len(texts) < 2:
            return [self._reading(text) for text in texts]
        readings: dict[int, Reading] = {}
        longest_first = sorted(range(len(texts)), key=lambda place: -len(texts[place]))  # no core waits for a late one
        with ThreadPoolExecutor(min(_cores(), len(texts)), "embed") as pool:
            found = pool.map(self._reading, [texts[place] for place in longest_first])
            readings.update(zip(longest_first, found, strict=True))
        return [readings[place] for place in range(len(texts))]

    def _reading(self, text: str) -> Reading:
        """A text as the model reads it, not to be written to."""
        return _run(self._loaded(), text)

    def _loaded(self) -> _Loaded:
        if self._ready is None:
            with self._loading:
                if self._ready is None:
                    self._ready = self._read()
        return self._ready

    def _read(self) -> _Loaded:
        model = self._file()
        self._tokenizer_file()
        try:
            session, words = open_model(self._path)
            loaded = self._checked(session, words)
            words.no_padding()
            words.enable_truncation(min(MAX_TOKENS, int(_metadata(session).get("max_tokens", MAX_TOKENS))))
            _run(loaded, "warm up")
        except EmbedderMissing:
            raise
        except Exception as error:  # both libraries raise bare Exception; whatever they say, this pair cannot be used
            raise EmbedderMissing(
                f"{model} cannot be used as an embedder ({error}).", "Copy it there again."
            ) from error
        return loaded

    def _checked(self, session: Any, tokenizer: Any) -> _Loaded:
        """Raises EmbedderMissing where inputs, outputs or tokenizer are not the model's."""
        inputs = frozenset(given.name for given in session.get_inputs())
        outputs = [given.name for given in session.get_outputs()]
        known = {"input_ids", "attention_mask", "token_type_ids"}
        if "input_ids" not in inputs or inputs - known or not ("vector" in outputs or len(outputs) == 1):
            raise EmbedderMissing(
                f"{self._path} takes {', '.join(sorted(inputs))} and gives {', '.join(outputs)}.",
                "Export it with the inputs input_ids and attention_mask and the output vector.",
            )
        metadata = _metadata(session)
        wanted = metadata.get("tokenizer_sha256", "").lower()
        if wanted and hashlib.sha256(self._tokenizer_file().read_bytes()).hexdigest() != wanted:
            raise EmbedderMissing(
                f"{self._tokenizer_file()} is not the tokenizer that {self._path.name} was made with.",
                "Copy both files there again.",
            )
        named = {lang.strip() for lang in metadata.get("languages", "").split(",")}
        asked = ["vector" if "vector" in outputs else outputs[0]]
        if {"word_vectors", "word_weights"} <= set(outputs):
            asked += ["word_vectors", "word_weights"]
        return _Loaded(session, tokenizer, inputs, tuple(asked), LANGUAGES & named or LANGUAGES)

    def _file(self) -> Path:
        if not self._path.is_file():
            raise EmbedderMissing(f"The embedder's file {self._path} is missing.", "Copy it there again.")
        return self._path

    def _tokenizer_file(self) -> Path:
        return tokenizer_of(self._path)


def tokenizer_of(model: Path) -> Path:
    """The tokenizer beside an ONNX file. Raises EmbedderMissing."""
    own = model.with_suffix(".tokenizer.json")
    for path in (own, model.with_name("tokenizer.json")):
        if path.is_file():
            return path
    raise EmbedderMissing(f"The tokenizer {own} is missing.", "Copy it there again.")


def open_model(model: Path) -> tuple[Any, Any]:
    """The session of an ONNX file and the tokenizer beside it, for one thread a call and no arena. Raises
    EmbedderMissing where a file or package is absent or damaged."""
    if not model.is_file():
        raise EmbedderMissing(f"The model {model} is missing.", "Copy it there again.")
    tokenizer = tokenizer_of(model)
    try:
        import onnxruntime  # noqa: F401 - asked for first, so that its absence is told as what it is
        from tokenizers import Tokenizer
    except ImportError as error:
        raise EmbedderMissing(f"The model {model.name} needs {error.name}.", _INSTALL) from error
    try:
        with small_model(model) as (path, tables):
            session = open_session(path)
        asked = TableSession(session, tables, model) if tables else session
        return asked, Tokenizer.from_file(str(tokenizer))
    except Exception as error:  # both libraries raise bare Exception; whatever they say, this pair cannot be used
        raise EmbedderMissing(f"{model} cannot be used ({error}).", "Copy it there again.") from error


def open_session(model: str | bytes) -> Any:
    """onnxruntime over a file or its content: one thread a call, any number of calls at once, no memory kept between
    them."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    # every text has another length: an arena would keep the largest of all blocks for good
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _run(model: _Loaded, text: str) -> Reading:
    text = text[: MAX_TOKENS * CHARACTERS_A_TOKEN].encode("utf-8", "replace").decode()
    ids = np.array([model.tokenizer.encode(text).ids or [0]], dtype=np.int64)
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    given = {name: value for name, value in feed.items() if name in model.inputs}
    vector, *late = (np.asarray(found, np.float32) for found in model.session.run(list(model.outputs), given))
    if vector.ndim != 2 or vector.shape[0] != 1:
        raise EmbedderMissing(
            f"The embedder's output {model.outputs[0]} has shape {vector.shape}, not (1, dim).",
            "Export pooled vectors.",
        )
    if not late:
        return Reading(_unit(vector[0]), np.zeros((0, 0), np.float32), np.zeros(0, np.float32))
    words, weights = late
    if words.ndim != 3 or words.shape[:2] != ids.shape or weights.shape != ids.shape:
        raise EmbedderMissing(
            f"The embedder's words have shape {words.shape} and their weights {weights.shape}.", "Export it again."
        )
    real = np.abs(words[0]).sum(1) > 0
    return Reading(_unit(vector[0]), _kept(words[0][real]), _kept(weights[0][real]))


def _kept(values: Vectors) -> Vectors:
    values.setflags(write=False)
    return values


def _unit(vector: Vectors) -> Vectors:
    """``vector`` at length 1; the first axis where it has no direction, as a text without any word may give."""
    length = float(np.linalg.norm(vector))
    if not np.isfinite(length) or length < 1e-6:
        vector, length = np.eye(1, vector.size, dtype=np.float32)[0], 1.0
    return _kept(vector / np.float32(length))


def _metadata(session: Any) -> dict[str, str]:
    return dict(session.get_modelmeta().custom_metadata_map)


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
