"""Draw worker: the child process that draws pages, one after the other, under a cap on its memory.

    python -m index.manuals.draw_worker MEMORY_BYTES

One JSON object a line. In: {"path", "page", "scale", "into"}. Out: {"drawn": [width, height in points]}, {"failed"}
with the error's code, message, remedy and details, or {"broke"} with what happened. A hostile page may take this
process down; the other side (index.page_images) says so and starts another.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
from pathlib import Path
from typing import Any

from index.errors import IndexFailed
from index.manuals.page_drawing import PageDrawer
from index.manuals.worker import end_with


def main() -> None:
    """Draw what is asked for until the input ends. What libraries print goes to the error output."""
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    limit = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    drawer = PageDrawer()
    for line in sys.stdin:
        answers.write(json.dumps(_answer(drawer, json.loads(line))) + "\n")
        answers.flush()


def _answer(drawer: PageDrawer, asked: dict[str, Any]) -> dict[str, Any]:
    try:
        drawn = drawer.draw(Path(asked["path"]), int(asked["page"]), float(asked["scale"]), Path(asked["into"]))
    except IndexFailed as failed:
        return {
            "failed": {
                "code": failed.code, "message": failed.message, "remedy": failed.remedy, "details": failed.details,
            }
        }  # fmt: skip
    except MemoryError:
        return {"broke": "it needs more memory than drawing may have"}
    except Exception as unexpected:  # noqa: BLE001  a page that cannot be drawn is the file's problem
        return {"broke": f"{type(unexpected).__name__}: {unexpected}"[:300]}
    return {"drawn": [drawn.width, drawn.height]}


if __name__ == "__main__":
    main()
