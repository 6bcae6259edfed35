"""What goes wrong while an answer is made: the running service is given it, and must tell it and go on.

    python -m tests.bench_answer_faults docs/results/answer-faults.json [--seed 1] [--count 250] [--only GROUP ...]

Over HTTP, in one process: random bytes and changed requests at each door, a history of a megabyte, scopes that are not
there, a runner that crashes and one that hangs under 20 readers at once, and an index whose vectors are made anew while
it is asked. Each answer must be a whole stream, or an error in its one shape whose code has wording in both languages;
afterwards the service must answer as before. Exits with 1 if one of them does not end as it should.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

sys.path.insert(0, str(Path(__file__).parent))  # tests are flat: their modules are named without the folder

import broken_requests as broken
from fake_embedder import FakeEmbedder
from faulty_runners import CRASHES, PLACES, CrashingRunner, HangingRunner
from openai_site import serving
from service_site import ADMIN, ASK, MANUAL, Site, events_of

from assistant.ask import AskOptions, Assistant
from assistant.http.service import make_service
from edge.runner import Runner
from index.errors import IndexBusy
from index.library import Library
from index.options import IndexOptions
from ui.wording import say_error

CLIENTS = 20
SAID = "主電源 QS1 を OFF にして 15 分以上待つ。[1]"
LIMIT_S, GRACE_S = 1.0, 0.5  # of a generation, and of a runner that was told to stop
PATIENCE_S = 60.0
OPENAI_CODES = {"invalid_api_key": "not_allowed"}
Result = dict[str, Any]


class Door:
    """A service under test, over HTTP; ``wrong`` collects what no person could make anything of."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(
            base_url=address, auth=(ADMIN[0], ADMIN[1]), timeout=PATIENCE_S, limits=httpx.Limits(max_connections=64)
        )
        self.told: Counter[str] = Counter()
        self.wrong: list[str] = []

    def post(self, path: str, body: bytes) -> str:
        return self._told(
            path, body, lambda: self.http.post(path, content=body, headers={"Content-Type": "application/json"})
        )

    def get(self, path: str) -> str:
        return self._told(path, b"", lambda: self.http.get(path))

    def _told(self, path: str, body: bytes, send: Callable[[], httpx.Response]) -> str:
        """ "answer", or the code of the error."""
        try:
            told = self._read(send())
        except Exception as failed:  # noqa: BLE001  whatever came, it is written down
            self.wrong.append(f"{path} {body[:200]!r}: {type(failed).__name__}: {failed}"[:400])
            told = "nothing of use"
        self.told[told] += 1
        return told

    def _read(self, response: httpx.Response) -> str:
        assert response.status_code < 500, f"{response.status_code} {response.text[:200]}"
        if response.status_code == 200:
            if response.headers["content-type"].startswith("text/event-stream"):
                events = events_of(response.text)
                assert [name for name, _ in events][0 :: len(events) - 1] == ["found", "answer"], response.text[-300:]
                assert not (failure := events[-1][1]["failure"]) or _worded(failure), failure
            else:
                json.loads(response.text)
            return "answer"
        error = response.json()["error"]
        assert error["message"], error
        assert _worded(error["code"]), f"{error['code']} has no wording"
        return str(error["code"])

    def result(self, **more: Any) -> Result:
        return {"ok": not self.wrong, "sent": sum(self.told.values()), "told": dict(sorted(self.told.items())),
                **more, **({"wrong": self.wrong[:20]} if self.wrong else {})}  # fmt: skip


def _worded(code: str) -> bool:
    code = OPENAI_CODES.get(code, code)
    return all(say_error(code, lang) for lang in ("ja", "en"))


@contextmanager
def site_with(runner: Runner, limit_s: float = PATIENCE_S) -> Iterator[tuple[Site, str]]:
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        try:
            assistant = Assistant(site.library, runner, AskOptions(answer_seconds=limit_s))
            with serving(make_service(replace(site.andon, assistant=assistant))) as address:
                yield site, address
        finally:
            site.close()


