"""The layouts of librkllmrt.so: what ctypes makes of them is what a C compiler makes of them, here and for aarch64; and
which release a library is, told before anything of it is called."""

from __future__ import annotations

import ctypes
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from rkllm_site import HERE, NUMBERS, RELEASES, RkllmSite, compiler, runtime

from edge.rkllm import abi
from edge.rkllm.errors import RuntimeMissing, RuntimeUnknown, RuntimeUnusable
from edge.rkllm.identify import KNOWN_BLOBS, NEEDED, blob_id
from edge.rkllm.library import RkllmLibrary, find_library

CROSS, EMULATOR = shutil.which("aarch64-linux-gnu-gcc"), shutil.which("qemu-aarch64-static")
pytestmark = pytest.mark.skipif(compiler() is None, reason="needs a C compiler")

SHARED: dict[str, Any] = {
    "ExtendParam": abi.ExtendParam, "LoraAdapter": abi.LoraAdapter, "EmbedInput": abi.EmbedInput,
    "TokenInput": abi.TokenInput, "LoraParam": abi.LoraParam, "PromptCacheParam": abi.PromptCacheParam,
    "SamplingParam": abi.SamplingParam, "Result": abi.Result, "LastHiddenLayer": abi.LastHiddenLayer,
    "Logits": abi.Logits, "Perf": abi.Perf, "Callback": abi.Callback, "CrossAttnParam": abi.CrossAttnParam,
}  # fmt: skip
OF_RELEASE: dict[str, dict[str, Any]] = {
    "1.2.3": {
        "Param": abi.Param123, "Input": abi.Input123, "Payload": abi.Payload123, "InferParam": abi.InferParam123,
        "MultiModalInput": abi.MultiModalInput123,
    },
    "1.3.0": {
        "Param": abi.Param130, "Input": abi.Input130, "Payload": abi.Payload130, "InferParam": abi.InferParam130,
        "MultiModalInput": abi.MultiModalInput130, "Image": abi.Image, "Video": abi.Video,
    },
}  # fmt: skip


def by_ctypes(version: str) -> dict[str, int]:
    made = {}
    for name, kind in (SHARED | OF_RELEASE[version]).items():
        made[name] = ctypes.sizeof(kind)
        for field in kind._fields_:
            made[f"{name}.{field[0]}"] = getattr(kind, field[0]).offset
            made[f"{name}.{field[0]} size"] = getattr(kind, field[0]).size
    return made


