"""What Andon takes of memory beside its model: the serving processes against llama.cpp alone with the same model.

    python -m tests.bench_memory docs/results/memory.json [--passages 10000] [--folder FOLDER]

The index holds ``--passages`` synthetic passages (tests/scale_corpus.py) and the demo. The service is `andon demo` as
people start it, first with the demo to be indexed, then again; both pages are opened and questions of all kinds asked.
Figures are MiB held by the service and all of its child processes: what each has of its own, and each mapped file once
(the most that any of them has of it), whoever else on the machine has it open, too, so that they are those of a box
where nothing else runs. "peak" is the largest that was seen at two looks a second. The model alone is a Python process
that has llama.cpp read a prompt over the same model and context; its interpreter with numpy is told, too. Linux only.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from assistant.settings import ROOT, read_settings
from tests.bench_scale import build
from tests.bench_serving import PORT, QUESTIONS, _answers, ask
from tests.scale_corpus import questions
from ui.commands.demo import LOGINS

ASKED = 24  # synthetic questions, of all kinds
LOOK_S = 0.5
ALONE = """
import sys
from pathlib import Path
from edge.llama.context import LlamaContext
from edge.llama.library import LlamaModel, library
library()
print("ready", flush=True)
sys.stdin.readline()
model = LlamaModel(Path(sys.argv[1]))
context = LlamaContext(model, context_tokens=int(sys.argv[2]), batch_tokens=128, threads=1)
ids = (model.tokenize("アラーム AL-16 が出た。電源を切り、カバーを外して確認する。") * 100)[:640]
for at in range(0, len(ids), 128):
    context.decode(ids[at : at + 128], at, want_logits=at + 128 >= len(ids))
print("ready", flush=True)
sys.stdin.readline()
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="keep the index here, and use the one that is there")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = args.folder or Path(made)
        build(folder / "index", args.passages, True)
        report: dict[str, Any] = {
            "passages": args.passages,
            "model alone": alone(),
            "first start, demo to be indexed": serve(folder),
            "second start": serve(folder),
        }
    model = report["model alone"]["with the model"]
    report["serving tree minus bare llama.cpp"] = {
        "after questions": round(report["second start"]["asked"]["together"] - model, 1),
        "peak": round(report["second start"]["peak"] - model, 1),
        "peak while the demo is indexed": round(report["first start, demo to be indexed"]["peak"] - model, 1),
        "mark": 250,
    }
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=2))


def alone() -> dict[str, float]:
    """A process with llama.cpp and nothing else of Andon."""
    settings = read_settings()
    model = next(settings.models.glob("*.gguf"))
    process = subprocess.Popen(
        [sys.executable, "-c", ALONE, str(model), str(settings.context_tokens)], cwd=ROOT, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    found = {}
    try:
        for name in ("interpreter and library", "with the model"):
            process.stdout.readline()
            found[name] = round(held([process.pid]), 1)
            process.stdin.write("\n")
            process.stdin.flush()
    finally:
        process.wait(20)
    return found


def serve(data: Path) -> dict[str, Any]:
    command = [sys.executable, "-c", "from ui.cli import main; main()", "demo", "--data", str(data)]
    service = subprocess.Popen(
        [*command, "--port", str(PORT)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    over, peak = threading.Event(), [0.0]
    watcher = threading.Thread(target=_watch, args=(service.pid, over, peak))
    watcher.start()
    try:
        while not _answers():
            if service.poll() is not None:
                raise SystemExit(f"The service ended with {service.returncode}.")
            time.sleep(0.1)
        found: dict[str, Any] = {"ready": _parts(service.pid)}
        _open_pages()
        for question in (*QUESTIONS, *(asked.text for asked in questions(count=ASKED))):
            ask(question)
        found["asked"] = _parts(service.pid)
        found["of the service, by file"] = _by_file(service.pid)
        return {**found, "peak": round(peak[0], 1)}
    finally:
        over.set()
        watcher.join()
        service.terminate()
        service.wait(20)


def _open_pages() -> None:
    """As both people of the demo, each with a browser that has signed in."""
    for name, password, role in LOGINS:
        sign_in = urllib.request.Request(
            f"http://127.0.0.1:{PORT}/session", json.dumps({"name": name, "password": password}).encode(),
            {"Content-Type": "application/json"},
        )  # fmt: skip
        with urllib.request.urlopen(sign_in, timeout=60) as response:
            cookie = str(response.headers["Set-Cookie"]).partition(";")[0]
        for page in ("/", "/config", *(("/admin/", "/admin/config") if role == "admin" else ())):
            request = urllib.request.Request(f"http://127.0.0.1:{PORT}{page}", headers={"Cookie": cookie})
            with urllib.request.urlopen(request, timeout=60) as response:
                response.read()


def _watch(process: int, over: threading.Event, peak: list[float]) -> None:
    while not over.wait(LOOK_S):
        peak[0] = max(peak[0], held(tree(process)))


def tree(process: int) -> list[int]:
    """A process and all that come from it."""
    found = [process]
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found += [one for child in thread.read_text().split() for one in tree(int(child))]
        except OSError:  # it has ended meanwhile
            continue
    return found


def pss(process: int) -> float:
    """MiB; 0 for one that has ended."""
    try:
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def held(processes: Iterable[int]) -> float:
    """MiB that ``processes`` hold together."""
    own, files = 0.0, dict[str, float]()
    for process in processes:
        shared: dict[str, float] = {}
        for name, sizes in _mappings(process):
            own += sizes["Private_Dirty"]
            if name.startswith("/"):
                shared[name] = shared.get(name, 0.0) + sizes["Rss"] - sizes["Private_Dirty"]
            else:
                own += sizes["Private_Clean"]
        for name, size in shared.items():
            files[name] = max(files.get(name, 0.0), size)
    return own + sum(files.values())


def _mappings(process: int) -> Iterator[tuple[str, dict[str, float]]]:
    """Each mapping's file ("" for none) and sizes in MiB; nothing of a process that has ended."""
    try:
        text = Path(f"/proc/{process}/smaps").read_text()
    except OSError:
        return
    name, sizes = "", dict[str, float]()
    for line in text.splitlines():
        if mapping := re.match(r"[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \S+\s*(.*)", line):
            if sizes:
                yield name, sizes
            name, sizes = mapping[1], {}
        elif line.endswith(" kB"):
            field, size, _ = line.split()
            sizes[field.rstrip(":")] = int(size) / 1024
    if sizes:
        yield name, sizes


def _parts(process: int) -> dict[str, float]:
    """By what each process is; and their sum."""
    found: dict[str, float] = {}
    for one in tree(process):
        try:
            words = Path(f"/proc/{one}/cmdline").read_text().split("\0")
        except OSError:
            continue
        name = "service" if one == process else next((w for w in words if "." in w and "/" not in w), "other")
        found[name] = round(found.get(name, 0.0) + held([one]), 1)
    return {**found, "together": round(held(tree(process)), 1)}


def _by_file(process: int, least: float = 3.0) -> dict[str, float]:
    """MiB of what is mapped from one file, or of no file; small ones in one sum."""
    sums: dict[str, float] = {}
    for path, sizes in _mappings(process):
        name = path.rpartition("/")[2] or "none"
        sums[name] = sums.get(name, 0.0) + sizes["Rss"]
    large = {name: round(size, 1) for name, size in sorted(sums.items(), key=lambda one: -one[1]) if size >= least}
    return {**large, "others": round(sum(sums.values()) - sum(large.values()), 1)}


if __name__ == "__main__":
    main()
