"""Target: the boxes that a bundle can be made for: their wheels, their compiler's flags, their first settings."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from typing import Literal

NVCC = "/usr/local/cuda/bin/nvcc"
BoardName = Literal["jetson", "rock5b", "pc"]

# multimodal, server, tools and tests of llama.cpp are not used; leaving them out halves the build
_LEAN = (
    "-DLLAVA_BUILD=OFF", "-DMTMD_BUILD=OFF", "-DLLAMA_BUILD_TOOLS=OFF", "-DLLAMA_BUILD_SERVER=OFF",
    "-DLLAMA_BUILD_TESTS=OFF", "-DLLAMA_BUILD_EXAMPLES=OFF",
)  # fmt: skip
# what the systems of the boards have: Ubuntu 22.04, Debian 12, Ubuntu 24.04, Debian 13. There are packages that ask for
# more than a minor version: a wheel for 3.11.5 does not install on Debian 12
_PATCHES = {"3.10": 12, "3.11": 2, "3.12": 3, "3.13": 5}


@dataclass(frozen=True, slots=True)
class Target:
    """``python`` is the minor version that the box's system has ("3.10"); ``glibc`` the minor version of its C library,
    up to which wheels fit; ``cmake_args`` what llama.cpp is compiled with on the box, and ``nvcc`` where the CUDA
    compiler lies that this takes; ``settings`` go into the box's andon.toml."""

    board: BoardName
    architecture: str
    python: str
    glibc: int
    cmake_args: tuple[str, ...]
    settings: tuple[tuple[str, str], ...] = ()
    nvcc: str = ""

    @property
    def platforms(self) -> tuple[str, ...]:
        """Platform tags of wheels that run there, best first (PEP 600)."""
        arch = self.architecture
        newer = tuple(f"manylinux_2_{minor}_{arch}" for minor in range(self.glibc, 16, -1))
        old = ("manylinux2014",) if arch == "aarch64" else ("manylinux2014", "manylinux2010", "manylinux1")
        return (*newer, *(f"{name}_{arch}" for name in old), f"linux_{arch}")

    @property
    def full_python(self) -> str:
        """The version that wheels are chosen for."""
        return f"{self.python}.{_PATCHES.get(self.python, 0)}"

    @property
    def guide(self) -> str:
        """The name of its page in docs."""
        return {"jetson": "jetson", "rock5b": "rk3588", "pc": "pc"}[self.board]

    @property
    def is_this_machine(self) -> bool:
        """Whether what is installed here runs there: the same architecture and the same Python."""
        return self.architecture == platform.machine() and self.python == this_python()


def this_python() -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def target_for(board: BoardName, python: str = "") -> Target:
    """``python`` "" takes what the board's usual system has: JetPack 6 is an Ubuntu 22.04, Radxa's a Debian 12."""
    if board == "jetson":
        # 87: Orin's compute capability. FA_ALL_QUANTS: kernels for every pair of key and value types
        cuda = (
            "-DGGML_CUDA=ON", "-DCMAKE_CUDA_ARCHITECTURES=87", "-DGGML_CUDA_F16=ON", "-DGGML_CUDA_FA_ALL_QUANTS=ON",
            f"-DCMAKE_CUDA_COMPILER={NVCC}",
        )  # fmt: skip
        return Target(board, "aarch64", python or "3.10", 35, _LEAN + cuda, (("gpu_layers", "-1"),), nvcc=NVCC)
    if board == "rock5b":
        # A76 and A55 both have dot products and half floats; native detection reads whichever core it runs on
        arm = ("-DGGML_NATIVE=OFF", "-DGGML_CPU_ARM_ARCH=armv8.2-a+dotprod+fp16")
        return Target(board, "aarch64", python or "3.11", 36, _LEAN + arm)
    return Target("pc", "x86_64", python or this_python(), _own_glibc(), _LEAN)


def _own_glibc() -> int:
    found = platform.libc_ver()[1].split(".")
    return int(found[1]) if len(found) > 1 and found[1].isdigit() else 28
