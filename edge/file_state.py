"""FileState: whether the file of a catalogue entry is there and is the one that was listed."""

from __future__ import annotations

from typing import Literal

from edge.models import ModelCard, file_sha256

FileState = Literal["ok", "not_read", "missing", "altered"]
READ_UP_TO_BYTES = 256 * 1024 * 1024  # about a second of hashing on a Cortex-A76; what is larger is read on request


def file_state(card: ModelCard, *, read_up_to: int | None = READ_UP_TO_BYTES) -> FileState:
    """What became of the file of ``card``.

    "ok": size and SHA-256 are the listed ones. "not_read": the size is, and the file is larger than ``read_up_to``
    bytes (None: it is read whatever its size). "missing" and "altered" speak for themselves.
    """
    if not card.path.is_file():
        return "missing"
    size = card.path.stat().st_size
    if size != card.bytes:
        return "altered"
    if read_up_to is not None and size > read_up_to:
        return "not_read"
    return "ok" if file_sha256(card.path) == card.sha256 else "altered"
