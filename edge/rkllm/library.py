"""RkllmLibrary: librkllmrt.so with its functions typed for its release. The only door to it."""

from __future__ import annotations

import ctypes
import logging
import os
from collections.abc import Mapping
from ctypes import POINTER, byref, c_char_p, c_int, c_void_p
from pathlib import Path
from typing import Any

from edge.errors import GenerationFailed
from edge.rkllm.abi import ABIS, Abi, Callback, LoraAdapter, ResultCallback
from edge.rkllm.errors import NpuLoadFailed, RuntimeMissing, RuntimeUnusable
from edge.rkllm.identify import KNOWN_BLOBS, identify

NAME = "librkllmrt.so"
FOLDERS = (Path("/usr/lib"), Path("/usr/local/lib"), Path("/usr/lib/aarch64-linux-gnu"), Path("/lib"))
log = logging.getLogger(__name__)


def find_library(given: Path | None, model: Path) -> Path:
    """``given``, else the runtime beside ``model``, else where the system keeps libraries. Errors: RuntimeMissing."""
    places = [given] if given is not None else [folder / NAME for folder in (model.parent, *FOLDERS)]
    for place in places:
        if place.is_file():
            return place
    where = str(given) if given is not None else f"{NAME} beside the model or in {', '.join(map(str, FOLDERS))}"
    raise RuntimeMissing(
        f"The runtime of the NPU is missing: {where}.",
        "Copy librkllmrt.so (aarch64) of rknn-llm 1.3.0 or 1.2.3 beside the model, or name it in rkllm_library.",
    )


class RkllmLibrary:
    """The library at ``path``, ready to call. ``version`` is its release, ``told_by`` how that is known.

    Errors: RuntimeMissing; RuntimeUnusable where the system cannot load it; RuntimeUnknown (nothing was called then but
    the function that returns defaults).
    """

    def __init__(self, path: Path, said: str = "", known: Mapping[str, str] = KNOWN_BLOBS) -> None:
        self.path = path
        try:
            self._c = ctypes.CDLL(os.fspath(path.resolve()))
        except OSError as exc:
            raise RuntimeUnusable(
                f"{path} cannot be loaded: {exc}.",
                "It is made for aarch64 Linux; libomp.so.5 may have to be installed too (apt-get install libomp5).",
            ) from exc
        self.version, self.told_by = identify(path, self._c, said, known)
        if self.told_by != "hash":
            log.warning("%s is none of the released files; it is called as %s (%s).", path, self.version, self.told_by)
        self.abi: Abi = ABIS[self.version]
        self._type()

    def _type(self) -> None:
        """Without these, handles would be cut to 32 bits."""
        c, abi = self._c, self.abi
        callback = POINTER(Callback) if abi.sampling_per_run else ResultCallback
        arguments: dict[str, tuple[Any, ...]] = {
            "init": (POINTER(c_void_p), POINTER(abi.param), callback),
            "destroy": (c_void_p,),
            "run": (c_void_p, POINTER(abi.input), POINTER(abi.infer), c_void_p),
            "abort": (c_void_p,),
            "load_lora": (c_void_p, POINTER(LoraAdapter)),
            "load_prompt_cache": (c_void_p, c_char_p),
            "release_prompt_cache": (c_void_p,),
            "clear_kv_cache": (c_void_p, c_int, POINTER(c_int), POINTER(c_int)),
            "set_chat_template": (c_void_p, c_char_p, c_char_p, c_char_p),
        }
        for name, types in arguments.items():
            function = getattr(c, f"rkllm_{name}")
            function.argtypes, function.restype = types, c_int
        c.rkllm_createDefaultParam.argtypes, c.rkllm_createDefaultParam.restype = (), abi.param

    def default_param(self) -> Any:
        """A Param of this release with the runtime's own defaults."""
        return self._c.rkllm_createDefaultParam()

    def init(self, param: Any, heard: Any) -> int:
        """Loads the model; the handle. ``heard`` is a ResultCallback that must outlive the handle. Errors:
        NpuLoadFailed; the process dies where 1.3.0 runs out of memory over a second model."""
        handle = c_void_p()
        # whether the library copies the structure is not documented, so it stays for as long as the library
        self._callback = Callback(result=heard)
        given = byref(self._callback) if self.abi.sampling_per_run else heard
        code = self._c.rkllm_init(byref(handle), byref(param), given)
        if code != 0 or not handle.value:
            raise NpuLoadFailed(
                f"The NPU's runtime {self.version} could not load {os.fsdecode(param.model_path)} (code {code}).",
                "Likeliest is memory: close other programs, or take a smaller model or context. Else the model was "
                "converted for another chip, by a newer toolkit, or with a shorter max_context.",
            )
        return handle.value

    def destroy(self, handle: int) -> None:
        code = self._c.rkllm_destroy(handle)
        if code != 0:
            log.error("rkllm_destroy returned %d; its memory may not have come back.", code)

    def run(self, handle: int, given: Any, infer: Any, number: int) -> int:
        """Blocks until the run is over. ``number`` comes back as the callback's userdata. 0 is well."""
        return int(self._c.rkllm_run(handle, byref(given), byref(infer), number))

    def abort(self, handle: int) -> None:
        """Asks the run to end. It may take over a second, and does not reach into the reading of a prompt."""
        self._c.rkllm_abort(handle)

    def set_raw_template(self, handle: int) -> None:
        """Nothing is put around prompts any more."""
        if self._c.rkllm_set_chat_template(handle, b"", b"", b"") != 0:
            log.warning("The runtime kept its chat template; prompts go in as tokens, which it does not touch.")

    def load_lora(self, handle: int, path: Path, name: str, scale: float) -> None:
        adapter = LoraAdapter(path=os.fsencode(path), name=name.encode(), scale=scale)
        code = self._c.rkllm_load_lora(handle, byref(adapter))
        if code != 0:
            raise NpuLoadFailed(
                f"The adapter {name!r} ({path}) could not be loaded (code {code}).",
                "It must have been converted for this model by the same toolkit.",
            )

    def load_prompt_cache(self, handle: int, path: Path) -> bool:
        return bool(self._c.rkllm_load_prompt_cache(handle, os.fsencode(path)) == 0)

    def release_prompt_cache(self, handle: int) -> None:
        self._c.rkllm_release_prompt_cache(handle)

    def clear(self, handle: int) -> None:
        """Forgets every prompt. Errors: GenerationFailed, since what follows would go on from the one before."""
        code = self._c.rkllm_clear_kv_cache(handle, 0, None, None)
        if code != 0:
            raise GenerationFailed(f"The NPU's runtime does not forget (code {code}).", "Restart Andon.")
