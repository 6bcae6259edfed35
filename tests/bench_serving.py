"""What serving costs: `andon demo` twice in an empty folder, asked over HTTP; time to ready, quote, first word; memory.

    python -m tests.bench_serving docs/results/serving.json

Linux only: memory is read from /proc, of the service and its reading process, after all questions.
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
from pathlib import Path
from typing import Any

from assistant.settings import ROOT
from ui.commands.demo import LOGINS, QUESTIONS

PORT = 7871


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = {"first start, with indexing": serve(Path(folder)), "second start": serve(Path(folder))}
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=2))


def serve(data: Path) -> dict[str, Any]:
    """Start, ask the demo's questions, stop."""
    start = time.perf_counter()
    command = [str(Path(sys.executable).with_name("andon")), "demo", "--data", str(data), "--port", str(PORT)]
    service = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _answers():
            if service.poll() is not None:
                raise SystemExit(f"The service ended with {service.returncode}.")
            time.sleep(0.1)
        ready = time.perf_counter() - start
        asked = [ask(question) for question in QUESTIONS]
        return {
            "seconds_to_ready": round(ready, 1),
            "seconds_to_first_quote": round(ready + asked[0]["quote_ms"] / 1000, 1),
            "questions": asked,
            "resident_mb": round(sum(map(_resident_mb, (service.pid, *_children(service.pid))))),
            "torch_loaded": "torch" in Path(f"/proc/{service.pid}/maps").read_text(),
        }
    finally:
        service.terminate()
        service.wait(20)


def ask(question: str) -> dict[str, Any]:
    """Milliseconds from sending a question to its quote and to the first word of its answer."""
    begun, times = time.perf_counter(), {}
    with urllib.request.urlopen(_request("/ask", {"question": question}), timeout=60) as events:
        for line in events:
            if line.startswith(b"event:"):
                times.setdefault(line[6:].decode().strip(), round((time.perf_counter() - begun) * 1000))
    return {"question": question, "quote_ms": times["found"], "first_word_ms": times.get("piece")}


def _request(path: str, body: dict[str, str] | None = None) -> urllib.request.Request:
    name, password, _ = LOGINS[0]
    head = {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}
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
