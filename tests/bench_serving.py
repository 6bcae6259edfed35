"""What serving costs: `andon demo` twice in an empty folder, asked over HTTP; time to ready, quote, first word; memory.

    python -m tests.bench_serving docs/results/serving.json [--passages 10000] [--folder FOLDER] [--only-passages]

Then `andon serve` over so many synthetic passages (tests/scale_corpus.py), asked as the page does: signed in, POST
/ask, one question after the other, each read to its end; how long the quote (event "found") and the first word took.
The index stays in --folder, and is used if it is there. Linux only: memory is read from /proc, of the service and its
reading process, after all questions.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from assistant.accounts import Accounts
from assistant.settings import ROOT, read_settings
from tests.bench_scale import build
from tests.scale_corpus import questions
from ui.commands.demo import LOGINS, QUESTIONS

PORT = 7871
WARM = 20  # questions of the same kinds, asked first


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only-passages", action="store_true", help="the rest of the result stays as it is")
    args = parser.parse_args()
    report: dict[str, Any] = {}
    if args.only_passages:
        report = json.loads(args.result.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        if not args.only_passages:
            report = {"first start, with indexing": serve(Path(folder)), "second start": serve(Path(folder))}
        report["synthetic passages"] = quotes(args.folder or Path(folder) / "synthetic", args.passages)
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=2))


def quotes(data: Path, passages: int) -> dict[str, Any]:
    """Over ``passages`` synthetic ones: milliseconds to the quote and the first word of 216 questions."""
    settings = read_settings(data=data)
    build(settings.index_folder, passages, with_vectors=True)
    name, password, role = LOGINS[0]
    accounts = Accounts(settings.accounts_file)
    accounts.put(name, password, role)
    accounts.close()
    with service("serve", data):
        page = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        page.open(_request("/session", {"name": name, "password": password}, signed_in=True)).close()
        for one in questions(seed="warm", count=WARM):
            ask(one.text, page)
        asked = [ask(one.text, page) for one in questions()]
    words = [row["first_word_ms"] for row in asked if row["first_word_ms"] is not None]
    return {
        "passages": passages, "questions": len(asked),
        "quote_ms": _spread([row["quote_ms"] for row in asked]), "first_word_ms": _spread(words),
    }  # fmt: skip


def _spread(values: Sequence[float]) -> dict[str, float]:
    p50, p95, p99 = map(float, np.percentile(values, [50, 95, 99]))
    return {"questions": len(values), "p50": round(p50, 1), "p95": round(p95, 1), "p99": round(p99, 1)}


@contextmanager
def service(command: str, data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`andon COMMAND` over ``data``, from when it answers."""
    run = [str(Path(sys.executable).with_name("andon")), command, "--data", str(data), "--port", str(PORT)]
    process = subprocess.Popen(run, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _answers():
            if process.poll() is not None:
                raise SystemExit(f"The service ended with {process.returncode}.")
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def serve(data: Path) -> dict[str, Any]:
    """Start, ask the demo's questions, stop."""
    start = time.perf_counter()
    with service("demo", data) as process:
        ready = time.perf_counter() - start
        asked = [ask(question) for question in QUESTIONS]
        return {
            "seconds_to_ready": round(ready, 1),
            "seconds_to_first_quote": round(ready + asked[0]["quote_ms"] / 1000, 1),
            "questions": asked,
            "resident_mb": round(sum(map(_resident_mb, (process.pid, *_children(process.pid))))),
            "torch_loaded": "torch" in Path(f"/proc/{process.pid}/maps").read_text(),
        }


def ask(question: str, page: urllib.request.OpenerDirector | None = None) -> dict[str, Any]:
    """Milliseconds from sending a question to its quote and to the first word of its answer; ``page`` is signed in."""
    opened = page or urllib.request.build_opener()
    request = _request("/ask", {"question": question}, signed_in=page is not None)
    begun, times = time.perf_counter(), {}
    with opened.open(request, timeout=60) as events:
        for line in events:
            if line.startswith(b"event:"):
                times.setdefault(line[6:].decode().strip(), round((time.perf_counter() - begun) * 1000, 1))
    return {"question": question, "quote_ms": times["found"], "first_word_ms": times.get("piece")}


def _request(path: str, body: dict[str, str] | None = None, *, signed_in: bool = False) -> urllib.request.Request:
    """``signed_in``: by a cookie, else by name and password."""
    name, password, _ = LOGINS[0]
    signed = "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()
    head = {} if signed_in else {"Authorization": signed}
    content = json.dumps(body).encode() if body else None
    return urllib.request.Request(
        f"http://127.0.0.1:{PORT}{path}", content, {**head, "Content-Type": "application/json"}
    )


def _answers() -> bool:
    try:
        with urllib.request.urlopen(_request("/health"), timeout=2):
            return True
    except OSError:
        return False


def _children(process: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _resident_mb(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) / 1024


if __name__ == "__main__":
    main()
