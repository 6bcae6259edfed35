"""chances_of: the log-probabilities of a chunk as TokenChance."""

from __future__ import annotations

import math
from typing import Any

from edge.runner import TokenChance


def chances_of(said: Any) -> list[TokenChance]:
    """What ``logprobs`` of a choice tells of its tokens; empty where it tells nothing. Servers write a probability of
    zero as null or as a very low number; both count as minus infinity's stand-in."""
    content = said.get("content") if isinstance(said, dict) else None
    entries = [entry for entry in content if isinstance(entry, dict)] if isinstance(content, list) else []
    return [
        TokenChance(_bytes(entry), _number(entry), tuple((_bytes(one), _number(one)) for one in _others(entry)))
        for entry in entries
    ]


def _others(entry: dict[str, Any]) -> list[dict[str, Any]]:
    others = entry.get("top_logprobs")
    return [one for one in others if isinstance(one, dict)] if isinstance(others, list) else []


def _bytes(entry: dict[str, Any]) -> bytes:
    """The token's bytes; of servers that leave them out, those of its text, which lacks torn characters."""
    raw = entry.get("bytes")
    if isinstance(raw, list) and all(isinstance(byte, int) and 0 <= byte < 256 for byte in raw):
        return bytes(raw)
    return str(entry.get("token", "")).encode("utf-8", "replace")


def _number(entry: dict[str, Any]) -> float:
    found = entry.get("logprob")
    return float(found) if isinstance(found, int | float) and math.isfinite(found) else -1e4
