"""Mining: planted equivalents are not rejected, each switch does what it says, the vectors come from the live index."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from fake_embedder import FakeEmbedder
from fake_runner import FakeRunner
from planted_faq import PlantedFaq, read_planted

from index.embedders.onnx_file import OnnxEmbedder
from index.library import Library
from index.options import IndexOptions
from training.data.faq_table import FaqEntry
from training.data.index_vectors import IndexVectors, index_vectors
from training.data.nearest import nearest
from training.data.slots import slots_of
from training.errors import MiningFailed, RecipeInvalid
from training.mining.contradictions import Siblings, contradictions
from training.mining.keywords import nearest_by_words
from training.mining.mine import Mined, mine
from training.mining.on_policy import grade, sample
from training.mining.options import MiningOptions
from training.mining.run import options_of

EMBEDDER = Path(__file__).resolve().parents[1] / "models/andon-embed-ja-en.onnx"


@pytest.fixture(scope="module")
def faq() -> PlantedFaq:
    """The development half alone: the half that scores is for tests/bench_mining.py."""
    return read_planted("dev", between=40)


@pytest.fixture(scope="module")
def library(faq: PlantedFaq, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """An index that the table was uploaded to, but for its last ten rows."""
    folder = tmp_path_factory.mktemp("mined")
    opened = Library(IndexOptions(folder / "index"), write=True, embedder=OnnxEmbedder(EMBEDDER))
    for lang, header in (("en", ("question", "answer")), ("ja", ("質問", "回答"))):
        with (folder / f"faq-{lang}.csv").open("w", encoding="utf-8", newline="") as file:
            rows = [(e.question, e.answer) for e in faq.entries[:-10] if e.lang == lang]
            csv.writer(file).writerows([header, *rows])
        opened.add(folder / f"faq-{lang}.csv")
    return opened


@pytest.fixture(scope="module")
def vectors(faq: PlantedFaq, library: Library) -> IndexVectors:
    return index_vectors(faq.entries, library)


def wrong_share(faq: PlantedFaq, mined: Mined) -> float:
    taken = [one for one in mined.rejections if one.kind == "mined"]
    assert len(taken) > 20
    return sum(faq.equivalent(one.place, one.source) for one in taken) / len(taken)


def test_vectors_come_from_the_live_index_and_are_counted(
    faq: PlantedFaq, library: Library, vectors: IndexVectors
) -> None:
    assert library.embedder is not None and vectors.embedder == library.embedder.name
    assert vectors.counted["embedded_query"] == len({e.question for e in faq.entries})
    assert vectors.counted["embedded_passage"] == len({e.answer for e in faq.entries})
    assert vectors.counted["from_collection"] == len(vectors.stored)
    assert 0.9 * (len(faq.entries) - 10) < len(vectors.stored) <= len(faq.entries) - 10, "the last were not uploaded"
    place = next(iter(vectors.stored))
    stored = library.stored_vectors(p.id for m in library.manuals() for p in library.passages(m.id))
    assert any(np.allclose(vectors.stored[place], vector) for vector in stored.values())


def test_the_embedder_of_the_index_is_asked_and_no_other(faq: PlantedFaq, tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    with Library(IndexOptions(tmp_path), embedder=embedder) as library:
        counted = index_vectors(faq.entries[:30], library).counted
    assert sum(count for _, count in embedder.calls) == counted["embedded_query"] + counted["embedded_passage"] == 60


def test_vectors_are_remembered_for_this_embedder_only(faq: PlantedFaq, tmp_path: Path) -> None:
    library = Library(IndexOptions(tmp_path / "one"), embedder=FakeEmbedder())
    first = index_vectors(faq.entries[:30], library, tmp_path / "v.npz")
    second = index_vectors(faq.entries[:30], library, tmp_path / "v.npz")
    assert second.counted["remembered"] == 60 and "embedded_query" not in second.counted
    assert np.allclose(first.questions, second.questions)
    other = Library(IndexOptions(tmp_path / "other"), embedder=FakeEmbedder(name="other"))
    assert index_vectors(faq.entries[:30], other, tmp_path / "v.npz").counted["remembered"] == 0
    other.close()
    library.close()


def test_an_index_without_embedder_says_what_to_set(faq: PlantedFaq, tmp_path: Path) -> None:
    with Library(IndexOptions(tmp_path)) as bare, pytest.raises(MiningFailed, match="no embedder") as failure:
        index_vectors(faq.entries, bare)
    assert "embedder" in failure.value.remedy


def test_planted_equivalents_are_kept_out_where_the_papers_rule_takes_them(
    faq: PlantedFaq, vectors: IndexVectors
) -> None:
    ours = mine(faq.entries, vectors, MiningOptions())
    paper = mine(faq.entries, vectors, MiningOptions(rule="paper"))
    off = mine(faq.entries, vectors, MiningOptions(doubtful=None, margin=None, floor=None, reciprocal=False))
    assert wrong_share(faq, paper) > 0.03
    assert wrong_share(faq, off) > wrong_share(faq, ours)
    assert wrong_share(faq, ours) <= 0.02


def test_reciprocity_and_caps_hold(faq: PlantedFaq, vectors: IndexVectors) -> None:
    mined = mine(faq.entries, vectors, MiningOptions(cap=2, per_question=3))
    pairs = {(one.place, one.source) for one in mined.rejections if one.kind == "mined"}
    assert pairs and all((b, a) in pairs for a, b in pairs)
    assert max(Counter(b for _, b in pairs).values()) <= 2
    assert max(Counter(a for a, _ in pairs).values()) <= 3
    alone = mine(faq.entries, vectors, MiningOptions(reciprocal=False))
    assert alone.report.skipped["not_reciprocal"] == 0
    assert alone.report.kinds["mined"] > len(pairs)


def test_every_step_can_be_switched_off_and_counts(faq: PlantedFaq, vectors: IndexVectors) -> None:
    rules = mine(faq.entries, vectors, MiningOptions()).report.skipped
    for step, rule in (
        ("window", "outside_window"), ("equivalence", "may_be_equivalent"), ("length", "length"),
        ("product", "other_product_unnamed"), ("reciprocity", "not_reciprocal"),
    ):  # fmt: skip
        assert rules[rule] > 0, rule
        assert not mine(faq.entries, vectors, options_of("ours", [step], [], 1)).report.skipped.get(rule), step
    with pytest.raises(RecipeInvalid, match="no step 'windw'"):
        options_of("ours", ["windw"], [], 1)


def test_answers_of_unlike_length_or_language_are_not_taken(faq: PlantedFaq, vectors: IndexVectors) -> None:
    mined = mine(faq.entries, vectors, MiningOptions(length_ratio=1.5))
    for one in mined.rejections:
        if one.kind == "mined":
            chosen, refused = faq.entries[one.place], faq.entries[one.source]
            assert chosen.lang == refused.lang
            assert max(len(chosen.answer), len(refused.answer)) <= 1.5 * min(len(chosen.answer), len(refused.answer))
    assert abs(mined.report.length_difference) < 0.2


def test_quotas_are_kept(faq: PlantedFaq, vectors: IndexVectors) -> None:
    quotas = {"mined": 0.5, "contradiction": 0.25, "distractor": 0.25}
    kinds = mine(faq.entries, vectors, MiningOptions(quotas=quotas)).report.kinds
    assert kinds["distractor"] == round(kinds["mined"] / 2)
    assert 0 < kinds["contradiction"] <= round(kinds["mined"] / 2)
    assert kinds["on_policy"] == 0


def test_the_same_seed_gives_the_same_rows(faq: PlantedFaq, vectors: IndexVectors) -> None:
    first, second = (mine(faq.entries, vectors, MiningOptions()).rejections for _ in range(2))
    assert first == second and first


def test_too_few_entries_are_refused(faq: PlantedFaq, library: Library) -> None:
    few = faq.entries[:3]
    with pytest.raises(MiningFailed, match="too few"):
        mine(few, index_vectors(few, library))


def test_a_contradiction_takes_a_siblings_value_and_nothing_else() -> None:
    entries = [
        FaqEntry("a", "How tight is the upper bolt?", "Tighten it to 25 N·m, crosswise.", "en", "", "K"),
        FaqEntry("b", "How tight is the lower bolt?", "Tighten it to 18 N·m.", "en", "", "K"),
        FaqEntry("c", "How tight is the foot?", "200 N·m.", "en", "", "Z"),
    ]
    made = contradictions(0, entries, Siblings(entries), "", random.Random(1), 1)
    assert [(one.text, one.slot, one.source) for one in made] == [("Tighten it to 18 N·m, crosswise.", "torque", 1)]
    assert (
        contradictions(0, entries[:2], Siblings(entries[:2]), "18 N·m is right as well.", random.Random(1), 1)[0].slot
        == "state"
    )
    ja = FaqEntry("d", "V1 は？", "弁 V1 を開けてから、5 秒待ちます。", "ja")
    state = contradictions(0, [ja], Siblings([ja]), "", random.Random(1), 2)
    assert [one.text for one in state] == ["弁 V1 を閉めてから、5 秒待ちます。"]


def test_what_the_model_says_is_graded_by_slots() -> None:
    entry = FaqEntry("a", "How tight?", "Tighten it to 25 N·m in 2 passes.", "en")
    assert grade(entry, "25 N·m, in two passes.")[0] == "unsure", "passes are no unit that the slots know"
    assert grade(entry, "Tighten to 18 N·m.") == ("wrong", "torque")
    assert grade(entry, entry.answer.upper())[0] == "right"
    assert grade(entry, "It is tight enough.")[0] == "unsure"


def test_wrong_samples_become_rejections(faq: PlantedFaq, vectors: IndexVectors) -> None:
    place = next(n for n, e in enumerate(faq.entries) if "120 N·m" in e.answer)
    runner = FakeRunner(lambda messages: "It is 33 N·m.")
    said = sample(faq.entries[: place + 1], runner, samples=2)
    assert {one.place for one in said} == set(range(place + 1))
    mined = mine(faq.entries, vectors, MiningOptions(), said)
    own = [one for one in mined.rejections if one.kind == "on_policy"]
    assert any(one.place == place for one in own)
    assert all(slots_of(faq.entries[one.place].answer).values for one in own)


def test_neighbours_by_cells_are_nearly_the_exact_ones() -> None:
    random_vectors = np.random.default_rng(1)
    centres = random_vectors.normal(size=(60, 32))
    rows = centres[np.arange(3000) % 60] + 0.5 * random_vectors.normal(size=(3000, 32))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    exact, fast = nearest(rows, rows, 10), nearest(rows, rows, 10, exact=100)
    pieces = nearest(rows, rows, 10, exact=100, at_once=1_000)
    assert np.allclose(pieces.scores, fast.scores, atol=1e-5), "a matrix in pieces is the matrix, but for rounding"
    found = [len(set(a) & set(b)) for a, b in zip(exact.places.tolist(), fast.places.tolist(), strict=True)]
    assert sum(found) / (10 * len(rows)) > 0.9
    assert not any(place in row for place, row in enumerate(fast.places.tolist())), "nobody is his own neighbour"
    assert np.all(np.diff(fast.scores, axis=1) <= 1e-6)


def test_keywords_find_what_shares_rare_words() -> None:
    texts = [
        "alarm AL.32 overcurrent of the drive",
        "alarm AL.33 overvoltage",
        "AL.32: check the motor",
        "the drive belt",
    ]
    near = nearest_by_words(texts, texts, 2)
    assert near.places[0, 0] == 2, "the code is the rarest word"
    assert all(place not in row for place, row in enumerate(near.places.tolist()))


def test_report_tells_what_was_taken(faq: PlantedFaq, vectors: IndexVectors) -> None:
    report = mine(faq.entries, vectors, MiningOptions()).report
    page = "\n".join(report.lines())
    assert "may_be_equivalent" in page and "from_collection" in page
    assert json.loads(json.dumps(report.as_json()))["kinds"] == dict(report.kinds)
    assert set(report.percentiles["score"]) == {"5", "25", "50", "75", "95"}
