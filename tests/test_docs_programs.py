"""docs/programs.md: its samples run, in their order, and what it says of names is so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from openai_site import serving
from service_site import OPERATOR, Site

from assistant.answer import Declined, Verdict
from assistant.http.openai_request import IGNORED, REFUSED

pytest.importorskip("openai")

PAGE = (Path(__file__).resolve().parents[1] / "docs/programs.md").read_text(encoding="utf-8")
SAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.close()


def run(samples: list[str], **replaced: tuple[str, str]) -> dict[str, Any]:
    names: dict[str, Any] = {}
    for sample in samples:
        for old, new in replaced.values():
            sample = sample.replace(old, new)
        exec(compile(sample, "docs/programs.md", "exec", flags=0, dont_inherit=True), names)
    return names


def test_the_samples_over_http(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    token = site.accounts.tokens.make(OPERATOR[0])
    with serving(site.service) as address:
        run(SAMPLES[:2], address=("http://127.0.0.1:7860", address), token=("andon-...", token))
    said = capsys.readouterr().out
    assert "主電源 QS1 を OFF にして 15 分以上待つ。 [1]" in said
    assert "2. モータの動力線の絶縁抵抗を測る。" in said
    assert re.search(r"\d+ tokens", said)


def test_the_samples_in_process(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the model that comes with Andon."""
    monkeypatch.setenv("ANDON_DATA", str(site.andon.settings.data))
    monkeypatch.setenv("ANDON_EMBEDDER", "none")
    names = run(SAMPLES[2:])
    names["andon"].close()
    said = capsys.readouterr().out
    assert "コンベヤ SC-9 取扱説明書" in said
    assert "total_tokens" in said
    assert "絶縁抵抗を測る。" in names["done"]["answer"]
    assert names["answer"].text == "Close cover C4. [1]"
    assert names["answer"].verdict == "partly_supported"


def test_every_name_is_told() -> None:
    assert len(SAMPLES) == 4
    for name in (*IGNORED, *REFUSED, *get_args(Declined), *get_args(Verdict)):
        assert f"`{name}`" in PAGE, name
