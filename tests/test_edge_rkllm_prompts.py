"""Prompts for the NPU: the same tokens as transformers makes, and prompts kept on disk by what they begin with."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from contract_runner import ASK, close, text_of
from rkllm_site import RELEASES, RkllmSite, compiler
from tiny_model import PROBES, save_byte_level_tokenizer, save_sentencepiece_tokenizer

from edge.rkllm.heard import Spelling
from edge.rkllm.options import RkllmOptions
from edge.rkllm.prompt_cache import GIVE_UP, PromptCache
from edge.rkllm.words import ModelWords
from edge.runner import Message, Sampling

SYSTEM = Message("system", "電源を切り、カバーを外す。 Turn the power OFF. Check parameter P1-05. " * 3)


def about(question: str) -> tuple[Message, ...]:
    return (SYSTEM, Message("user", question))


@pytest.fixture(params=RELEASES)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RkllmSite]:
    if compiler() is None:
        pytest.skip("needs a C compiler")
    made = RkllmSite(tmp_path / "model", request.param)
    yield made
    made.close()
    assert made.get("misuse") == 0


def kept(site: RkllmSite, limit: int = 1 << 20) -> RkllmOptions:
    return RkllmOptions(prompt_cache=site.model.parent / "prompts", prompt_cache_bytes=limit)


@pytest.mark.parametrize("kind", ["sentencepiece", "sentencepiece with a dummy prefix", "byte level"])
def test_prompts_are_those_of_transformers(kind: str, tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="makes the tokenizers: pip install 'andon[train]'")
    pytest.importorskip("sentencepiece")
    if kind == "byte level":
        tokenizer = save_byte_level_tokenizer(tmp_path, None)
    else:
        tokenizer = save_sentencepiece_tokenizer(tmp_path, dummy_prefix="dummy" in kind)
    words = ModelWords(tmp_path)
    harmless = [probe for probe in PROBES if not words.holds_control(probe)]
    assert len(harmless) >= 8
    for probe in harmless:
        chat = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": probe}]
        expected = tokenizer.apply_chat_template(chat, add_generation_prompt=True, tokenize=True)
        ids = list(getattr(expected, "input_ids", None) or expected["input_ids"])
        messages = tuple(Message(one["role"], one["content"]) for one in chat)  # type: ignore[arg-type]
        assert words.prompt(messages) == ids, probe
        text = tokenizer.apply_chat_template(chat, add_generation_prompt=True, tokenize=False)
        assert words.prompt_text(messages) == text
    control = {words._control[one] for one in ("<|im_start|>", "<|im_end|>")}
    for probe in set(PROBES) - set(harmless) | {"x<|im_end|>y"}:
        found = [i for i in words.prompt((Message("user", probe),)) if i in control]
        assert len(found) == 3
    assert tokenizer.eos_token_id in words.end_ids


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ([(b"a", False), (b"b", False)], [b"a", b"b"]),
        ([(None, True), (None, True), ("電".encode(), False)], [b"", b"", "電".encode()]),
        ([(b"\xe9", True), (b"\xe9\x9b", True), ("電".encode(), False)], [b"", b"", "電".encode()]),
        ([(b"\xe9", True), (b"\x9b", True), (b"\xbb", False)], [b"", b"", "電".encode()]),
        ([(b"\xe9", True), (None, True), ("電源".encode(), False)], [b"", b"", "電源".encode()]),
        ([(None, False), (b"", False)], [b"", b""]),
    ],
)
def test_a_character_of_several_tokens_is_heard_once(said: list[tuple[bytes | None, bool]], heard: list[bytes]) -> None:
    spelling = Spelling()
    assert [spelling.add(text, waiting) for text, waiting in said] == heard


def test_a_prompt_on_disk_saves_its_reading_after_a_restart(site: RkllmSite) -> None:
    site.says(site.encode("OK"))
    first = site.runner(rkllm=kept(site))
    list(first.stream(about("AL-16"), Sampling(max_tokens=12)))
    assert first.usage is not None and first.usage.prefill_tokens == first.usage.prompt_tokens
    first.close()
    again = site.runner(rkllm=kept(site))
    said = text_of(list(again.stream(about("E5101 とは"), Sampling(max_tokens=12))))
    assert said == "OK" and again.usage is not None
    assert again.usage.prefill_tokens < 20 < again.usage.prompt_tokens
    assert (site.get("cache_loads"), site.get("cache_releases")) == (1, 1)
    again.close()


def test_what_is_in_memory_already_is_not_loaded(site: RkllmSite) -> None:
    site.says(site.encode("OK"))
    runner = site.runner(rkllm=kept(site))
    for question in ("AL-16", "E5101", "AL-16"):
        list(runner.stream(about(question), Sampling(max_tokens=12)))
    assert site.get("cache_loads") == 0 and site.get("cache_saves") >= 2
    runner.close()


def test_a_prompt_of_other_weights_is_never_loaded(site: RkllmSite) -> None:
    site.says(site.encode("OK"))
    for change in ("", "model", "context"):
        if change == "model":
            site.model.write_bytes(site.model.read_bytes() + b"\0")
        runner = site.runner(rkllm=kept(site), context_tokens=512 if change == "context" else 256)
        list(runner.stream(about("AL-16"), Sampling(max_tokens=12)))
        runner.close()
    assert site.get("cache_loads") == 0 and site.get("cache_saves") == 3


def test_a_file_that_cannot_be_loaded_is_dropped_and_the_answer_comes(site: RkllmSite) -> None:
    site.says(site.encode("OK"))
    for _ in range(2):
        runner = site.runner(rkllm=kept(site))
        site.set(fail_cache=1)
        assert text_of(list(runner.stream(about("AL-16"), Sampling(max_tokens=12)))) == "OK"
        runner.close()
    assert site.get("cache_loads") == 1 and site.get("cache_releases") == 0
    assert not list((site.model.parent / "prompts").iterdir())


def test_files_that_gain_nothing_are_given_up(site: RkllmSite, caplog: pytest.LogCaptureFixture) -> None:
    site.says(site.encode("OK"))
    runner = site.runner(rkllm=kept(site))
    site.set(no_gain=1)
    other = (
        Message("system", "主軸が停止したら、アラームを確認し、電源を切ってください。" * 5),
        Message("user", "x"),
    )
    with caplog.at_level(logging.WARNING, "edge.rkllm.prompt_cache"):
        for n in range(2 * GIVE_UP + 4):
            list(runner.stream(about("AL-16") if n % 2 else other, Sampling(max_tokens=12)))
    assert site.get("cache_loads") == GIVE_UP and "gains nothing" in caplog.text
    runner.close()


def test_a_stopped_run_keeps_no_file(site: RkllmSite) -> None:
    runner = site.runner(rkllm=kept(site))
    stream = runner.stream(about("AL-16"), Sampling(max_tokens=60))
    next(stream)
    close(stream)
    list(runner.stream(ASK, Sampling(max_tokens=2)))
    runner.close()
    assert not list((site.model.parent / "prompts").glob("*.rkcache"))
    PromptCache(site.model.parent / "prompts", 1, "")  # the next start clears what was begun
    assert not list((site.model.parent / "prompts").glob("*.part"))


def test_the_folder_stays_within_its_limit(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, 2500, "model")
    for n in range(6):
        ids = [n, *range(100)]
        part = cache.place(ids, "")
        assert part is not None and part.parent == tmp_path
        part.write_bytes(b"x" * 1000)
        os.utime(part, ns=(10**9, 10**9))  # all of the same moment, as far as the file system can tell
        cache.keep(part, ids)
        found = cache.find([*ids, 5], "")
        assert found is not None and found.shared == 101
        assert cache.find(ids, "another adapter") is None
    assert len(list(tmp_path.glob("*.rkcache"))) == len(list(tmp_path.glob("*.ids"))) == 2
    part = cache.place([9, *range(100)], "")
    assert part is not None
    part.write_bytes(b"x" * 3000)  # larger than all the room there is
    cache.keep(part, [9, *range(100)])
    assert len(list(tmp_path.iterdir())) == 4
    assert cache.place([1, 2, 3], "") is None  # too short to be worth it


def test_the_names_of_files_tell_nothing_of_the_prompt(site: RkllmSite) -> None:
    runner = site.runner(rkllm=kept(site))
    site.says(site.encode("OK"))
    list(runner.stream(about("AL-16"), Sampling(max_tokens=12)))
    runner.close()
    names = json.dumps([file.name for file in (site.model.parent / "prompts").iterdir()])
    assert "AL" not in names
