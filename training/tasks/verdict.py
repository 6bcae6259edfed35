"""Verdict: a label and the words of the text that show it, as one line of JSON, said and read."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from index.text import normalise


@dataclass(frozen=True, slots=True)
class Verdict:
    """``evidence``: word for word out of the text, "" for the label without a violation."""

    label: str
    evidence: str

    def line(self) -> str:
        return json.dumps({"label": self.label, "evidence": self.evidence}, ensure_ascii=False)


def verdict_schema(labels: Sequence[str]) -> str:
    """The JSON Schema of a verdict, for runners that can be bound to one."""
    return object_schema({"label": {"type": "string", "enum": list(labels)}, "evidence": {"type": "string"}})


def object_schema(properties: dict[str, Any]) -> str:
    held = {
        "type": "object", "properties": properties, "required": list(properties), "additionalProperties": False,
    }  # fmt: skip
    return json.dumps(held)


def read_object(said: str, keys: Sequence[str]) -> dict[str, str] | None:
    """The JSON object that ``said`` is, alone or in a code fence: ``keys`` and no others, each a text. None for all
    else: a teacher that cannot keep to the form is not mended, its text is dropped."""
    fenced = re.fullmatch(r"\s*```(?:json)?\s*(.*?)\s*```\s*", said, re.DOTALL)
    try:
        held = json.loads(fenced.group(1) if fenced else said)
    except ValueError:
        return None
    if not isinstance(held, dict) or set(held) != set(keys) or not all(isinstance(v, str) for v in held.values()):
        return None
    return held


def read_verdict(said: str, labels: Sequence[str]) -> Verdict | None:
    """None where ``said`` is no verdict in one of ``labels``."""
    held = read_object(said, ("label", "evidence"))
    return Verdict(held["label"], held["evidence"].strip()) if held and held["label"] in labels else None


def stands_in(evidence: str, text: str) -> bool:
    """Whether ``evidence`` is a stretch of ``text``, widths, case and white space aside."""
    wanted = plain(evidence)
    return bool(wanted) and wanted in plain(text)


def overlap(said: str, wanted: str) -> float:
    """F1 of the character pairs that two stretches share, 0 to 1; for two empty ones 1."""
    if not plain(said) or not plain(wanted):
        return float(plain(said) == plain(wanted))
    first, second = _pairs(plain(said)), _pairs(plain(wanted))
    shared = len(first & second)
    return 2 * shared / (len(first) + len(second))


def plain(text: str) -> str:
    return "".join(normalise(text).split())


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(max(1, len(text) - 1)))
