"""Many random runs over the runtime of our own, as it is and under AddressSanitizer, and every order of going away."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rkllm_runs import run_randomly
from rkllm_site import HERE, NUMBERS, RELEASES, RkllmSite, compiler, runtime

pytestmark = pytest.mark.skipif(compiler() is None, reason="needs a C compiler")
CROSS, EMULATOR = shutil.which("aarch64-linux-gnu-gcc"), shutil.which("qemu-aarch64-static")


@pytest.mark.parametrize("version", RELEASES)
def test_no_token_is_lost_and_no_run_is_mixed_with_another(version: str, tmp_path: Path) -> None:
    site = RkllmSite(tmp_path, version)
    told = run_randomly(site, 300, seed=16)
    assert (told.wrong, told.mixed, site.get("misuse")) == ([], 0, 0)
    assert site.get("inits") == site.get("destroys") > 1 and site.get("loaded") == 0
    assert min(told.ways.values()) > 10 and told.tokens > 1000 and site.get("aborts") > 20


def address_sanitizer() -> str:
    """gcc's libasan.so; "" where there is none."""
    found = subprocess.run(
        [str(compiler()), "-print-file-name=libasan.so"], capture_output=True, text=True, check=False
    )
    path = found.stdout.strip()
    return path if Path(path).is_file() else ""


def under_sanitizer(*command: str) -> subprocess.CompletedProcess[str]:
    preload = address_sanitizer()
    if not preload:
        pytest.skip("gcc offers no AddressSanitizer here")
    # Python leaks on purpose at its end; what the runtime leaks is looked for by the driver in C
    changed = {"LD_PRELOAD": preload, "ASAN_OPTIONS": "detect_leaks=0", "PYTHONMALLOC": "malloc", **paths()}
    return subprocess.run(
        [sys.executable, *command], env=os.environ | changed, capture_output=True, text=True, check=False
    )


def paths() -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join((str(HERE.parent), str(HERE)))}


@pytest.mark.parametrize("version", RELEASES)
def test_the_binding_touches_no_memory_that_is_not_its_own(version: str, tmp_path: Path) -> None:
    checked = runtime(version, "-fsanitize=address", "-fno-omit-frame-pointer")
    done = under_sanitizer(str(HERE / "rkllm_runs.py"), str(tmp_path), version, str(checked), "80", "7")
    assert done.returncode == 0 and done.stdout.startswith("well"), done.stderr[-3000:]


def test_the_sanitizer_would_see_it(tmp_path: Path) -> None:
    """What the two mistakes of a binding look like: text read after the callback, and the other release's layout."""
    checked = runtime("1.3.0", "-fsanitize=address", "-fno-omit-frame-pointer")
    script = tmp_path / "late.py"
    script.write_text(
        "import ctypes, sys\nfrom pathlib import Path\nfrom rkllm_site import RkllmSite\nfrom edge.rkllm import heard\n"
        "kept, put = [], heard.Hearing.hear\n"
        "class Late(heard.Hearing):\n"
        "    def hear(self, result, state):\n"
        "        kept.append(ctypes.c_char_p.from_address(ctypes.addressof(result)))\n"
        "        kept[-1] = ctypes.c_void_p.from_buffer_copy(kept[-1]).value\n"
        "        return put(self, result, state)\n"
        "from edge.rkllm import session\nsession.Hearing = Late\n"
        "from contract_runner import ASK\nfrom edge.runner import Sampling\n"
        f"site = RkllmSite(Path(sys.argv[1]), '1.3.0', Path({str(checked)!r}))\n"
        "list(site.runner().stream(ASK, Sampling(max_tokens=9)))\n"
        "print([ctypes.string_at(at) for at in kept if at])\n"
    )
    done = under_sanitizer(str(script), str(tmp_path / "late"))
    assert done.returncode != 0 and "heap-use-after-free" in done.stderr
    script = tmp_path / "layout.py"
    script.write_text(
        "import sys\nfrom pathlib import Path\nfrom rkllm_site import RkllmSite\n"
        "from edge.rkllm.identify import blob_id\n"
        "from edge.rkllm import library\n"
        f"site = RkllmSite(Path(sys.argv[1]), '1.3.0', Path({str(checked)!r}))\n"
        "library.KNOWN_BLOBS[blob_id(site.library)] = '1.2.3'\n"
        "from contract_runner import ASK\nfrom edge.runner import Sampling\n"
        "list(site.runner().stream(ASK, Sampling(max_tokens=9)))\n"
    )
    done = under_sanitizer(str(script), str(tmp_path / "layout"))
    assert done.returncode != 0, "the layout of 1.2.3 on 1.3.0 must not go unnoticed"


ENDS = {
    "while it speaks": "stream = runner.stream(ASK, Sampling(max_tokens=150)); next(stream)",
    "while it reads": "site.set(prefill_us=20000); threading.Thread(target=lambda: list(runner.stream(ASK, "
    "Sampling(max_tokens=9))), daemon=True).start(); time.sleep(0.2)",
    "forgotten": "next(runner.stream(ASK, Sampling(max_tokens=150))); del runner; site._made.clear()",
    "stopped and left": "stream = runner.stream(ASK, Sampling(max_tokens=150)); next(stream); stream.close()",
    "by an exception": "next(runner.stream(ASK, Sampling(max_tokens=150))); sys.exit(0)",
    "closed twice from two threads": "next(runner.stream(ASK, Sampling(max_tokens=150))); "
    "threads = [threading.Thread(target=runner.close) for _ in range(2)]; [t.start() for t in threads]; "
    "[t.join() for t in threads]",
    "library's references first": "runner.load(); runner._session.library._c = None; runner._session = None",
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("version", RELEASES)
def test_the_program_may_end_at_any_time(version: str, end: str, tmp_path: Path) -> None:
    script = tmp_path / "end.py"
    script.write_text(
        "import sys, threading, time\nfrom pathlib import Path\nfrom rkllm_site import RkllmSite\n"
        "from contract_runner import ASK\nfrom edge.runner import Sampling\n"
        f"site = RkllmSite(Path(sys.argv[1]), {version!r}, Path(sys.argv[2]))\nsite.set(token_us=2000, abort_late=5)\n"
        f"runner = site.runner()\nrunner.load()\n{ENDS[end]}\n"
    )
    built = runtime(version)
    command = [sys.executable, script, tmp_path / "model", built]
    done = subprocess.run(command, env=os.environ | paths(), capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0 and "misuse" not in done.stderr, done.stderr


@pytest.mark.parametrize("machine", ["here", "aarch64"])
@pytest.mark.parametrize("version", RELEASES)
def test_the_runtime_itself_is_well_when_called_from_c(version: str, machine: str, tmp_path: Path) -> None:
    """rkllm_driver.c makes the calls that the binding makes; under the sanitizers here, emulated for aarch64."""
    flags, run, command = ["-fsanitize=address,undefined", "-g"], [], str(compiler())
    if machine == "aarch64":
        if not (CROSS and EMULATOR):
            pytest.skip("needs aarch64-linux-gnu-gcc and qemu-aarch64-static")
        flags, run, command = ["-static"], [EMULATOR], CROSS
    elif not address_sanitizer():
        flags = []
    program = tmp_path / "driver"
    built = subprocess.run(
        [command, "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", f"-DRKLLM_VERSION={NUMBERS[version]}",
         *flags, HERE / "rkllm_driver.c", HERE / "rkllm_runtime.c", "-o", program, "-lpthread"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    site = RkllmSite(tmp_path / "model", version)
    done = subprocess.run([*run, program, site.model], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout.startswith("well"), done.stderr