def by_compiler(version: str, folder: Path, command: str, *run: str) -> dict[str, int]:
    lines = []
    for name, kind in (SHARED | OF_RELEASE[version]).items():
        lines.append(f'show("{name}", sizeof({name}));')
        for field in kind._fields_:
            lines.append(f'show("{name}.{field[0]}", offsetof({name}, {field[0]}));')
            lines.append(f'show("{name}.{field[0]} size", sizeof((({name} *)0)->{field[0]}));')
    source = folder / "layout.c"
    source.write_text(
        '#include "rkllm_abi.h"\n#include <stdio.h>\n'
        'static void show(const char *name, size_t value) { printf(",\\n\\"%s\\": %zu", name, value); }\n'
        f'int main(void) {{ printf("{{\\"\\": 0");\n{chr(10).join(lines)}\nprintf("}}\\n"); return 0; }}\n'
    )
    program = folder / "layout"
    built = subprocess.run(
        [command, f"-DRKLLM_VERSION={NUMBERS[version]}", "-I", HERE, "-static", source, "-o", program],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    found: dict[str, int] = json.loads(subprocess.run([*run, program], capture_output=True, check=True).stdout)
    del found[""]
    return found


@pytest.mark.parametrize("version", RELEASES)
def test_the_layouts_are_those_of_a_compiler(version: str, tmp_path: Path) -> None:
    run = [str(EMULATOR)] if EMULATOR and str(compiler()) == CROSS else []  # this Python is emulated itself
    assert by_ctypes(version) == by_compiler(version, tmp_path, str(compiler()), *run)


@pytest.mark.skipif(not (CROSS and EMULATOR), reason="needs aarch64-linux-gnu-gcc and qemu-aarch64-static")
@pytest.mark.parametrize("version", RELEASES)
def test_the_layouts_are_those_of_a_compiler_for_aarch64(version: str, tmp_path: Path) -> None:
    assert by_ctypes(version) == by_compiler(version, tmp_path, str(CROSS), str(EMULATOR))


@pytest.mark.parametrize("version", RELEASES)
def test_every_structure_is_among_those_compared(version: str) -> None:
    compared = {*SHARED.values(), *OF_RELEASE[version].values()}
    used = {abi.ABIS[version].param, abi.ABIS[version].input, abi.ABIS[version].infer}
    assert used <= compared
    # and the sizes that were published, so that header, ctypes and table cannot be wrong together
    published = {"1.2.3": (208, 120, 64, 32, 72), "1.3.0": (184, 120, 160, 40, 72)}[version]
    made = by_ctypes(version)
    assert tuple(made[name] for name in ("Param", "ExtendParam", "Input", "InferParam", "Result")) == published


@pytest.mark.parametrize("version", RELEASES)
def test_a_release_is_told_by_its_defaults(version: str, tmp_path: Path) -> None:
    site = RkllmSite(tmp_path, version)
    library = RkllmLibrary(site.library)
    assert (library.version, library.told_by) == (version, "layout")
    assert site.get("calls") == 0


@pytest.mark.parametrize("version", RELEASES)
def test_a_release_is_told_by_its_hash(version: str, tmp_path: Path) -> None:
    site = RkllmSite(tmp_path, version)
    git = subprocess.run(["git", "hash-object", site.library], capture_output=True, text=True, check=False)
    assert git.returncode != 0 or git.stdout.strip() == blob_id(site.library)
    library = RkllmLibrary(site.library, known={blob_id(site.library): version})
    assert (library.version, library.told_by) == (version, "hash")
    for other in ("1.2.2", "1.1.4"):
        with pytest.raises(RuntimeUnknown, match=other):
            RkllmLibrary(site.library, known={blob_id(site.library): other})
    assert set(KNOWN_BLOBS.values()) > set(RELEASES) and all(len(one) == 40 for one in KNOWN_BLOBS)


def build(folder: Path, source: str) -> Path:
    (folder / "strange.c").write_text(source)
    made = folder / "librkllmrt.so"
    subprocess.run([str(compiler()), "-shared", "-fPIC", folder / "strange.c", "-o", made], check=True)
    return made


DEADLY = "#include <stdlib.h>\n" + "".join(f"int rkllm_{n}(void) {{ abort(); }}\n" for n in NEEDED[1:])
# RKLLMParam in a layout of its own: processors and batch where neither release has them
STRANGE = (
    "typedef struct {{ int words[64]; }} P;\nP rkllm_createDefaultParam(void) {{ P p = {{{{0}}}}; {} return p; }}\n"
)


@pytest.mark.parametrize("said", ["", "1.2.2", "2.0"])
def test_an_unknown_layout_is_never_called(tmp_path: Path, said: str) -> None:
    strange = build(tmp_path, DEADLY + STRANGE.format("p.words[4] = 40; p.words[17] = 4; p.words[19] = 1;"))
    with pytest.raises(RuntimeUnknown) as caught:
        RkllmLibrary(strange, said)
    assert "rkllm_version" in caught.value.remedy and "1.3.0" in caught.value.remedy


def test_a_setting_counts_only_where_the_defaults_say_nothing(tmp_path: Path) -> None:
    strange = build(tmp_path, DEADLY + STRANGE.format(""))
    assert RkllmLibrary(strange, "1.3.0").told_by == "setting"
    site = RkllmSite(tmp_path / "site", "1.2.3")
    assert RkllmLibrary(site.library, "1.2.3").told_by == "layout"
    with pytest.raises(RuntimeUnknown, match=r"release 1\.2\.3, and the setting says 1\.3\.0"):
        RkllmLibrary(site.library, "1.3.0")
    assert site.get("calls") == 0


def test_a_layout_that_fits_both_is_not_guessed(tmp_path: Path) -> None:
    both = "p.words[4] = 40; char *b = (char *)p.words; b[65] = b[93] = 4; b[72] = b[100] = 1;"
    strange = build(tmp_path, DEADLY + STRANGE.format(both))
    with pytest.raises(RuntimeUnknown):
        RkllmLibrary(strange)
    assert RkllmLibrary(strange, "1.2.3").version == "1.2.3"


def test_an_older_release_is_told_by_what_it_lacks(tmp_path: Path) -> None:
    old = build(tmp_path, "int rkllm_createDefaultParam(void) { return 0; }\nint rkllm_init(void) { return 0; }\n")
    with pytest.raises(RuntimeUnknown, match="lacks"):
        RkllmLibrary(old)


def test_a_library_that_is_missing_or_none_says_so(tmp_path: Path) -> None:
    with pytest.raises(RuntimeMissing) as caught:
        find_library(None, tmp_path / "m.rkllm")
    assert "rkllm_library" in caught.value.remedy
    with pytest.raises(RuntimeMissing, match=r"no\.so"):
        find_library(tmp_path / "no.so", tmp_path / "m.rkllm")
    (tmp_path / "librkllmrt.so").write_bytes(b"\x7fELF and nothing else")
    assert find_library(None, tmp_path / "m.rkllm") == tmp_path / "librkllmrt.so"
    with pytest.raises(RuntimeUnusable, match="cannot be loaded") as unusable:
        RkllmLibrary(tmp_path / "librkllmrt.so")
    assert "aarch64" in unusable.value.remedy


@pytest.mark.parametrize("version", RELEASES)
def test_the_runtime_of_the_tests_exports_what_the_real_one_does(version: str) -> None:
    library = ctypes.CDLL(str(runtime(version)))
    names = ("run_async", "is_running", "set_function_tools", "set_cross_attn_params", *NEEDED)
    assert all(hasattr(library, f"rkllm_{name}") for name in names)
