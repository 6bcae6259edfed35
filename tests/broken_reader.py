"""A reader process that breaks in the way that the file's name asks for: what a hostile file may do to the real one."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import TextIO


def say(text: str, where: TextIO = sys.stdout) -> None:
    where.write(text + "\n")
    where.flush()


def main() -> None:
    for line in sys.stdin:
        way = Path(json.loads(line)["path"]).stem
        if way == "killed":
            os.kill(os.getpid(), signal.SIGSEGV)
        elif way == "exhausted":
            say("terminate called after throwing an instance of 'std::bad_alloc'", sys.stderr)
            os.abort()
        elif way == "hanging":
            time.sleep(60)
        elif way == "endless":
            for page in range(10_000):
                say(json.dumps({"seen": [page, 1, False]}))
                time.sleep(0.05)
        elif way == "nonsense":
            say("][ no JSON")
        elif way == "odd":
            say(json.dumps({"title": "t", "page_count": 1, "skipped": [{"evil": 1}]}))


if __name__ == "__main__":
    main()
