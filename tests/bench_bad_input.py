"""Bad input against the running service: what a person is told, and that nothing is lost or half indexed.

    python -m tests.bench_bad_input docs/results/bad-input.json

Starts `andon serve` on a fresh data folder and sends, over HTTP, an empty and a 50,000-character question, a corrupt, a
password-protected and a 0-byte PDF, a PNG named .pdf, two uploads at once, and an upload during which the service is
killed (SIGKILL) and started again. Exits with 1 if one of them does not end as it should.
"""

from __future__ import annotations

import io
import json
import os
import re
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[1]
ANDON = Path(sys.executable).parent / "andon"
DEMO = ROOT / "demo/manuals"
PASSWORD = "bad-input-bench"


class Service:
    """andon serve as a process of its own, that can be killed and started again."""

    def __init__(self, folder: str) -> None:
        self.environment = {**os.environ, "ANDON_DATA": folder, "ANDON_MODEL": "none", "ANDON_PORT": "0"}
        subprocess.run(
            [ANDON, "user", "add", "bench", "--role", "admin"],
            env={**self.environment, "ANDON_NEW_PASSWORD": PASSWORD}, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        self.start()

    def start(self) -> None:
        environment = {**self.environment, "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen([ANDON, "serve"], env=environment, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        address = next(match[0] for line in self.process.stdout if (match := re.search(r"http://\S+", line)))
        self.http = httpx.Client(base_url=address, auth=("bench", PASSWORD), timeout=120)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)

    def upload(self, name: str, content: bytes) -> dict[str, Any]:
        """The job when it has ended, or the refusal."""
        answer = self.http.post("/manuals", files={"file": (name, content)})
        return self.ended(answer.json()["id"]) if answer.status_code == 202 else answer.json()

    def ended(self, job: int) -> dict[str, Any]:
        while True:
            found: dict[str, Any] = self.http.get(f"/jobs/{job}").json()
            if found["state"] in ("done", "failed", "cancelled"):
                return found
            time.sleep(0.1)

    def manuals(self) -> dict[str, int]:
        return {manual["name"]: manual["passages"] for manual in self.http.get("/manuals").json()["manuals"]}


def main() -> None:
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        service = Service(folder)
        try:
            for name, question in (("empty question", "  "), ("50,000 characters", "AL.32 " * 8334)):
                answer = service.http.post("/ask", json={"question": question[:50_000]})
                results[name] = {"ok": answer.status_code == 422, **answer.json()["error"]}
            for name, content in bad_files().items():
                ended = service.upload(f"{name}.pdf", content)
                error = ended.get("error") or {}
                results[name] = {"ok": bool(error) and f"{name}.pdf" not in service.manuals(), **error}
            results["two uploads at once"] = two_at_once(service)
            results["kill -9 in the middle of an upload"] = killed(service)
            results["still answers"] = {"ok": bool(service.http.get("/search", params={"q": "F-021"}).json()["hits"])}
        finally:
            service.kill()
    target = Path(sys.argv[1])
    target.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(results, ensure_ascii=False, indent=2))
    sys.exit(not all(result["ok"] for result in results.values()))


def bad_files() -> dict[str, bytes]:
    from pypdf import PdfReader, PdfWriter

    whole = (DEMO / "cf40.pdf").read_bytes()
    locked = io.BytesIO()
    writer = PdfWriter(clone_from=PdfReader(DEMO / "cf40.pdf"))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(locked)
    return {
        "corrupt": whole[: len(whole) // 3],
        "password-protected": locked.getvalue(),
        "0 bytes": b"",
        "a PNG": png(),
    }  # fmt: skip


def png() -> bytes:
    """A 1 x 1 PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def two_at_once(service: Service) -> dict[str, Any]:
    names = ("cf40.pdf", "lc5.pdf")
    threads = [threading.Thread(target=service.upload, args=(name, (DEMO / name).read_bytes())) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    manuals = service.manuals()
    return {"ok": set(names) <= manuals.keys(), "passages": {name: manuals.get(name, 0) for name in names}}


def killed(service: Service) -> dict[str, Any]:
    """Undisturbed first, removed again, then killed as soon as the job runs; the restarted service must finish it."""
    content = (DEMO / "rp180.pdf").read_bytes()
    done = service.upload("rp180.pdf", content)
    undisturbed = service.manuals()["rp180.pdf"]
    service.http.delete(f"/manuals/{done['manual']}")
    job = service.http.post("/manuals", files={"file": ("rp180.pdf", content)}).json()["id"]
    while service.http.get(f"/jobs/{job}").json()["state"] == "queued":
        time.sleep(0.02)
    time.sleep(0.5)
    at_kill = service.http.get(f"/jobs/{job}").json()
    service.kill()
    service.start()
    service_jobs_done = service.ended(job)
    passages = service.manuals().get("rp180.pdf", 0)
    return {
        "ok": at_kill["state"] == "running" and service_jobs_done["state"] == "done" and passages == undisturbed,
        "state_when_killed": at_kill["state"], "pages_read_when_killed": at_kill["pages_done"],
        "state_after_restart": service_jobs_done["state"], "passages": passages, "passages_undisturbed": undisturbed,
    }  # fmt: skip


if __name__ == "__main__":
    main()
