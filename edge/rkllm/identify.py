"""Identify: which release a librkllmrt.so is. It has no version function, and a wrong guess crashes the process."""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Mapping
from pathlib import Path

from edge.rkllm.abi import ABIS
from edge.rkllm.errors import RuntimeUnknown

KNOWN_BLOBS = {
    "34167b32f99cb7ab19e21fb579fb750d96b878f1": "1.3.0",
    "0084abc34ab43359cfa9fd5d4c92ece34127dbd0": "1.2.3",
    "8ed9cca16f8d5ad8f7cdd7d393de6561182b3395": "1.2.2",
    "6b9439d59f2fe4bb8ef5ee2b09c102f1bf993da9": "1.2.1",
    "d45ee9b8dcb9ef27d7dd875ce3be3d5e6dfb654d": "1.2.0",
    "3bb8cb6172c4c06e1c622c8f8c579888378784f4": "1.1.4",
}
"""Git's ids of the aarch64 libraries in the tags of github.com/airockchip/rknn-llm."""
NEEDED = (
    "createDefaultParam", "init", "destroy", "run", "abort", "load_lora", "load_prompt_cache", "release_prompt_cache",
    "clear_kv_cache", "get_kv_cache_size", "set_chat_template",
)  # fmt: skip
PROBE_BYTES = 1024  # several times the largest RKLLMParam of any release (208)
_READ_BYTES = 1 << 20


class _Probe(ctypes.Structure):
    _fields_ = (("raw", ctypes.c_uint8 * PROBE_BYTES),)


def blob_id(path: Path) -> str:
    """Git's id of a file: SHA-1 over "blob", its length and its bytes."""
    digest = hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    with path.open("rb") as file:
        while piece := file.read(_READ_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def identify(
    path: Path, library: ctypes.CDLL, said: str = "", known: Mapping[str, str] = KNOWN_BLOBS
) -> tuple[str, str]:
    """The release of ``library``, loaded from ``path``, and how it was told ("hash", "layout" or "setting").

    The hash is certain. Of a file that it does not know, the defaults tell the layout; ``said`` (the setting) counts
    only where they do not. What contradicts is refused.
    Errors: RuntimeUnknown.
    """
    if said and said not in ABIS:
        raise _unknown(path, f"There is no support for {said!r}.")
    listed = known.get(blob_id(path), "")
    if listed and listed not in ABIS:
        raise _unknown(path, f"It is release {listed}.")
    missing = [name for name in NEEDED if not hasattr(library, f"rkllm_{name}")]
    if missing:
        raise _unknown(path, f"It lacks rkllm_{missing[0]}, so it is older than 1.2.1 or something else.")
    fitting = [listed] if listed else probe(library)
    if said and fitting and said not in fitting:
        raise _unknown(path, f"It is release {' or '.join(fitting)}, and the setting says {said}.")
    if len(fitting) == 1:
        return fitting[0], "hash" if listed else "layout"
    if said:
        return said, "setting"
    raise _unknown(path, "Neither its hash nor its defaults are those of a known release.")


def probe(library: ctypes.CDLL) -> list[str]:
    """The releases in whose layout createDefaultParam's answer makes sense.

    It returns a structure, for which the caller gives the memory (x8 on AArch64, rdi on x86-64), so that an answer of
    any known length fits here. Looked at are the documented defaults: four processors, a batch of one, top_k 40. The
    bytes looked at lie within the structure of either release, so none of them is left unwritten.
    """
    function = library.rkllm_createDefaultParam
    function.argtypes, function.restype = (), _Probe
    raw = bytes(function().raw)
    found = []
    for version, abi in ABIS.items():
        param = abi.param.from_buffer_copy(raw)
        extend = param.extend_param
        if (param.top_k, extend.enabled_cpus_num, extend.n_batch) == (40, 4, 1):
            found.append(version)
    return found


def _unknown(path: Path, why: str) -> RuntimeUnknown:
    return RuntimeUnknown(
        f"{path} cannot be called safely. {why}",
        f"Install librkllmrt.so of release {' or '.join(ABIS)} from github.com/airockchip/rknn-llm; if it is one of "
        "them, built anew, name its release in the setting rkllm_version.",
    )
