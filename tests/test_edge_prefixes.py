"""What prompts begin with, used again: cut at the same places, the same numbers, from memory and from disk."""

from __future__ import annotations

import logging
import os
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from contract_runner import text_of
from test_edge_runners import tiny_gguf

from edge.llama.cuts import batch_ends, last_end
from edge.llama.runner import LlamaCppRunner
from edge.llama.saved_prefixes import SavedPrefixes
from edge.options import EdgeOptions
from edge.runner import Message, Sampling

__all__ = ["tiny_gguf"]
PASSAGE = "電源を切り、カバーを外す。 Turn the power OFF, wait 5 minutes. AL-16: the spindle is hot.\n"
SYSTEM = Message("system", "Answer briefly.")
PIECES = {0: b"word", 1: b"\n", 2: b".\n\n", 3: b"", 4: b" x\n"}


def ask(question: str, passage: str = PASSAGE) -> tuple[Message, ...]:
    return (SYSTEM, Message("user", f"[1] p. 3\n{passage}\nQuestion: {question}"))


class Counting:
    """A context that counts the tokens it computes."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.computed = inner, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def decode(self, tokens: Sequence[int], start: int, *, want_logits: bool) -> Any:
        self.computed += len(tokens)
        return self.inner.decode(tokens, start, want_logits=want_logits)


class Bench:
    """Runners over one folder, opened anew for each answer, as after a restart."""

    def __init__(self, gguf: Path, folder: Path | None, **options: Any) -> None:
        self.options = EdgeOptions(gguf, **({"context_tokens": 512, "threads": 1, "batch_tokens": 16,
            "prompt_cache": folder, "prompt_cache_bytes": 1 << 24} | options))  # fmt: skip

    def answer(self, *questions: str, passage: str = PASSAGE) -> tuple[list[str], int]:
        """The answers, and how many tokens of the last prompt were computed."""
        runner = LlamaCppRunner(self.options)
        runner.load()
        assert runner._memory is not None
        counting = Counting(runner._memory.context)
        runner._memory.context = counting  # type: ignore[assignment]
        said = []
        for question in questions:
            counting.computed = 0
            said.append(text_of(list(runner.stream(ask(question, passage), Sampling(max_tokens=8)))))
        computed = counting.computed - 7
        runner.close()
        return said, computed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "prefixes"


@pytest.fixture
def fresh(tiny_gguf: Path) -> Bench:
    return Bench(tiny_gguf, None)


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.prefix"))


def test_two_prompts_are_cut_alike_as_far_as_they_are_alike() -> None:
    draw = random.Random(3)
    for _ in range(200):
        one = draw.choices(range(5), weights=[30, 2, 1, 1, 1], k=draw.randrange(1, 200))
        at = draw.randrange(len(one))
        other = one[:at] + draw.choices(range(5), k=draw.randrange(1, 100))
        ends, others = batch_ends(one, 16, PIECES.__getitem__), batch_ends(other, 16, PIECES.__getitem__)
        assert ends[-1] == len(one) and ends == sorted(set(ends))
        assert all(0 < b - a <= 16 for a, b in zip([0, *ends], ends, strict=False))
        shared = next(
            (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
        )
        assert [e for e in ends if e < shared] == [e for e in others if e < shared]


def test_a_batch_ends_at_a_blank_line_and_one_token_is_always_left() -> None:
    words = [0] * 6
    assert batch_ends([*words, 1, 1, *words], 16, PIECES.__getitem__) == [8, 14]
    assert batch_ends([*words, 2, *words], 16, PIECES.__getitem__) == [7, 13]
    assert batch_ends([0, 2, *words], 16, PIECES.__getitem__) == [8], "too short to be worth it"
    assert batch_ends([0] * 40, 16, PIECES.__getitem__) == [16, 32, 40]
    assert last_end([16, 32, 40], 40, 40) == 32 and last_end([16, 32, 40], 15, 40) == 0


def test_what_came_twice_is_there_after_a_restart(tiny_gguf: Path, folder: Path, fresh: Bench) -> None:
    bench = Bench(tiny_gguf, folder)
    _, whole = bench.answer("AL-16")
    assert not files(folder), "once is not worth it"
    bench.answer("AL-16", "E5101")
    assert len(files(folder)) == 1
    said, computed = bench.answer("P1-05")
    assert computed < whole / 3
    assert said == fresh.answer("P1-05")[0]
    assert bench.answer("cover", "P1-05", "AL-16")[0] == fresh.answer("cover", "P1-05", "AL-16")[0]
    assert len(files(folder)) == 1, "it is there already"


def test_what_comes_from_disk_gives_the_very_same_numbers(tiny_gguf: Path, folder: Path) -> None:
    Bench(tiny_gguf, folder).answer("AL-16", "E5101")
    logits = []
    for prefixes in (folder, None):
        runner = LlamaCppRunner(Bench(tiny_gguf, prefixes).options)
        prompt = runner.prompt_tokens(ask("P1-05"))
        with runner._working() as (_, memory):
            found = memory.read(prompt, runner._prefixes.get(""), lambda: False)
        assert found is not None
        logits.append(found)
        runner.close()
    assert (logits[0] == logits[1]).all()


@pytest.mark.parametrize("harm", ["flip", "cut", "empty", "other", "tail", "swap"])
def test_a_damaged_file_is_never_used(
    tiny_gguf: Path, folder: Path, fresh: Bench, harm: str, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(tiny_gguf, folder)
    whole = bench.answer("AL-16")[1]
    bench.answer("AL-16", "E5101")
    (file,) = files(folder)
    raw = bytearray(file.read_bytes())
    if harm == "swap":  # a whole file under another one's name
        bench.answer("AL-16", "E5101", passage=PASSAGE * 2)
        other = next(path for path in files(folder) if path != file)
        other.replace(file)
    else:
        for at in (random.Random(1).randrange(500, len(raw)), len(raw) - 1):
            raw[at] ^= 0x10
        file.write_bytes({"flip": bytes(raw), "cut": bytes(raw[: len(raw) // 2]), "empty": b"",
                          "other": b"not one of ours" * 50, "tail": bytes(raw) + b"more"}[harm])  # fmt: skip
    with caplog.at_level(logging.WARNING, "edge.llama.saved_prefixes"):
        said, computed = bench.answer("P1-05")
    assert (said, computed) == (fresh.answer("P1-05")[0], whole)
    assert "is deleted" in caplog.text and not files(folder)


def test_a_state_of_another_making_is_not_used(tiny_gguf: Path, folder: Path, tmp_path: Path) -> None:
    whole = Bench(tiny_gguf, None).answer("P1-05")[1]
    Bench(tiny_gguf, folder).answer("AL-16", "E5101")
    renamed = tmp_path / "same.gguf"
    renamed.write_bytes(tiny_gguf.read_bytes())
    assert Bench(renamed, folder).answer("P1-05")[1] < whole, "the same bytes under another name"
    renamed.write_bytes(tiny_gguf.read_bytes() + b"\0")
    for bench in (
        Bench(renamed, folder), Bench(tiny_gguf, folder, kv_type="f32"), Bench(tiny_gguf, folder, batch_tokens=32),
        Bench(tiny_gguf, folder, context_tokens=256), Bench(tiny_gguf, folder, flash_attention="off"),
    ):  # fmt: skip
        assert bench.answer("P1-05")[1] >= whole
    assert len(files(folder)) == 1, "nor is it deleted: its maker may come back"


def test_the_folder_stays_within_its_size(folder: Path) -> None:
    saved = SavedPrefixes(folder, 10_000, "key")
    for number in range(5):
        saved.save([number] * 10, bytes(3000))
        saved.close()
        if number == 2:  # the first has been used since
            found = saved.find([0] * 10)
            assert found is not None and saved.read(found) == bytes(3000)
        for path in files(folder):
            os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns - 10**9))
    assert sum(path.stat().st_size for path in files(folder)) <= 10_000
    kept = [number for number in range(5) if saved.holds([number] * 10)]
    assert kept == [0, 3, 4], "those used last"
    saved.save([9] * 10, bytes(20_000))
    saved.close()
    assert not saved.holds([9] * 10)
    assert [number for number in range(5) if saved.holds([number] * 10)] == kept


def test_a_file_of_the_same_moment_is_seen(folder: Path) -> None:
    """Clocks of file systems tick seldom: what another process writes may leave the folder's time as it was."""
    mine, theirs = SavedPrefixes(folder, 10_000, "key"), SavedPrefixes(folder, 10_000, "key")
    theirs.save([7, 8], b"state")
    theirs.close()
    assert mine.find([7, 8, 9]) is not None
    moment = folder.stat().st_mtime_ns
    theirs.save([1, 2, 3], b"state")
    theirs.close()
    os.utime(folder, ns=(moment, moment))
    assert mine.find([1, 2, 9]) is not None


def test_another_process_may_take_a_file_away(folder: Path) -> None:
    mine, theirs = SavedPrefixes(folder, 10_000, "key"), SavedPrefixes(folder, 10_000, "key")
    mine.save([1, 2, 3], b"state")
    mine.close()
    found = theirs.find([1, 2, 9])
    assert found is not None and list(found.tokens) == [1, 2, 3]
    found.path.unlink()
    assert theirs.read(found) is None and theirs.find([1, 2, 9]) is None
    assert mine.find([1, 2, 9]) is None


def test_where_nothing_can_be_written_it_goes_on(
    tiny_gguf: Path, tmp_path: Path, fresh: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    with caplog.at_level(logging.WARNING, "edge.llama.saved_prefixes"):
        said, _ = Bench(tiny_gguf, blocked).answer("AL-16", "E5101", "P1-05")
    assert said == fresh.answer("AL-16", "E5101", "P1-05")[0]
    assert caplog.text.count("not kept on disk") == 1


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    import threading

    yield
    assert not [thread for thread in threading.enumerate() if thread.name == "andon-prefix"]
