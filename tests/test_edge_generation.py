"""The parts of a generation: text that is safe to show, sampling, templates, and the catalogue of models."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from edge.chat_prompt import ChatPrompt
from edge.errors import ModelAltered, ModelMissing, ModelUnreadable
from edge.llama.sampler import Sampler
from edge.models import find, load_catalogue, style_of, verify
from edge.runner import Message, Sampling
from edge.text_stream import TextStream

CHATML = "{% for m in messages %}<|a|>{{ m.role }}\n{{ m.content | trim }}<|b|>\n{% endfor %}<|a|>assistant\n"
MARKS = {"<|a|>": 7, "<|b|>": 8}


def fed(stream: TextStream, raw: bytes, size: int) -> tuple[str, bool]:
    """All of ``raw`` in pieces of ``size`` bytes; the text that came out, and whether a stop string was met."""
    out = ""
    for at in range(0, len(raw), size):
        text, met = stream.push(raw[at : at + size])
        out += text
        if met:
            return out, True
    return out + stream.flush(), False


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_characters_stay_whole(size: int) -> None:
    text = "電源を切る 🔥 E5101 ±5℃"
    assert fed(TextStream(), text.encode(), size) == (text, False)
    stream = TextStream()
    first = [stream.push(bytes([b]))[0] for b in "電".encode()]
    assert first == ["", "", "電"]


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_stop_strings_that_straddle_pieces(size: int) -> None:
    raw = "答え[1]。\n\n質問: 次".encode()
    assert fed(TextStream(("\n\n質問:", "###")), raw, size) == ("答え[1]。", True)
    assert fed(TextStream(("\n\n質問; ",)), raw, size) == (raw.decode(), False)


def test_the_earliest_stop_string_wins_and_nothing_certain_is_held_back() -> None:
    assert TextStream(("cd", "bcde")).push(b"abcdef") == ("a", True)
    stream = TextStream(("abab!",))
    assert stream.push(b"xab") == ("x", False)
    assert stream.push(b"abab") == ("ab", False)
    assert stream.push(b"!") == ("", True)


def test_broken_bytes_show_and_an_unfinished_character_does_not() -> None:
    assert fed(TextStream(), b"a\xffb", 1) == ("a\ufffdb", False)
    assert fed(TextStream(), "a電".encode()[:-1], 1) == ("a", False)


def draws(sampling: Sampling, logits: list[float], n: int = 400) -> Counter[int]:
    sampler = Sampler(sampling)
    return Counter(sampler.choose(np.array(logits, np.float32)) for _ in range(n))


def test_temperature_0_takes_the_greatest() -> None:
    assert draws(Sampling(), [0.0, 2.0, 1.0, 2.0], 5) == {1: 5}


def test_top_k_and_top_p_bound_the_choice() -> None:
    logits = [float(x) for x in np.log([0.5, 0.3, 0.15, 0.05])]
    assert set(draws(Sampling(temperature=1.0), logits)) == {0, 1, 2, 3}
    assert set(draws(Sampling(temperature=1.0, top_k=2), logits)) == {0, 1}
    assert set(draws(Sampling(temperature=1.0, top_p=0.6), logits)) == {0, 1}
    assert set(draws(Sampling(temperature=1.0, top_p=0.4), logits)) == {0}
    share = draws(Sampling(temperature=1.0, seed=5), logits, 2000)[0] / 2000
    assert abs(share - 0.5) < 0.05


def test_the_repeat_penalty_lowers_what_was_said() -> None:
    sampler = Sampler(Sampling(repeat_penalty=2.0))
    positive, negative = np.array([3.0, 2.0], np.float32), np.array([-1.0, -1.5], np.float32)
    assert [sampler.choose(positive) for _ in range(2)] == [0, 1]
    sampler = Sampler(Sampling(repeat_penalty=2.0))
    assert [sampler.choose(negative) for _ in range(2)] == [0, 1]
    assert positive.tolist() == [3.0, 2.0]


def test_a_prompt_keeps_content_and_marks_apart() -> None:
    parts = ChatPrompt(CHATML, MARKS).parts([Message("user", "  a<|b|>b <|a|><|b|> \n")])
    assert parts == [7, "user\na<|b|>b <|a|><|b|>", 8, "\n", 7, "assistant"]  # Jinja drops the last newline


def test_marks_that_template_and_content_make_together_do_not_count() -> None:
    parts = ChatPrompt("<|{{ messages[0].content }}|>", MARKS).parts([Message("user", "a")])
    assert parts == ["<|a|>"]


def test_private_characters_in_content_survive() -> None:
    content = "".join(map(chr, range(0xE000, 0xE010)))
    assert ChatPrompt("{{ messages[0].content }}", MARKS).parts([Message("user", content)]) == [content]


def test_templates_cannot_reach_out_and_may_refuse() -> None:
    with pytest.raises(ModelUnreadable, match="broken"):
        ChatPrompt("{% for %}", MARKS)
    for source in ("{{ raise_exception('no system role') }}", "{{ ''.__class__.__mro__ }}"):
        with pytest.raises(ModelUnreadable, match="does not take"):
            ChatPrompt(source, MARKS).parts([Message("user", "a")])
    assert ChatPrompt("{{ bos_token }}x", {"<s>": 1}, bos="<s>").parts([]) == [1, "x"]


def catalogue(folder: Path, **changes: object) -> Path:
    data = b"weights"
    (folder / "m.gguf").write_bytes(data)
    entry: dict[str, object] = {
        "id": "m",
        "role": "slm",
        "file": "m.gguf",
        "sha256": hashlib.sha256(data).hexdigest().upper(),
        "bytes": len(data),
        "licence": "Apache-2.0",
        "source": "trained here",
    }
    lines = [f"{k} = {v!r}" for k, v in (entry | changes).items() if v is not None]
    path = folder / "models.toml"
    path.write_text("[[model]]\n" + "\n".join(lines), encoding="utf-8")
    return path


def test_the_catalogue_finds_and_verifies(tmp_path: Path) -> None:
    cards = load_catalogue(catalogue(tmp_path))
    card = find(cards, "slm")
    assert (card.id, card.path, card.licence) == ("m", tmp_path / "m.gguf", "Apache-2.0")
    verify(card)
    card.path.write_bytes(b"weightz")
    with pytest.raises(ModelAltered, match="SHA-256"):
        verify(card)
    card.path.write_bytes(b"weight")
    with pytest.raises(ModelAltered, match="6 bytes, not 7"):
        verify(card)
    card.path.unlink()
    for lookup in (lambda: verify(card), lambda: find(cards, "slm"), lambda: find(cards, "embedder")):
        with pytest.raises(ModelMissing):
            lookup()


def test_a_card_may_say_how_its_model_answers(tmp_path: Path) -> None:
    assert load_catalogue(catalogue(tmp_path))[0].style == "free"
    catalogue(tmp_path, style="extract")
    for name in ("m", str(tmp_path / "m.gguf")):
        assert style_of(name, tmp_path) == "extract"
    other = tmp_path / "other.gguf"
    other.write_bytes(b"weights")
    assert style_of(str(other), tmp_path) == "free"
    assert style_of(str(other), tmp_path / "no models here") == "free"


def test_a_wrong_catalogue_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        load_catalogue(tmp_path / "none.toml")
    for changes, says in (
        ({"licence": None}, "lacks licence"),
        ({"bytes": "7"}, "bytes"),
        ({"style": "loud"}, "style"),
    ):
        with pytest.raises(ModelUnreadable, match=says):
            load_catalogue(catalogue(tmp_path, **changes))
    path = catalogue(tmp_path)
    path.write_text("\n".join([path.read_text(encoding="utf-8")] * 2), encoding="utf-8")
    with pytest.raises(ModelUnreadable, match="twice"):
        load_catalogue(path)
    path.write_text("[[model", encoding="utf-8")
    with pytest.raises(ModelUnreadable, match="cannot be read"):
        load_catalogue(path)
