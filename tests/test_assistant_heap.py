"""The heap: what was freed goes back to the system, here and on the service's own thread."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from waiting import joined

from assistant.heap import YOUNG, GivingBack, few_arenas, give_back

HOLES = """
import re, sys
from pathlib import Path
from assistant.heap import give_back
def held():
    return int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
blocks = [bytearray(60_000) for _ in range(2000)]  # under the threshold above which each is a mapping of its own
kept = blocks[::50]
del blocks
before = held()
give_back()
print(before - held())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc")
def test_holes_in_the_heap_are_given_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HOLES], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]
    )
    assert int(done.stdout) > 50_000, "kB of 117,000"


def test_it_is_given_back_again_and_again_until_it_is_stopped() -> None:
    few_arenas()
    give_back()
    giving = GivingBack(every_s=0.01)
    giving.start()
    assert any(thread.name == "andon-heap" for thread in threading.enumerate())
    giving.stop()
    joined(giving._thread)


SETTLED = """
import gc
from assistant.heap import settle
loaded = [[number] for number in range(1000)]
settle()
settled, frozen = gc.get_objects(), gc.get_freeze_count()
assert frozen > 1000 and not any(one is loaded for one in settled)
class Knot: pass
knot = Knot()
knot.self = knot
import weakref
known = weakref.ref(knot)
del knot
gc.collect()
print(known() is None, gc.get_threshold()[0])
"""


def test_what_was_loaded_is_passed_by_and_later_garbage_is_not() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SETTLED], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]
    )
    assert done.stdout.split() == ["True", str(YOUNG)]
