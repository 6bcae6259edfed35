"""Forecast: the memory that a model will take, told from its file's header before it is loaded; and what is free."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from edge.board.identity import read_identity
from edge.board.tree import Tree
from edge.errors import ModelTooLarge, ModelTruncated, ModelUnreadable, NotAModel
from edge.free_memory import FreeMemory, free_memory
from edge.gguf_file import GgufFile, read_gguf
from edge.options import EdgeOptions

MIB = 1 << 20
PROCESS = 49 * MIB  # Python, numpy and llama.cpp beside what is counted apart (docs/results/forecast.json)
TOKEN = 200  # bytes that llama.cpp keeps for a token of the vocabulary, or for a merge of two
STEP = 256  # llama.cpp rounds a context up to it
_KV_BYTES = {"f32": 4.0, "f16": 2.0, "q8_0": 34 / 32}  # a value; q8_0 is blocks of 32 with a scale of 2 bytes
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Forecast:
    """Bytes. ``weights``: the file's tensors, which are mapped and read, and the adapters; ``keys_values``: what a full
    context of ``context_tokens`` holds; ``compute``: buffers of one batch; ``process``: what runs it, the vocabulary
    included. ``free`` None: unknown, or the model goes to a GPU with memory of its own. ``fitting_context``: the
    longest context that would fit, 0 where none does; ``kv_type`` is what the keys and values are counted in."""

    path: Path
    weights: int
    keys_values: int
    compute: int
    process: int
    context_tokens: int
    kv_type: str
    free: FreeMemory | None
    fitting_context: int

    @property
    def needed(self) -> int:
        return self.weights + self.keys_values + self.compute + self.process

    @property
    def fits(self) -> bool:
        return self.free is None or self.needed <= self.free.available


def forecast(path: Path, options: EdgeOptions, tree: Tree | None = None) -> Forecast:
    """What ``path`` takes under ``options`` in a process of its own. Layers with a sliding window or with states in
    the place of keys and values take less than is told here.

    Errors: ModelMissing, ModelTruncated, NotAModel, ModelUnreadable.
    """
    tree = tree or Tree()
    header = read_gguf(path)
    trained = header.number("context_length")
    context = min(options.context_tokens, trained) if trained else options.context_tokens
    free = free_memory(tree) if not options.gpu_layers or read_identity(tree).kind == "jetson" else None
    found = Forecast(
        path=path,
        weights=sum(tensor.bytes for tensor in header.tensors) + _adapters(options),
        keys_values=_keys_values(header, context, options.kv_type),
        compute=_compute(header, options.batch_tokens, context),
        process=PROCESS + TOKEN * (_count(header, "tokens") + _count(header, "merges")),
        context_tokens=context,
        kv_type=options.kv_type,
        free=free,
        fitting_context=context,
    )
    return found if found.fits else replace(found, fitting_context=_fitting(header, found))


def refuse_too_large(options: EdgeOptions, tree: Tree | None = None) -> None:
    """Raises ModelTooLarge where the model would not fit into what is free, and what ``forecast`` raises of a file that
    is missing, cut off or no model. What is not understood of it is left to llama.cpp, which may be newer."""
    try:
        found = forecast(options.model, options, tree)
    except (ModelTruncated, NotAModel):
        raise
    except ModelUnreadable as unknown:
        log.warning("The memory that the model takes cannot be told. %s", unknown)
        return
    if found.fits or found.free is None:
        return
    where = "this service may take" if found.free.limited else "is free"
    raise ModelTooLarge(
        f"{found.path.name} needs {_mib(found.needed)} MiB (weights {_mib(found.weights)}, context of "
        f"{found.context_tokens} tokens {_mib(found.keys_values)}, the rest {_mib(found.compute + found.process)}); "
        f"{_mib(found.free.available)} MiB {where}.",
        _remedy(found),
        needed=str(found.needed),
        free=str(found.free.available),
        fitting_context=str(found.fitting_context),
    )


def _remedy(found: Forecast) -> str:
    ways = [f"set context_tokens to {found.fitting_context}"] if found.fitting_context else []
    assert found.free is not None
    short = found.needed - found.free.available
    if found.kv_type != "q8_0" and short <= found.keys_values * (1 - _KV_BYTES["q8_0"] / _KV_BYTES[found.kv_type]):
        ways.append("set kv_type to q8_0")
    ways += ["choose a smaller model", "end what else takes memory"]
    text = ", or ".join(ways)
    return text[0].upper() + text[1:] + "."


def _keys_values(header: GgufFile, context: int, kv_type: str) -> int:
    """Layers x key-value heads x (key + value) x context x bytes a value."""
    layers = header.number("block_count")
    heads = header.number("attention.head_count")
    by_layer = header.keys.get(f"{header.architecture}.attention.head_count_kv", heads)
    total_heads = sum(by_layer) if isinstance(by_layer, list) else layers * int(by_layer)
    width = header.number("embedding_length") // max(1, heads)
    each = (header.number("attention.key_length") or width) + (header.number("attention.value_length") or width)
    padded = -(-context // STEP) * STEP
    return round(total_heads * each * padded * _KV_BYTES[kv_type])


def _compute(header: GgufFile, batch: int, context: int) -> int:
    """What one batch touches, 4 bytes a value: three rows of the feed-forward's width and four of the model's for each
    token, a mask over the context, and the logits of one (measured on models of 6 to 16 layers)."""
    rows = 3 * header.number("feed_forward_length") + 4 * header.number("embedding_length") + context
    return 4 * (batch * rows + _count(header, "tokens"))


def _adapters(options: EdgeOptions) -> int:
    """Adapters are loaded whole; of one that is missing is told where it is loaded."""
    return sum(adapter.path.stat().st_size for adapter in options.adapters if adapter.path.is_file())


def _count(header: GgufFile, name: str) -> int:
    """How many tokens or merges the tokenizer has."""
    held = header.keys.get(f"tokenizer.ggml.{name}", 0)
    return len(held) if isinstance(held, list) else int(held)


def _fitting(header: GgufFile, found: Forecast) -> int:
    """The longest context, a multiple of STEP, that fits into what is free."""
    assert found.free is not None
    left = found.free.available - (found.needed - found.keys_values)
    a_step = _keys_values(header, STEP, found.kv_type)
    return max(0, left // a_step * STEP) if a_step else 0


def _mib(size: int) -> str:
    return f"{round(size / MIB):,}"
