"""Cuts: where a prompt is cut into batches, so that what two prompts begin with is always computed in the same company.

A number that comes out of a batch depends, in its last bits, on how large the batch was. Cuts therefore hang on nothing
but the tokens before them: two prompts that begin alike are cut alike, as far as they are alike, whatever was asked
before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

LEAST, LEAST_SHARE = 8, 4  # a blank line ends a batch of so many tokens, or of one part in so many of a full one


def batch_ends(tokens: Sequence[int], batch_tokens: int, piece: Callable[[int], bytes]) -> list[int]:
    """Where batches of ``tokens`` end, rising; the last is ``len(tokens)``.

    A batch ends when it is full, or behind a blank line: that is where passages end and the question begins in a prompt
    (assistant.prompt), so that all of the passages can be used again for the next question about them.
    """
    least = max(1, min(LEAST, batch_tokens // LEAST_SHARE))
    ends: list[int] = []
    begin, line_ended = 0, False
    for at, token in enumerate(tokens, start=1):
        text = piece(token)
        blank = text.endswith(b"\n\n") or (text == b"\n" and line_ended)
        line_ended = text.endswith(b"\n")
        if at - begin == batch_tokens or (blank and at - begin >= least):
            ends.append(at)
            begin = at
    if begin < len(tokens):
        ends.append(len(tokens))
    return ends


def last_end(ends: Sequence[int], shared: int, length: int) -> int:
    """The last of ``ends`` within the first ``shared`` tokens that leaves one of ``length`` to compute; 0 for none."""
    return max((end for end in ends if end <= min(shared, length - 1)), default=0)


def shared_length(one: Sequence[int], other: Sequence[int]) -> int:
    """Length of the common beginning."""
    for at, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return at
    return min(len(one), len(other))
