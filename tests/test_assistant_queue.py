"""The queue through the service: places are told and kept; a small soak (tests/bench_queue.py has the large one)."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import httpx
import pytest
from queue_soak import faults, soak
from service_site import ADMIN, ASK, Site
from test_assistant_service_streams import Served
from waiting import joined, wait_for


def test_who_waits_is_told_how_many_are_before_him(tmp_path: Path) -> None:
    site = Site(tmp_path)
    told: dict[int, list[tuple[str, dict[str, int]]]] = {}

    def ask(number: int) -> None:
        client = httpx.Client(base_url=served.address, auth=ADMIN, trust_env=False, timeout=240)
        with client, client.stream("POST", "/ask", json=ASK) as response:
            name = ""
            for line in response.iter_lines():
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    told.setdefault(number, []).append((name, json.loads(line.removeprefix("data: "))))

    with Served(site.service) as served:
        site.runner.hang.set()
        threads = []
        for number in range(3):
            threads.append(threading.Thread(target=ask, args=(number,)))
            threads[-1].start()
            wait_for(lambda n=number: len(site.andon.assistant._line) == n + 1)  # type: ignore[misc]
        wait_for(lambda: all(any(name == "waiting" for name, _ in told.get(n, [])) for n in (1, 2)))
        site.runner.hang.clear()
        joined(*threads)
    places = {n: [content["ahead"] for name, content in events if name == "waiting"] for n, events in told.items()}
    assert places[0] == [], "it is being written, there is nothing to tell"
    assert (places[1][0], places[2][0]) == (1, 2)
    for number, events in told.items():
        names = [name for name, _ in events if name != "waiting"]
        assert names == ["found", "piece", "answer"], number
    site.close()


@pytest.mark.slow
def test_a_small_soak() -> None:
    report = soak(requests=40, clients=12, kills=1)
    assert not faults(report), report
    assert report["ended"]["answered"] >= 20
