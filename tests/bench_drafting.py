"""Writes docs/results/drafting.json: what guessing ahead gains where answers quote, and what it costs elsewhere.

    python tests/bench_drafting.py                  # on a box that does nothing else
    python tests/bench_drafting.py --model wide     # one of the models, the other's figures stay (a minute each)
    python tests/bench_drafting.py --counts         # batches alone, priced as measured before (COSTS); seconds
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
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from drafting_workload import ROOT, Scripted, Told, messages_of, rows, shares, workload
from wide_model import widen

from edge.llama.batch_costs import BatchCosts
from edge.llama.drafting import Drafting, Plan
from edge.llama.library import version
from edge.llama.runner import LlamaCppRunner
from edge.llama.speaker import FreeSpeaker
from edge.options import EdgeOptions
from edge.runner import Sampling

BUNDLED = ROOT / "models/andon-slm-ja-en.q8_0.gguf"
OUT = ROOT / "docs/results/drafting.json"
DRAFT = 15
NAMES = ("bundled, 9 MB", "the same made wide, 110 MB")
COSTS = {  # one thread and two, Xeon with AVX-512; docs/log/drafting.md
    NAMES[0]: BatchCosts({4: 2.75, 8: 5.25, 16: 11.0}, {4: 2.5, 8: 5.0, 16: 10.75}),
    NAMES[1]: BatchCosts({4: 2.5, 8: 3.75, 16: 6.5}, {4: 2.5, 8: 3.75, 16: 6.5}),
}
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


def said(runner: LlamaCppRunner, plain: LlamaCppRunner, scripts: Sequence[Scripted]) -> dict[str, Any]:
    """``scripts`` said by ``plain``, as it is without guesses, and by ``runner`` with them, in turns."""
    assert runner._plan is not None
    seconds, cpu, batches, tokens = [0.0, 0.0], [0.0, 0.0], [list[int](), list[int]()], 0
    guessed = accepted = 0
    for number, script in enumerate(scripts):
        texts = ["", ""]
        for side in (0, 1) if number % 2 else (1, 0):
            with (runner if side else plain)._working() as (model, memory):
                logits = memory.read(script.prompt, None, lambda: False)
                assert logits is not None
                told = Told(memory.context, script, min(model.end_ids))
                begin, cpu_begin = time.perf_counter(), time.process_time()
                drafting = Drafting(script.prompt, runner._plan, model.piece) if side else None
                asked = Sampling(max_tokens=len(script.answer))
                speaker = FreeSpeaker(model, told, asked, None, drafting)
                first = told.tell(logits.copy(), len(script.prompt))
                texts[side] = "".join(piece.text for piece in speaker.speak(script.prompt, first, lambda: False))
                seconds[side] += time.perf_counter() - begin
                cpu[side] += time.process_time() - cpu_begin
                memory.context.keep(len(script.prompt))
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


def counted(scripts: Sequence[Scripted], plan: Plan, piece: Callable[[int], bytes]) -> dict[str, Any]:
    """The batches in which ``scripts`` are said, without computing them; they hang on no clock and no machine."""
    batches, tokens, guessed, accepted = list[int](), 0, 0, 0
    for script in scripts:
        drafting, at = Drafting(script.prompt, plan, piece), 1
        drafting.said(script.answer[0])
        while at < len(script.answer):
            guesses = drafting.guess(len(script.answer) - at - 1)
            right = 0
            while right < len(guesses) and guesses[right] == script.answer[at + right]:
                right += 1
            batches.append(1 + len(guesses))
            drafting.checked(len(guesses), right)
            for token in script.answer[at : at + right + 1]:
                drafting.said(token)
            at += right + 1
        tokens += len(script.answer)
        guessed, accepted = guessed + drafting.guessed, accepted + drafting.accepted
    plain = tokens - len(scripts)
    return {
        "answers": len(scripts), "tokens": tokens, "decodes": [plain, len(batches)],
        "tokens_a_decode": round(plain / len(batches), 2), "guessed": guessed, "accepted": accepted,
        "batches": {str(size): count for size, count in sorted(Counter(batches).items())},
        "expected": round(plain / expected(batches, plan.costs), 3),
    }  # fmt: skip


def all_counted(costs: BatchCosts) -> dict[str, Any]:
    """Every answer of each kind under ``costs``."""
    runner = LlamaCppRunner(EdgeOptions(BUNDLED, context_tokens=256))
    piece, plan = runner._loaded()[0].piece, Plan(costs, DRAFT)
    told = {"steps_a_batch": {str(size): [costs.first[size], costs.further[size]] for size in costs.first}} | {
        kind: counted(workload(runner, quoted=kind == "quoted"), plan, piece) for kind in ("quoted", "free")
    }
    runner.close()
    return told


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
    runner, plain = (LlamaCppRunner(EdgeOptions(gguf, threads=threads, draft_tokens=drafts)) for drafts in (DRAFT, 0))
    list(runner.stream(messages_of(0, quoted=True), Sampling(max_tokens=1)))  # what batches cost is measured now
    if runner._plan is None:
        sys.exit("Others are at work here: what batches cost cannot be measured.")
    costs = runner._plan.costs
    told: dict[str, Any] = {
        "threads": threads,
        "steps_a_batch": {str(size): [costs.first[size], costs.further[size]] for size in costs.first},
        "quoted": said(runner, plain, workload(runner, quoted=True, most=most)),
        "free": said(runner, plain, workload(runner, quoted=False, most=most)),
    }
    runner.close()
    plain.close()
    return told | {"own_words": own_words(gguf, threads, own)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", choices=("bundled", "wide", "both"), default="both")
    parser.add_argument("--rows", type=int, default=60, help="answers of each kind; a third by the wide model")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--counts", action="store_true")
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
    if args.counts:
        result["made_by"] += " --counts"
        result["models"] = {name: all_counted(costs) for name, costs in COSTS.items()}
        args.out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return
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
