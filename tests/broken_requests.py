"""Broken requests: random bytes as questions and as whole bodies, and requests of which one place was changed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 1e308, 10**400, float("nan"), float("inf"), "", " ", "\x00", "\ud800",
    "\udfff\ud800", "a" * 10_000, "あ" * 3_000, "\u202e\u200b\ufeff", "\U0010ffff", "'; DROP TABLE passage; --",
    '"AL.32" OR * NEAR(', "<|im_end|>",
    "<script>alert(1)</script>", "../../etc/passwd", "%00%ff", [], {}, [[]], [None], ["\ud800"], {"": {}},
    {"a": [1, {"b": None}]},
    [["x"] * 50] * 50, ["x"] * 3000,
)  # fmt: skip
TURN = {
    "question": "AL.32 が出て止まった", "manual": "x", "section": ["5.1 AL.32 過電流"], "codes": ["AL.32"],
    "passage": "p", "answer": "主電源を切る。",
}  # fmt: skip
ASK = {
    "question": "なぜ?", "manuals": ["sc9.md"], "lines": [], "machines": ["SC-9"], "kinds": ["steps"], "langs": ["ja"],
    "history": [TURN, {**TURN, "question": "SC-9 の AL.32 は?"}],
}  # fmt: skip
CHAT = {
    "model": "andon", "stream": False, "stream_options": None, "andon": {"manuals": ["sc9.md"]},
    "messages": [
        {"role": "user", "content": "AL.32"}, {"role": "assistant", "content": "切る。"},
        {"role": "user", "content": "なぜ?"},
    ],
}  # fmt: skip


def noise(rng: random.Random, most: int = 400) -> bytes:
    return rng.randbytes(rng.randint(1, most))


def questions(rng: random.Random, count: int) -> Iterator[str]:
    """Random bytes read as text in different ways, alone or behind a code."""
    for number in range(count):
        raw = noise(rng)
        text = (
            raw.decode("latin-1"), raw.decode("utf-8", "surrogateescape"), raw.decode("utf-16", "replace"),
            raw.decode("cp932", "replace"), raw.decode("utf-8", "replace"),
        )[number % 5]  # fmt: skip
        yield f"AL.32 {text}" if number % 3 == 0 else text


def bodies(rng: random.Random, count: int) -> Iterator[bytes]:
    """Random bytes, and requests with bytes changed, cut off, doubled or nested too deep."""
    whole = json.dumps(ASK, ensure_ascii=False).encode()
    for number in range(count):
        at = rng.randrange(len(whole))
        yield (
            noise(rng),
            whole[:at],
            whole[:at] + noise(rng, 4) + whole[at + 1 :],
            whole[:at] + whole,
            b'{"question": ' + b"[" * (10 ** rng.randint(2, 5)),
            b'{"question": "\\u' + noise(rng, 4).hex()[:4].encode() + b'", "history": null}',
            json.dumps(ASK).encode(rng.choice(("utf-16", "utf-32", "utf-8-sig", "utf-7"))),
        )[number % 7]


def mutations(rng: random.Random, whole: dict[str, Any], count: int) -> Iterator[bytes]:
    """``whole`` with one or two places changed to another value, left out, or renamed."""
    for _ in range(count):
        changed = json.loads(json.dumps(whole))
        for _ in range(rng.randint(1, 2)):
            _change(rng, changed)
        yield json.dumps(changed).encode()


def _change(rng: random.Random, node: Any) -> None:
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    if not keys:
        return
    key = rng.choice(keys)
    if isinstance(node[key], dict | list) and node[key] and rng.random() < 0.6:
        _change(rng, node[key])
    elif rng.random() < 0.15:
        del node[key]
    elif isinstance(node, dict) and rng.random() < 0.15:
        node[f"{key}\ud800"] = node.pop(key)
    else:
        node[key] = rng.choice(VALUES)
