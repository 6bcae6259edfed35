"""Writes docs/results/drafting.json: what guessing ahead gains where answers quote, and what it costs elsewhere.

    python tests/bench_drafting.py                  # on a box that does nothing else
    python tests/bench_drafting.py --model wide     # one of the models, the other's figures stay (a minute each)
    python tests/bench_drafting.py --shares         # how often the token behind a match came next (edge.llama.drafting)

Answers are given (tests/drafting_workload.py) and computed by real models: the bundled one (9 MB, one thread), and the
same made wide (110 MB, two threads, tests/wide_model.py). ``expected``: the ratio by the batches that were counted and
by what a batch costs here (edge.llama.batch_costs); ``measured``: that of the times of the generations behind the first
token, plain and with guesses in turns; ``cpu``: the same by the process's own time, which others at work disturb less.
``own_words``: what the models write themselves, quotes or not, with and without.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from drafting_workload import ROOT, Scripted, Told, messages_of, rows, shares, workload
from wide_model import widen

from edge.llama.batch_costs import BatchCosts
from edge.llama.drafting import Drafting
from edge.llama.library import version
from edge.llama.runner import LlamaCppRunner
from edge.llama.speaker import FreeSpeaker
from edge.options import EdgeOptions
from edge.runner import Sampling

BUNDLED = ROOT / "models/andon-slm-ja-en.q8_0.gguf"
OUT = ROOT / "docs/results/drafting.json"
DRAFT = 15
NAMES = ("bundled, 9 MB", "the same made wide, 110 MB")
OWN_TOKENS = 96


def expected(batches: Sequence[int], costs: BatchCosts) -> float:
    """Single steps that ``batches`` cost, one answer after the other in the order in which they were computed."""
    steps, before = 0.0, 1
    for size in batches:
        if size == 1:
            steps += 1
        else:  # the last one of an answer may be cut short
            full = min(known for known in costs.first if known >= size)
            steps += (costs.further if before == size else costs.first)[full]
        before = size
    return steps


def said(runner: LlamaCppRunner, scripts: Sequence[Scripted]) -> dict[str, Any]:
    """``scripts`` said plainly and with guesses, in turns."""
    assert runner._plan is not None
    seconds, cpu, batches, tokens = [0.0, 0.0], [0.0, 0.0], [list[int](), list[int]()], 0
    guessed = accepted = 0
    with runner._working() as (model, memory):
        end = min(model.end_ids)
        for number, script in enumerate(scripts):
            logits = memory.read(script.prompt, None, lambda: False)
            assert logits is not None
            texts = ["", ""]
            for side in (0, 1) if number % 2 else (1, 0):
                memory.context.keep(len(script.prompt))
                told = Told(memory.context, script, end)
                begin, cpu_begin = time.perf_counter(), time.process_time()
                drafting = Drafting(script.prompt, runner._plan, model.piece) if side else None
                asked = Sampling(max_tokens=len(script.answer))
                speaker = FreeSpeaker(model, told, asked, None, drafting)
                first = told.tell(logits.copy(), len(script.prompt))
                texts[side] = "".join(piece.text for piece in speaker.speak(script.prompt, first, lambda: False))
                seconds[side] += time.perf_counter() - begin
                cpu[side] += time.process_time() - cpu_begin
                batches[side] += told.batches
                if drafting is not None:
                    guessed, accepted = guessed + drafting.guessed, accepted + drafting.accepted
            assert texts[0] == texts[1]
            tokens += len(script.answer)
    costs = runner._plan.costs
    return {
        "answers": len(scripts), "tokens": tokens, "decodes": [len(batches[0]), len(batches[1])],
        "tokens_a_decode": round(len(batches[0]) / len(batches[1]), 2), "guessed": guessed, "accepted": accepted,
        "batches": {str(size): count for size, count in sorted(Counter(batches[1]).items())},
        "expected": round(len(batches[0]) / expected(batches[1], costs), 3),
        "cpu": round(cpu[0] / cpu[1], 3), "measured": round(seconds[0] / seconds[1], 3),
    }  # fmt: skip


def own_words(gguf: Path, threads: int, count: int) -> dict[str, int]:
    """How many greedy answers to ``count`` prompts of each kind are the same with and without guesses."""
    runners = [LlamaCppRunner(EdgeOptions(gguf, threads=threads, draft_tokens=most)) for most in (0, DRAFT)]
    same, asked, tokens = 0, 0, 0
    for at in range(0, len(rows()), len(rows()) // count):
        for quoted in (True, False):
            texts = []
            for runner in runners:
                pieces = list(runner.stream(messages_of(at, quoted=quoted), Sampling(max_tokens=OWN_TOKENS)))
                texts.append("".join(piece.text for piece in pieces))
            tokens += pieces[-1].tokens
            same, asked = same + (texts[0] == texts[1]), asked + 1
    for runner in runners:
        runner.close()
    return {"answers": asked, "tokens": tokens, "same_text": same}


def measured(gguf: Path, threads: int, most: int, own: int) -> dict[str, Any]:
    """By ``most`` answers of each kind that are given and ``own`` that are not."""
    runner = LlamaCppRunner(EdgeOptions(gguf, threads=threads, draft_tokens=DRAFT))
    list(runner.stream(messages_of(0, quoted=True), Sampling(max_tokens=1)))  # what batches cost is measured now
    assert runner._plan is not None
    costs = runner._plan.costs
    told: dict[str, Any] = {
        "threads": threads,
        "steps_a_batch": {str(size): [costs.first[size], costs.further[size]] for size in costs.first},
        "quoted": said(runner, workload(runner, quoted=True, most=most)),
        "free": said(runner, workload(runner, quoted=False, most=most)),
    }
    runner.close()
    return told | {"own_words": own_words(gguf, threads, own)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", choices=("bundled", "wide", "both"), default="both")
    parser.add_argument("--rows", type=int, default=60, help="answers of each kind; a third by the wide model")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--shares", action="store_true")
    args = parser.parse_args()
    if args.shares:
        bundled = LlamaCppRunner(EdgeOptions(BUNDLED))
        for quoted in (True, False):
            print("quoted" if quoted else "free", shares(workload(bundled, quoted=quoted, odd=True)))
        return
    begun_at_load = round(os.getloadavg()[0], 1)
    result: dict[str, Any] = {
        "made_by": "python tests/bench_drafting.py", "machine": platform.machine(), "llama_cpp": version(),
        "draft_tokens": DRAFT, "models": {},
    }  # fmt: skip
    if args.model != "both" and args.out.is_file():
        result["models"] = json.loads(args.out.read_text(encoding="utf-8"))["models"]
    with tempfile.TemporaryDirectory() as made:
        if args.model in ("bundled", "both"):
            told = result["models"][NAMES[0]] = measured(BUNDLED, 1, args.rows, max(1, args.rows // 3))
            told["load_average"] = [begun_at_load, round(os.getloadavg()[0], 1)]  # above 1 others ran, too
            print(json.dumps(told, indent=1), flush=True)
        if args.model in ("wide", "both"):
            wide = widen(BUNDLED, Path(made) / "wide.gguf")
            told = result["models"][NAMES[1]] = measured(wide, 2, args.rows // 3, max(1, args.rows // 12))
            print(json.dumps(told, indent=1), flush=True)
            told["load_average"] = [begun_at_load, round(os.getloadavg()[0], 1)]
    args.out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
