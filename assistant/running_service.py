"""RunningService: which service runs over a data folder, so that nothing loads its model a second time by accident."""

from __future__ import annotations

import fcntl
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

FILE = "service.json"
_TRIES, _BETWEEN_S = 20, 0.05  # somebody who looks holds the file for microseconds


@dataclass(frozen=True, slots=True)
class RunningService:
    """``pid`` of the process, the ``address`` it listens at ("http://127.0.0.1:7860"), and the ``model`` it has loaded;
    "none" for quotes alone."""

    pid: int
    address: str
    model: str


class ServiceMark:
    """The mark of a running service in its data folder: a file that is locked for as long as the process lives, however
    it ends."""

    def __init__(self, data: Path, service: RunningService) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self._file: IO[str] | None = (data / FILE).open("a+", encoding="utf-8")
        (data / FILE).chmod(0o600)
        for _ in range(_TRIES):
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:  # somebody looks; another service would have met the index's own lock before
                time.sleep(_BETWEEN_S)
        self._file.truncate(0)
        self._file.write(json.dumps(asdict(service)))
        self._file.flush()

    def clear(self) -> None:
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()
            self._file = None


def running_service(data: Path) -> RunningService | None:
    """The service that runs over ``data`` now; None where none does, or what it wrote cannot be read."""
    try:
        with (data / FILE).open("r", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                told = json.load(file)
                return RunningService(int(told["pid"]), str(told["address"]), str(told["model"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None
