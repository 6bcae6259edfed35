"""EdgeOptions: which model runs on this box, and with what share of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from edge.errors import AdapterUnknown
from edge.rkllm.options import RkllmOptions

BARE = "none"  # in the place of an adapter's name: the model without one
SMALL_MODEL_BYTES = 64 * 1024 * 1024
_CPUS = Path("/sys/devices/system/cpu")


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA adapter beside the model: ``name`` is what Sampling.adapter asks for."""

    name: str
    path: Path
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class EdgeOptions:
    """``context_tokens`` bounds prompt and answer together; ``threads`` None chooses by model and machine;
    ``gpu_layers`` is how many layers go to the GPU (-1: all). ``batch_tokens`` is how many prompt tokens are computed
    at once: a stop takes effect between two batches, and only whole batches of an earlier prompt are reused, so
    smaller is nimbler and larger is faster on a GPU. ``kv_type`` q8_0 halves the context's memory. ``adapters`` are
    loaded with the model and chosen for each answer; ``rkllm`` is for .rkllm models alone. ``isolate`` puts the
    model into a process of its own (edge.isolated). ``flash_attention`` auto leaves it to llama.cpp; q8_0 needs it.
    ``draft_tokens``: how many tokens of a free answer are guessed ahead, at most, from what prompt and answer hold,
    where that is expected to pay by what batches were measured to cost (edge.llama.drafting), 0 for none.
    ``prompt_cache`` is a folder for what prompts begin with (edge.llama.saved_prefixes), ``prompt_cache_bytes`` its
    size, 0 for none."""

    model: Path
    context_tokens: int = 2048
    threads: int | None = None
    gpu_layers: int = 0
    batch_tokens: int = 128
    kv_type: Literal["f16", "q8_0", "f32"] = "f16"
    adapters: tuple[Adapter, ...] = ()
    rkllm: RkllmOptions = field(default_factory=RkllmOptions)
    isolate: bool = False
    flash_attention: Literal["auto", "on", "off"] = "auto"
    draft_tokens: int = 0
    prompt_cache: Path | None = None
    prompt_cache_bytes: int = 0


def check_adapter(name: str, loaded: Sequence[Adapter], model: str) -> None:
    """Errors: AdapterUnknown where ``name`` is asked for and is none of those ``loaded``."""
    if name and name not in [adapter.name for adapter in loaded]:
        raise AdapterUnknown(
            f"{model} was loaded without an adapter {name!r}.",
            f"Loaded with it: {', '.join(adapter.name for adapter in loaded) or 'none'}.",
        )


def default_batch(gpu_layers: int) -> int:
    """Tokens of a batch: 512, llama.cpp's own choice, where a GPU computes it (Jetson); 128 on a processor, which gains
    nothing from more (measured: 768 tokens in batches of 64, 96, 128: 0.14, 0.15, 0.14 s of the 9 MB model, 0.90, 0.96,
    0.89 s of a 110 MB model, two cores) and hears a stop the sooner."""
    return 512 if gpu_layers else 128


def default_threads(model_bytes: int = SMALL_MODEL_BYTES) -> int:
    """Physical cores this process may use; where cores differ in strength (big.LITTLE), only the strongest. One for a
    small model: its layers are done before a second thread has woken up, and where another process has that core, every
    layer waits for it (measured on 2 cores, one busy: 9 MB model, 40 tokens, 0.1 s on one thread, 7 s on two).

    llama.cpp waits for its slowest thread, so hyper-threads and little cores cost more than they give
    (rockchip RK3588: 4 of 8)."""
    if model_bytes < SMALL_MODEL_BYTES:
        return 1
    usable = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))
    strength = {cpu: _number(_CPUS / f"cpu{cpu}" / "cpu_capacity") for cpu in usable}
    strong = [cpu for cpu in usable if strength[cpu] >= max(strength.values()) * 0.8]
    siblings = {_text(_CPUS / f"cpu{cpu}" / "topology" / "thread_siblings_list") or str(cpu) for cpu in strong}
    return max(1, len(siblings))


def _text(path: Path) -> str:
    return path.read_text(encoding="ascii").strip() if path.is_file() else ""


def _number(path: Path) -> int:
    text = _text(path)
    return int(text) if text.isdigit() else 0
