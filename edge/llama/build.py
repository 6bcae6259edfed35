"""LlamaBuild: which llama.cpp is installed, and what it was built to compute on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from edge.llama.library import library


@dataclass(frozen=True, slots=True)
class LlamaBuild:
    """``version`` of llama-cpp-python; ``gpu`` whether layers can go to a GPU; ``features`` as llama.cpp lists them
    ("CPU: AVX2, FMA")."""

    version: str
    gpu: bool
    features: str


def installed_build() -> LlamaBuild:
    """Errors: EdgeFailed where llama-cpp-python is not installed, or built for another machine."""
    from importlib.metadata import version

    llama = library()
    listed = bytes(llama.llama_print_system_info() or b"").decode("utf-8", "replace")
    # "CPU : AVX = 1 | FMA = 1 | CUDA : ARCHS = 870 | " -> "CPU: AVX, FMA; CUDA: ARCHS 870"
    parts = [re.sub(r"\s*=\s*1$", "", part.strip()).replace(" = ", " ") for part in listed.split("|") if part.strip()]
    features = re.sub(r"^; ", "", re.sub(r"(^|, )(\w+) : ", r"; \2: ", ", ".join(parts)))
    return LlamaBuild(version("llama-cpp-python"), bool(llama.llama_supports_gpu_offload()), features)
