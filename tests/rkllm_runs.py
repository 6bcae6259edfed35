"""Random runs over the runtime of our own: read whole, stopped anywhere, forgotten, failing, loaded anew in between;
and what must hold after each. Also a program, so that it can run under AddressSanitizer or on an emulated processor:
    python tests/rkllm_runs.py FOLDER RELEASE LIBRARY RUNS SEED
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from contract_runner import close, text_of
from rkllm_site import RkllmSite

from edge.errors import GenerationFailed
from edge.rkllm.options import RkllmOptions
from edge.rkllm.runner import RkllmRunner
from edge.runner import Message, Piece, Sampling

WORDS = ["AL-16", "電源", "カバー", "🔥", "P1-05", "OFF", "確認する", "E5101 とは", "the cover", "\n", "停止"]
WAYS = ("whole", "whole", "stop string", "closed", "closed elsewhere", "forgotten", "fails", "begun only")


@dataclass
class Told:
    """What came of the runs: how often each way, tokens heard of those that were read whole, and what did not hold."""

    ways: Counter[str] = field(default_factory=Counter)
    tokens: int = 0
    lost: int = 0
    mixed: int = 0
    longest_stop_ms: float = 0.0
    wrong: list[tuple[str, ...]] = field(default_factory=list)
    rss_kib: list[int] = field(default_factory=list)


def run_randomly(site: RkllmSite, runs: int, seed: int, *, every: int = 100) -> Told:
    """``runs`` runs; ``every`` so many of them the resident size is written down."""
    chance, told = random.Random(seed), Told()
    kept = RkllmOptions(prompt_cache=site.model.parent / "prompts", prompt_cache_bytes=200_000)
    runner = site.runner(rkllm=kept, context_tokens=512)
    for n in range(runs):
        site.set(
            waiting_text=chance.randrange(3), characters=chance.choice([0, 1, 4]), own_thread=chance.randrange(2),
            abort_late=chance.choice([0, 0, 3, 9]), ignore_pause=int(chance.random() < 0.2),
            token_us=chance.choice([0, 0, 0, 50]), silent_end=int(chance.random() < 0.1), fail_at=-1, break_at=-1,
        )  # fmt: skip
        way = chance.choice(WAYS)
        told.ways[way] += 1
        _one(site, runner, way, chance, told)
        if chance.random() < 0.01:
            runner.close()
        if n % every == every - 1:
            told.rss_kib.append(rss_kib())
    runner.close()
    site._made.clear()
    return told


def _one(site: RkllmSite, runner: RkllmRunner, way: str, chance: random.Random, told: Told) -> None:
    system = Message("system", " ".join(WORDS[: chance.randrange(3, 9)]) * 2)
    messages = (system, Message("user", " ".join(chance.choices(WORDS, k=chance.randrange(1, 20)))))
    stop = (chance.choice(["e", "の", " ", "a"]),) if way == "stop string" else ()
    sampling = Sampling(max_tokens=chance.randrange(1, 60), stop=stop)
    if way == "fails":
        site.set(**{chance.choice(["fail_at", "break_at"]): chance.randrange(sampling.max_tokens)})
    stream = runner.stream(messages, sampling)
    if way == "begun only":
        close(stream)
    elif way == "fails":
        try:
            list(stream)
        except GenerationFailed:
            pass
        else:
            told.lost += 1
            told.wrong.append(("no error was told", str(sampling)))
    elif way in ("whole", "stop string"):
        pieces = list(stream)
        told.mixed += site.heard() != runner.prompt_tokens(messages)
        if way == "whole":
            told.tokens += pieces[-1].tokens
            spoken = site.spoken()[: sampling.max_tokens]
            heard, said = text_of(pieces), site.decode(spoken).decode("utf-8", "ignore")
            if heard != said or pieces[-1].tokens != len(spoken):
                told.lost += 1
                told.wrong.append((heard, said, str(pieces[-1])))
    else:
        for _ in range(chance.randrange(1, 5)):
            next(stream, None)
        if way == "closed elsewhere":
            _close_elsewhere(stream, chance, told)
        elif way == "closed":
            begin = time.perf_counter()
            close(stream)
            told.longest_stop_ms = max(told.longest_stop_ms, (time.perf_counter() - begin) * 1000)


def _close_elsewhere(stream: Iterator[Piece], chance: random.Random, told: Told) -> None:
    timer = threading.Timer(chance.random() * 0.004, close, (stream,))
    timer.start()
    for _ in stream:
        pass
    timer.join()


def rss_kib() -> int:
    """Resident size of this process."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def main() -> None:
    folder, version, library, runs, seed = sys.argv[1:]
    site = RkllmSite(Path(folder), version, Path(library) if library != "-" else None)
    told = run_randomly(site, int(runs), int(seed))
    assert (told.lost, told.mixed, site.get("misuse"), site.get("loaded")) == (0, 0, 0, 0), told
    sys.stdout.write(f"well {told.tokens}\n")


if __name__ == "__main__":
    main()
