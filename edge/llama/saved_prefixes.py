"""SavedPrefixes: what prompts begin with, computed once and kept on disk, so that it is there after a restart.

A file holds the tokens of a beginning and the keys and values that the model made of them. Its name and header say what
it was made by, its hash that it is whole: one that is damaged, or not what its name says, is deleted and never used.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import struct
import tempfile
import threading
import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.llama.cuts import shared_length

MAGIC = b"andonkv1"
SUFFIX = ".prefix"
_TICK_NS = 2_000_000_000  # FAT, on a card or stick, has the coarsest: two seconds
_HEADER = struct.Struct("<8sII32s")  # magic, tokens, reserved, SHA-256 of key, tokens and state
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SavedPrefix:
    """A file of the folder: ``tokens`` are those whose state it holds."""

    path: Path
    tokens: Sequence[int]


class SavedPrefixes:
    """The files in ``folder`` that were made by ``key``, a text that names everything a state hangs on: the model's
    bytes, the library, the context. All files together, other keys' too, take at most ``most_bytes``; those that were
    used longest ago go first. Files are written by a thread of its own; what cannot be written is told in the log and
    is no error. Several processes may share a folder: a file appears whole or not at all."""

    def __init__(self, folder: Path, most_bytes: int, key: str) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._key = hashlib.sha256(key.encode()).digest()
        self._known: dict[str, SavedPrefix] = {}
        self._seen_at = -1
        self._writer: threading.Thread | None = None
        self._broken = False  # the folder cannot be written to

    def find(self, prompt: Sequence[int]) -> SavedPrefix | None:
        """The file that shares the longest beginning with ``prompt``; None where none shares any."""
        self._look()
        best = max(self._known.values(), key=lambda one: shared_length(one.tokens, prompt), default=None)
        return best if best is not None and shared_length(best.tokens, prompt) else None

    def holds(self, tokens: Sequence[int]) -> bool:
        """Whether a file begins with ``tokens``."""
        found = self.find(tokens)
        return found is not None and shared_length(found.tokens, tokens) == len(tokens)

    def read(self, saved: SavedPrefix) -> bytes | None:
        """The state in a file; None, and the file is gone, where it is damaged."""
        try:
            raw = saved.path.read_bytes()
            os.utime(saved.path)
        except OSError:  # another process has dropped it
            self._known.pop(saved.path.name, None)
            return None
        state = self._state_of(raw, saved.tokens)
        if state is None:
            self.drop(saved, "it is damaged")
        return state

    def drop(self, saved: SavedPrefix, why: str) -> None:
        """Deletes a file, and says so."""
        log.warning("%s is deleted: %s.", saved.path, why)
        self._known.pop(saved.path.name, None)
        _unlink(saved.path)

    def save(self, tokens: Sequence[int], state: bytes) -> None:
        """Keeps ``state`` of ``tokens``; returns at once. Nothing is done where it is larger than the folder may be or
        the one before is still being written."""
        if self._broken or len(state) > self._most_bytes or (self._writer is not None and self._writer.is_alive()):
            return
        packed = array("i", tokens)
        self._writer = threading.Thread(target=self._write, args=(packed, state), name="andon-prefix")
        self._writer.start()

    def close(self) -> None:
        """Waits for what is being written."""
        if self._writer is not None:
            self._writer.join()

    def _write(self, tokens: array[int], state: bytes) -> None:
        name = f"{self._key.hex()[:16]}-{hashlib.sha256(tokens.tobytes()).hexdigest()[:32]}{SUFFIX}"
        header = _HEADER.pack(MAGIC, len(tokens), 0, self._hash(tokens, state))
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._make_room(len(header) + 4 * len(tokens) + len(state))
            # readable by its owner alone, as the index beside it need not be: it holds what people asked about
            handle, made = tempfile.mkstemp(".tmp", "writing-", self._folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(header + tokens.tobytes())
                    file.write(state)
                Path(made).replace(self._folder / name)  # no sync: what a power cut leaves torn fails its hash
            except BaseException:
                _unlink(Path(made))
                raise
        except OSError as failed:
            self._broken = True
            log.warning("Beginnings of prompts are not kept on disk: %s", failed)

    def _make_room(self, size: int) -> None:
        """Deletes what was used longest ago until ``size`` more bytes fit; and what a killed process left behind."""
        found = []
        for entry in self._folder.iterdir():
            if entry.suffix in (SUFFIX, ".tmp"):
                try:
                    state = entry.stat()
                except OSError:
                    continue
                found.append((entry.suffix == SUFFIX, state.st_mtime_ns, state.st_size, entry))
        total = size + sum(bytes_ for _, _, bytes_, _ in found)
        for _, _, bytes_, entry in sorted(found):  # unfinished ones first
            if total <= self._most_bytes:
                break
            _unlink(entry)
            total -= bytes_

    def _look(self) -> None:
        """Brings what is known up to what is there."""
        try:
            changed_at = self._folder.stat().st_mtime_ns
            if changed_at == self._seen_at:
                return
            names = {entry.name for entry in os.scandir(self._folder) if entry.name.endswith(SUFFIX)}
        except OSError:
            self._known.clear()
            return
        self._known = {name: saved for name, saved in self._known.items() if name in names}
        for name in sorted(names - self._known.keys()):
            if name.startswith(self._key.hex()[:16]):
                self._learn(self._folder / name)
        # a change within the same tick of the file system's clock leaves no trace: look again next time
        self._seen_at = changed_at if time.time_ns() - changed_at > _TICK_NS else -1

    def _learn(self, path: Path) -> None:
        """Reads which tokens a file is about; the state only when it is asked for."""
        try:
            with path.open("rb") as file:
                head = file.read(_HEADER.size)
                count = _HEADER.unpack(head)[1] if head[:8] == MAGIC and len(head) == _HEADER.size else 0
                raw = file.read(4 * count)
        except OSError:
            return
        tokens = array("i", raw[: len(raw) // 4 * 4])
        saved = SavedPrefix(path, tokens)
        if not count or len(tokens) != count or hashlib.sha256(raw).hexdigest()[:32] not in path.name:
            self.drop(saved, "it is not what its name says")
            return
        self._known[path.name] = saved

    def _state_of(self, raw: bytes, tokens: Sequence[int]) -> bytes | None:
        packed = array("i", tokens)
        at = _HEADER.size + 4 * len(packed)
        if len(raw) <= at or raw[_HEADER.size : at] != packed.tobytes():
            return None
        state = raw[at:]
        return state if _HEADER.unpack(raw[: _HEADER.size])[3] == self._hash(packed, state) else None

    def _hash(self, tokens: array[int], state: bytes) -> bytes:
        digest = hashlib.sha256(self._key + json.dumps(len(tokens)).encode())
        digest.update(tokens.tobytes())
        digest.update(state)
        return digest.digest()


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as failed:
        log.warning("%s cannot be deleted: %s", path, failed)
