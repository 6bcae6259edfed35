"""Events: the data of server-sent events, out of bytes that may be cut anywhere (WHATWG HTML, section 9.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

LONGEST_EVENT_BYTES = 1 << 22


def events(pieces: Iterable[bytes]) -> Iterator[str]:
    """The ``data`` of each event; several data lines are joined by line breaks, comments and other fields are skipped.
    An event that is not ended by an empty line counts when the stream ends: some servers leave that out.

    Raises ValueError for an event beyond ``LONGEST_EVENT_BYTES``.
    """
    data: list[bytes] = []
    for line in _lines(pieces):
        if not line:
            if data:
                yield b"\n".join(data).decode("utf-8", "replace")
            data = []
        elif line.startswith(b"data:"):
            data.append(line[5:].removeprefix(b" "))
            if sum(map(len, data)) > LONGEST_EVENT_BYTES:
                raise ValueError("an event is too long")
        elif line == b"data":
            data.append(b"")
    if data:
        yield b"\n".join(data).decode("utf-8", "replace")


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Lines without their ends, which are LF, CRLF or CR; cut as bytes, so that no character is torn."""
    held = b""
    for piece in pieces:
        held += piece
        *whole, held = _split(held)
        yield from whole
        if len(held) > LONGEST_EVENT_BYTES:
            raise ValueError("an event is too long")
    if held:
        yield held.rstrip(b"\r")


def _split(held: bytes) -> list[bytes]:
    """As ``_lines``; a CR at the very end stays, since its LF may follow in the next piece."""
    tail = b""
    if held.endswith(b"\r"):
        held, tail = held[:-1], b"\r"
    lines = held.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    lines[-1] += tail
    return lines
