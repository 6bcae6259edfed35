"""Writes docs/results/generation.json: how quick llama.cpp answers here, and what each means of ours gains.

    python tests/bench_generation.py

- against a bare loop of llama_decode and argmax, same model and threads, in turns
- time to the first token of a prompt that begins with the same 1,000 tokens: cold, from memory, from disk in a
  new runner

Two models: the bundled one (9 MB), and the same made wide (110 MB, tests/wide_model.py): it says the same and computes
twelve times as much, so that ratios are those of a model whose time goes into its weights.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from wide_model import widen

from assistant.prompt import Excerpt, build_messages
from edge.llama.context import LlamaContext
from edge.llama.library import LlamaModel, version
from edge.llama.runner import LlamaCppRunner
from edge.options import EdgeOptions
from edge.runner import Message, Sampling

ROOT = Path(__file__).resolve().parents[1]
BUNDLED = ROOT / "models/andon-slm-ja-en.q8_0.gguf"
OUT = ROOT / "docs/results/generation.json"
TOKENS = 96
ROUNDS = 5
PREFIX_TOKENS = 1000


def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (ROOT / "demo/faq.jsonl").read_text(encoding="utf-8").splitlines()]


def quoting(count: int) -> list[tuple[Message, ...]]:
    """Questions with the passage that holds the answer, as a prompt with three excerpts."""
    found = rows()
    asked = []
    for at, row in list(enumerate(found))[:: max(1, len(found) // count)][:count]:
        near = [found[(at + step) % len(found)] for step in (0, 1, 2)]
        excerpts = [Excerpt(n, f"{one['manual']}, p. {one['page_label']}", f"{one['question']}\n{one['answer']}")
                    for n, one in enumerate(near, start=1)]  # fmt: skip
        asked.append(build_messages(row["question"], excerpts, row["lang"]))
    return asked


def runner_of(gguf: Path, threads: int, **more: Any) -> LlamaCppRunner:
    runner = LlamaCppRunner(EdgeOptions(gguf, threads=threads, **more))
    runner.load()
    return runner


def bare_ms(gguf: Path, threads: int, prompt: list[int]) -> Callable[[], float]:
    """Milliseconds a token of a loop that does nothing but decode and take the greatest."""
    model = LlamaModel(gguf)
    context = LlamaContext(model, context_tokens=2048, batch_tokens=128, threads=threads)

    def measure() -> float:
        context.keep(0)
        logits = None
        for at in range(0, len(prompt), 128):
            logits = context.decode(prompt[at : at + 128], at, want_logits=at + 128 >= len(prompt))
        llama, batch = context._llama, context._batch
        batch.n_tokens, batch.logits[0] = 1, 1
        assert logits is not None
        token = int(np.argmax(logits))
        begin = time.perf_counter()
        for step in range(TOKENS - 1):
            batch.token[0], batch.pos[0] = token, len(prompt) + step
            llama.llama_decode(context._handle, batch)
            row = np.ctypeslib.as_array(llama.llama_get_logits_ith(context._handle, -1), shape=(model.vocab_size,))
            token = int(row.argmax())
        return (time.perf_counter() - begin) * 1000 / (TOKENS - 1)

    return measure


def ours_ms(runner: LlamaCppRunner, messages: Sequence[Message]) -> float:
    """Milliseconds a token from the first on."""
    pieces, begin, first = runner.stream(messages, Sampling(max_tokens=TOKENS, ignore_end=True)), 0.0, 0
    count = 0
    for piece in pieces:
        if not first:
            begin, first = time.perf_counter(), piece.tokens
        count = piece.tokens
    return (time.perf_counter() - begin) * 1000 / (count - first)


def against_bare(gguf: Path, threads: int) -> dict[str, Any]:
    runner = runner_of(gguf, threads)
    messages = quoting(1)[0]
    measure = bare_ms(gguf, threads, runner.prompt_tokens(messages))
    pairs = [(measure(), ours_ms(runner, messages)) for _ in range(ROUNDS + 1)][1:]
    runner.close()
    bare, ours = (min(side) for side in zip(*pairs, strict=True))
    return {
        "bare_ms": round(bare, 3),
        "ours_ms": round(ours, 3),
        "speed": round(bare / ours, 3),
        "of": "best of rounds",
    }


def first_token(gguf: Path, threads: int, folder: Path) -> dict[str, Any]:
    text = "".join(f"{row['question']} {row['answer']}\n" for row in rows())
    counter = runner_of(gguf, threads)
    passage, size = text, len(text)
    while counter.count_tokens(passage) > PREFIX_TOKENS:
        size = int(size * 0.98)
        passage = text[:size]

    def first_ms(runner: LlamaCppRunner, question: str, before: str = "") -> float:
        begin = time.perf_counter()
        messages = build_messages(question, [Excerpt(1, "manual", before + passage)], "en")
        next(stream := runner.stream(messages, Sampling(max_tokens=4, ignore_end=True)))
        took = (time.perf_counter() - begin) * 1000
        stream.close()  # type: ignore[attr-defined]
        return took

    cold = [first_ms(counter, "What is the belt tension?", f"{number} ") for number in range(ROUNDS)]
    asked = [f"What is to be done when alarm {number} is shown?" for number in range(ROUNDS + 1)]
    memory = [first_ms(counter, question) for question in asked][1:]
    counter.close()
    seed = runner_of(gguf, threads, prompt_cache=folder, prompt_cache_bytes=1 << 30)
    for question in ("What is this?", "What now?"):
        first_ms(seed, question)
    seed.close()
    disk = []
    for number in range(ROUNDS):
        again = runner_of(gguf, threads, prompt_cache=folder, prompt_cache_bytes=1 << 30)
        disk.append(first_ms(again, asked[number]))
        again.close()
    middle = {name: statistics.median(times) for name, times in (("cold", cold), ("memory", memory), ("disk", disk))}
    return {f"{name}_ms": round(ms, 1) for name, ms in middle.items()} | {
        "memory_share": round(middle["memory"] / middle["cold"], 3),
        "disk_share": round(middle["disk"] / middle["cold"], 3),
        "file_mb": round(sum(path.stat().st_size for path in folder.iterdir()) / 1e6, 1),
    }


def main() -> None:
    begun_at_load = round(os.getloadavg()[0], 1)
    result: dict[str, Any] = {
        "made_by": "python tests/bench_generation.py", "machine": platform.machine(), "llama_cpp": version(),
        "models": {},
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as made:
        wide = widen(BUNDLED, Path(made) / "wide.gguf")
        for name, gguf, threads in (("bundled, 9 MB", BUNDLED, 1), ("the same made wide, 110 MB", wide, 2)):
            folder = Path(made) / f"prefixes-{threads}"
            result["models"][name] = {
                "threads": threads,
                "against_bare_loop": against_bare(gguf, threads),
                "first_token": first_token(gguf, threads, folder),
            }
            print(json.dumps(result["models"][name], indent=1), flush=True)
    result["load_average"] = [begun_at_load, round(os.getloadavg()[0], 1)]  # before and after; above 1 others ran, too
    OUT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