def bad_requests(seed: int, count: int) -> dict[str, Result]:
    rng = random.Random(seed)
    runner = CrashingRunner(SAID)
    with site_with(runner) as (_, address):

        def sent(path: str, all_of: Iterable[bytes], well: bool = True) -> Result:
            door = Door(address)
            for body in all_of:
                door.post(path, body)
            return door.result(**({"answers_after": answers(address)} if well else {}))

        def asked(text: str) -> bytes:
            return json.dumps({"question": text}).encode()

        found = {
            "random bytes as questions": sent("/ask", map(asked, broken.questions(rng, count))),
            "random and damaged bodies": sent("/ask", broken.bodies(rng, count)),
            "changed requests": sent("/ask", broken.mutations(rng, broken.ASK, count)),
            "changed requests, OpenAI's door": sent(
                "/v1/chat/completions",
                [*broken.mutations(rng, broken.CHAT, count), *broken.bodies(rng, count // 4)],
            ),
            "changed requests to sign in": sent("/session", broken.mutations(rng, {"name": "a", "password": "b"}, 40)),
        }
        door = Door(address)
        for _ in range(count // 2):
            door.get(
                f"/search?q={quote(broken.noise(rng, 200))}&{rng.choice(('k=3', 'langs=%ff', 'kinds=%00', 'k=1e9'))}"
            )
        found["random bytes as searches"] = door.result()
        found["scopes that are not there"] = scopes(address)
        found["long histories"] = histories(address)
        return found


def answers(address: str) -> bool:
    """Whether the service answers a plain question as it should."""
    events = events_of(httpx.post(f"{address}/ask", json=ASK, auth=ADMIN, timeout=PATIENCE_S).text)
    return bool(events[-1][0] == "answer" and events[-1][1]["verdict"] == "supported")


def scopes(address: str) -> Result:
    door = Door(address)
    odd = ("no such", "", "\x00", "\ud800", "あ" * 500, "zz9.md", "*", "%", "../x", "x" * 100_000)
    names = ("manuals", "lines", "machines", "kinds", "langs")
    taken = [
        f"{name}: {value[:20]!r}" for name in names for value in odd
        if door.post("/ask", json.dumps({**ASK, name: [value]}).encode()) != "scope_unknown"
    ]  # fmt: skip
    found = door.result(taken=taken)
    found["ok"] = found["ok"] and not taken
    return found


def histories(address: str) -> Result:
    """Just under the limit of a request, just over it, and none of its turns short."""
    door, told = Door(address), {}
    for name, length, turns in (
        ("15 turns, 1.0 MB", 69_000, 15), ("one turn, 0.1 MB", 99_000, 1), ("1.4 MB", 99_000, 15),
        ("50 turns", 20_000, 50), ("51 turns", 10, 51),
    ):  # fmt: skip
        history = [{"question": "AL.32", "answer": "x" * length}] * turns
        begin = time.perf_counter()
        code = door.post("/ask", json.dumps({"question": "なぜ?", "history": history}).encode())
        told[name] = {"told": code, "seconds": round(time.perf_counter() - begin, 2)}
    found = door.result(histories=told)
    found["ok"] = (
        found["ok"] and told["1.4 MB"]["told"] == "request_too_large" and told["51 turns"]["told"] == "request_refused"
    )
    return found


def readers(address: str, count: int = CLIENTS) -> list[dict[str, Any]]:
    """``count`` readers at once: seconds to the quote and to the end, and what the end was."""

    def one(_: int) -> dict[str, Any]:
        begin = time.perf_counter()
        times: dict[str, float] = {}
        last: dict[str, Any] = {}
        try:
            with httpx.stream("POST", f"{address}/ask", json=ASK, auth=ADMIN, timeout=PATIENCE_S) as response:
                name = ""
                for line in response.iter_lines():
                    if line.startswith("event: "):
                        name = line[7:]
                        times.setdefault(name, time.perf_counter() - begin)
                    elif line.startswith("data: "):
                        last = json.loads(line[6:])
        except httpx.HTTPError as failed:
            return {"quote_s": 99.0, "end_s": 99.0, "failure": type(failed).__name__, "verdict": "", "quotes": 0}
        return {"quote_s": times.get("found", 99.0), "end_s": times.get("answer", 99.0), "failure": last.get("failure"),
                "verdict": last.get("verdict"), "quotes": len(last.get("quotes", ()))}  # fmt: skip

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def summary(seen: list[dict[str, Any]], failures: set[str], end_s: float) -> Result:
    """What ``seen`` came to; it is well where each reader has the quote and is told one of ``failures`` at most
    ``end_s`` later."""
    told = Counter(f"{one['verdict']}, {one['failure'] or 'no failure'}" for one in seen)
    return {
        "ok": all(one["quotes"] and one["failure"] in failures for one in seen)
        and all(one["end_s"] - one["quote_s"] <= end_s for one in seen)
        and all(map(_worded, failures)),
        "readers": len(seen), "told": dict(told),
        "slowest_quote_s": round(max(one["quote_s"] for one in seen), 2),
        "slowest_end_s": round(max(one["end_s"] for one in seen), 2),
    }  # fmt: skip


def crashes() -> dict[str, Result]:
    runner = CrashingRunner(SAID + "モータの動力線の絶縁抵抗を測る。[1]")
    found: dict[str, Result] = {}
    with site_with(runner) as (_, address):
        before = threads()
        for place in PLACES:
            for error in CRASHES:
                runner.place, runner.error = place, error
                told = summary(readers(address, 3), {getattr(error, "code", "runner_crashed")}, 10.0)
                found.setdefault(place, {"ok": True, "kinds": 0})
                found[place] = {"ok": found[place]["ok"] and told["ok"], "kinds": found[place]["kinds"] + 1,
                                **({"told": told} if not told["ok"] else {})}  # fmt: skip
        runner.place, runner.error = "middle", RuntimeError("boom")
        many = summary(readers(address), {"runner_crashed"}, 10.0)
        runner.place = ""
        many["answers_after"], many["queue_drained"] = answers(address), drained(before)
        many["ok"] = many["ok"] and many["answers_after"] and many["queue_drained"]
    return {f"crash, 3 readers: {place}": one for place, one in found.items()} | {"crash, 20 readers": many}


def hangs() -> dict[str, Result]:
    """A runner that does not come back, wherever: each reader keeps the quote and is told in time, the next readers are
    answered while it still hangs in its generation, and all are once it wakes."""
    found: dict[str, Result] = {}
    for place in PLACES:
        runner = HangingRunner(SAID + "モータの動力線の絶縁抵抗を測る。[1]", GRACE_S)
        runner.place = place
        with site_with(runner, LIMIT_S) as (_, address):
            before = threads()
            runner.deaf.set()
            told = summary(readers(address), {"answer_late"}, LIMIT_S + 3.0)
            told["searches_meanwhile"] = Door(address).get("/search?q=AL.32") == "answer"
            if place in ("first piece", "middle"):  # the turn was taken
                runner.place = ""
                told["answers_while_it_hangs"] = _soon(lambda: answers(address))
            runner.deaf.clear()
            runner.wake.set()
            told["answers_after"], told["queue_drained"] = _soon(lambda: answers(address)), drained(before)
            told["ok"] = all(value for value in told.values() if isinstance(value, bool))
            found[f"hang, {CLIENTS} readers: {place}"] = told
    return found


def _soon(holds: Callable[[], bool], seconds: float = 15.0) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def threads() -> int:
    return sum(thread.name == "andon-write" for thread in threading.enumerate())


def drained(before: int) -> bool:
    return _soon(lambda: threads() <= before)


def rebuilding() -> Result:
    """Questions while the vectors are thrown away and made again, while a manual is replaced, and beside a writer."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        options = IndexOptions(Path(folder) / "other", embedder="none")
        embedder = FakeEmbedder(seconds_a_text=0.05)
        library = Library(options, write=True, embedder=embedder)
        try:
            for number in range(12):
                (Path(folder) / "a.md").write_text(MANUAL.replace("SC-9", f"SC-{90 + number}"), encoding="utf-8")
                library.add(Path(folder) / "a.md", f"sc{90 + number}.md")
            (Path(folder) / "a.md").write_text(MANUAL, encoding="utf-8")
            library.add(Path(folder) / "a.md", "sc9.md")
            runner = CrashingRunner(SAID)
            assistant = Assistant(library, runner, AskOptions(answer_seconds=PATIENCE_S))
            question = {"question": "SC-9 の AL.32 過電流で止まった。何をすればよいですか"}
            with serving(make_service(replace(site.andon, library=library, assistant=assistant))) as address:
                over = threading.Event()

                def rebuild() -> None:
                    for _ in range(3):
                        library.rebuild()
                        library.add(Path(folder) / "a.md", "sc9.md")
                    over.set()

                thread = threading.Thread(target=rebuild)
                thread.start()
                asked: list[dict[str, Any]] = []
                while not over.is_set():
                    asked.append(one_answer(address, question))
                    assert thread.is_alive() or over.is_set(), "the rebuilding broke off"
                thread.join()
            busy = ""
            try:
                Library(options, write=True, embedder=embedder)
            except IndexBusy as refused:
                busy = refused.code
            verdicts = Counter(str(answer["verdict"]) for answer in asked)
            well = set(verdicts) == {"supported"} and busy == "index_busy" and _worded(busy)
            return {"ok": well, "asked": len(asked), "verdicts": dict(verdicts), "second writer": busy}
        finally:
            library.close()
            site.close()


def one_answer(address: str, question: dict[str, str]) -> dict[str, Any]:
    """The answer, or as its verdict what came instead."""
    try:
        response = httpx.post(f"{address}/ask", json=question, auth=ADMIN, timeout=PATIENCE_S)
    except httpx.HTTPError as failed:
        return {"verdict": type(failed).__name__}
    if response.status_code != 200:
        return {"verdict": f"{response.status_code} {response.text[:200]}"}
    name, content = events_of(response.text)[-1]
    return content if name == "answer" else {"verdict": json.dumps(content)[:200]}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=250)
    parser.add_argument("--only", nargs="*", choices=("requests", "crashes", "hangs", "rebuilding"))
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)  # the crashes are meant, and their tracebacks are many
    groups: dict[str, Callable[[], dict[str, Result]]] = {
        "requests": lambda: bad_requests(args.seed, args.count), "crashes": crashes, "hangs": hangs,
        "rebuilding": lambda: {"index rebuilt meanwhile": rebuilding()},
    }  # fmt: skip
    results: dict[str, Result] = {}
    if args.only and args.result.is_file():  # the others stay as they were
        results = json.loads(args.result.read_text(encoding="utf-8"))
    for group in args.only or groups:
        results |= groups[group]()
        args.result.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(results, ensure_ascii=False, indent=2))
    sys.exit(not all(one["ok"] for one in results.values()))


if __name__ == "__main__":
    main()
