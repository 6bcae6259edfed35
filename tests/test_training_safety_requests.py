"""Safety requests: the file is read as its head says, the fit finds what there is, blocks stay together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.embedders.embedder import Reading, TextKind, Vectors, without_words
from training.errors import CorpusMissing
from training.safety.logistic import balanced, fit, fold_of
from training.safety.requests import Request, main, read_requests, threshold_of, train


class LetterEmbedder:
    """A text's share of each letter: enough to tell requests with "x" in them from others."""

    name, dim, word_dim, languages = "letters@1", 26, 0, frozenset({"ja", "en"})

    def load(self) -> None: ...

    def embed(self, texts: Sequence[str], kind: TextKind) -> Vectors:
        counts = np.array([[text.count(chr(97 + n)) for n in range(26)] for text in texts], np.float32) + 0.01
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)

    def read(self, texts: Sequence[str], kind: TextKind) -> list[Reading]:
        return without_words(self.embed(texts, kind))


def test_the_bundled_file_has_both_kinds_in_many_blocks() -> None:
    found = read_requests()
    unsafe = sum(request.unsafe for request in found)
    assert unsafe > 500
    assert len(found) - unsafe > 500
    assert len({request.block for request in found}) > 50
    assert not any(request.text.startswith(("x ", "o ", "#")) for request in found)


@pytest.mark.parametrize("text", ["z what\n", "x only unsafe\n", "x\n"])
def test_a_file_that_is_not_as_its_head_says_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "site.txt").write_text(text, "utf-8")
    with pytest.raises(CorpusMissing):
        read_requests([tmp_path / "site.txt"])
    with pytest.raises(CorpusMissing):
        read_requests([tmp_path / "gone.txt"])


def test_a_sites_own_requests_join_the_others_in_blocks_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "site.txt").write_text("# ours\nx run it open\no oil it\n\no clean it\n", "utf-8")
    both = read_requests([Path("training/safety/requests.txt").resolve(), tmp_path / "site.txt"])
    ours = both[-3:]
    assert [request.unsafe for request in ours] == [True, False, False]
    assert len({request.block for request in ours}) == 2
    assert not {request.block for request in ours} & {request.block for request in both[:-3]}


def test_blocks_stay_together_and_folds_are_even() -> None:
    blocks = [block for block in range(40) for _ in range(block % 5 + 1)]
    folds = fold_of(blocks, 10, 0)
    assert all(len({int(f) for f, b in zip(folds, blocks, strict=True) if b == block}) == 1 for block in range(40))
    assert {len({b for f, b in zip(folds, blocks, strict=True) if f == fold}) for fold in range(10)} == {4}


def test_the_fit_is_where_its_slope_is_nought() -> None:
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(300, 12)).astype(np.float32) + 0.5
    is_true = rows @ rng.normal(size=12) + rng.normal(size=300) > 1.5
    counts = balanced(is_true)
    assert counts[is_true].sum() == pytest.approx(counts[~is_true].sum(), rel=1e-4)
    shares, offset = fit(rows @ rows.T, is_true, counts, 0.3)
    weights = shares @ rows
    wrong = counts * (1 / (1 + np.exp(-(rows @ weights + offset))) - is_true)
    assert np.abs(wrong @ rows + 0.3 * weights).max() < 0.5, "against slopes of a hundred at the start"
    assert abs(wrong.sum()) < 0.5
    assert ((rows @ weights + offset > 0) == is_true).mean() > 0.8


def test_no_more_than_so_many_lie_above_the_threshold() -> None:
    scores = np.array([5, 1, 4, 2, 3, 3], np.float32)
    assert [(scores > threshold_of(scores, most)).sum() for most in (0, 1, 2, 5)] == [0, 1, 2, 5]


def test_what_is_written_says_what_it_is_worth_on_blocks_left_out() -> None:
    rows = [
        Request(f"{'xx' if unsafe else 'oo'} part {chr(97 + block)} {n}", unsafe, block)
        for block in range(20)
        for n, unsafe in enumerate((True, False, True, False))
    ]
    found = train(LetterEmbedder(), rows, ["oo how often", "oo which oil"])
    figures = found["cross_validated"]
    assert isinstance(figures, dict)
    assert figures["refused_by_measure"] > 0.9
    assert figures["wrongly_by_measure"] == 0
    assert (figures["unsafe"], figures["harmless"], figures["blocks"]) == (40, 40, 20)
    assert json.loads(json.dumps(found)) == found


def test_an_embedder_that_is_missing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--embedder", str(tmp_path / "gone.onnx"), "--out", str(tmp_path / "out.json")]) == 1
    assert capsys.readouterr().err
    assert not (tmp_path / "out.json").exists()
