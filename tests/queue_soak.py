"""Soak: many readers at one service with one model in a process of its own; some leave, and the process is killed.

A part of the readers leave at a random moment, in the queue or in mid-answer. What must hold:
every request is answered, left by its reader, or told that the model crashed; who came well before another is served
before him; the place that is told only comes nearer; nothing is left at work in the end.
"""

from __future__ import annotations

import json
import os
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from service_site import ADMIN, ASK, Site
from test_assistant_service_streams import Served

from assistant.ask import AskOptions, Assistant
from assistant.http.service import make_service
from assistant.settings import ROOT
from edge.choose import make_runner
from edge.options import EdgeOptions

MODEL = ROOT / "models" / "andon-slm-ja-en.q8_0.gguf"
PATIENCE_S = 90.0
APART_S = 0.5  # who came so long before another must be served before him


@dataclass
class Asked:
    """One request as its reader saw it; times of time.monotonic(), 0 where it did not come to that."""

    leaves_after: float | None
    found_at: float = 0.0
    begun_at: float = 0.0
    over_at: float = 0.0
    places: list[int] = field(default_factory=list)
    failure: str = ""
    ended: str = "lost"  # or answered, told, left


def soak(requests: int, clients: int, kills: int, seed: int = 1, leaving: float = 0.25) -> dict[str, Any]:
    """What became of ``requests`` from ``clients`` at once, ``leaving`` of them left early, with ``kills`` of the
    model's process spread over them."""
    chance = random.Random(seed)
    asked = [Asked(chance.uniform(0.0, 2.0) if chance.random() < leaving else None) for _ in range(requests)]
    over = threading.Semaphore(0)
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        runner = make_runner(EdgeOptions(MODEL, threads=1, isolate=True))
        runner.load()
        options = AskOptions(answer_seconds=PATIENCE_S, extract=True)
        assistant = Assistant(site.library, runner, options)
        begin = time.monotonic()
        with Served(make_service(replace(site.andon, assistant=assistant))) as served:

            def ask(one: Asked) -> None:
                try:
                    _read(served.address, one)
                finally:
                    over.release()

            with ThreadPoolExecutor(clients) as pool:
                done = [pool.submit(ask, one) for one in asked]
                for _ in range(kills):
                    for _ in range(requests // (kills + 1)):
                        over.acquire()
                    os.kill(runner.pid, signal.SIGKILL)  # type: ignore[attr-defined]
                for job in done:
                    job.result()
            seconds = time.monotonic() - begin
            after = Asked(None)
            _read(served.address, after)
        left = _soon_gone("andon-write")
        runner.close()
        site.close()
    return _report(asked, after, left, seconds, kills)


def _read(address: str, one: Asked) -> None:
    """Ask once, to the end or until it is time to leave."""
    until = time.monotonic() + (one.leaves_after if one.leaves_after is not None else PATIENCE_S)
    client = httpx.Client(base_url=address, auth=ADMIN, trust_env=False, timeout=PATIENCE_S)
    with client, client.stream("POST", "/ask", json=ASK) as response:
        name = ""
        for line in response.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                _take(one, name, json.loads(line.removeprefix("data: ")))
            if name == "answer" and one.over_at:
                return
            if one.leaves_after is not None and time.monotonic() >= until:
                one.ended = "left"
                return


def _take(one: Asked, name: str, content: dict[str, Any]) -> None:
    now = time.monotonic()
    if name == "found":
        one.found_at = now
    elif name == "waiting":
        one.places.append(content["ahead"])
    elif name == "piece":
        one.begun_at = one.begun_at or now
    elif name == "answer":
        one.begun_at, one.over_at = one.begun_at or now, now
        one.failure = content["failure"]
        one.ended = "told" if one.failure else "answered"


def _report(asked: list[Asked], after: Asked, left: int, seconds: float, kills: int) -> dict[str, Any]:
    served = sorted((one for one in asked if one.ended == "answered"), key=lambda one: one.found_at)
    overtaken = sum(
        later.begun_at < one.begun_at
        for place, one in enumerate(served)
        for later in served[place + 1 :]
        if later.found_at - one.found_at > APART_S
    )
    pairs = sum(
        later.found_at - one.found_at > APART_S for place, one in enumerate(served) for later in served[place + 1 :]
    )
    waits = [one.begun_at - one.found_at for one in served] or [0.0]
    return {
        "requests": len(asked), "ended": dict(Counter(one.ended for one in asked)),
        "failures": dict(Counter(one.failure for one in asked if one.failure)), "kills": kills,
        "told their place": sum(bool(one.places) for one in asked),
        "places that moved away": sum(one.places != sorted(one.places, reverse=True) for one in asked),
        "pairs apart": pairs, "overtaken": overtaken,
        "wait_s": {"median": round(median(waits), 2), "most": round(max(waits), 2)}, "seconds": round(seconds, 1),
        "answers afterwards": after.ended == "answered", "threads left": left,
    }  # fmt: skip


def _soon_gone(name: str, seconds: float = 10.0) -> int:
    """How many threads of that name are left when they have had time to end."""
    end = time.monotonic() + seconds
    while (left := sum(thread.name == name for thread in threading.enumerate())) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def faults(report: dict[str, Any]) -> list[str]:
    """What should not be in a report."""
    ended = report["ended"]
    return [
        said
        for said, wrong in {
            "requests were lost": ended.get("lost", 0) > 0,
            "requests failed otherwise than by the kills": set(report["failures"]) - {"model_crashed"},
            "more answers failed than the process was killed": ended.get("told", 0) > report["kills"],
            "somebody was overtaken": report["overtaken"] > 0,
            "a place moved away": report["places that moved away"] > 0,
            "nobody was told a place": not report["told their place"],
            "it does not answer afterwards": not report["answers afterwards"],
            "threads are left at work": report["threads left"] > 0,
        }.items()
        if wrong
    ]
