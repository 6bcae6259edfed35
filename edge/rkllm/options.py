"""RkllmOptions: which runtime of the NPU is used, and whether prompts are kept on disk for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RkllmOptions:
    """``library``: librkllmrt.so; None looks beside the model and where the system keeps it. ``version`` names its
    release where neither its hash nor its defaults tell it; "" trusts those. ``prompt_cache``: folder for prompts that
    were read already, at most ``prompt_cache_bytes`` of them; None keeps none."""

    library: Path | None = None
    version: str = ""
    prompt_cache: Path | None = None
    prompt_cache_bytes: int = 0
