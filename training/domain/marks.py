"""Marks of a chat inside a text: a tokenizer reads them as such, so training keeps them apart."""

from __future__ import annotations

_MARKS = ("<|im_start|>", "<|im_end|>", "<s>", "</s>", "<unk>", "<pad>", "<|endoftext|>")


def without_marks(text: str) -> str:
    """``text`` with a space inside each mark."""
    for mark in _MARKS:
        text = text.replace(mark, f"{mark[0]} {mark[1:]}")
    return text
