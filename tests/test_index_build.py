"""Build: what a file becomes, what is embedded, progress, and that nothing stays when a step fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fake_embedder import FakeEmbedder
from index_agreement import assert_agreement
from manual_texts import SERVO_EN, SERVO_JA, many_pages, many_sections, write

from index.embedders.refill import Refill, VectorState
from index.errors import IndexFailed, ManualUnreadable
from index.ingest.build import EMBED_AT_ONCE, Added, Builder, Cancelled, Progress, embedding_text, manual_name
from index.ingest.originals import Originals
from index.options import IndexOptions
from index.passage import Manual, Passage
from index.truth.stored_rows import WordRow, Words
from index.truth.truth import Truth
from index.vectors.kept_vectors import KeptVectors


class FullDisk(Truth):
    """Writes no manual of the name full.md."""

    def put_manual(
        self, manual: Manual, suffix: str, passages: Sequence[Passage], words: Sequence[Words] = (),
        word_rows: Sequence[WordRow] = (),
    ) -> list[str]:  # fmt: skip
        if manual.name == "full.md":
            raise OSError(28, "No space left on device")
        return super().put_manual(manual, suffix, passages, words, word_rows)


class Ground:
    """A builder with everything under it."""

    def __init__(self, folder: Path) -> None:
        self.options = IndexOptions(folder / "index")
        self.truth = FullDisk(self.options.database)
        self.store = KeptVectors(self.options, "fake", write=True)
        self.embedder = FakeEmbedder()
        self.originals = Originals(self.options, self.truth)
        self.builder = Builder(self.truth, self.store, self.embedder, self.originals)
        self.said: list[Progress] = []

    def add(self, path: Path, name: str = "") -> Added:
        with self.originals.holding(path, name or path.name) as original:
            return self.builder.add(original, name or path.name, self.said.append)


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    ground = Ground(tmp_path)
    yield ground
    ground.store.close()
    ground.truth.close()


def test_passages_carry_their_manual_revision_and_place(ground: Ground, tmp_path: Path) -> None:
    manual = ground.add(write(tmp_path, "deep/sv20.md", SERVO_EN), "deep/sv20.md").manual
    passages = ground.truth.passages_of(manual.id)
    assert [p.id for p in passages] == [f"{manual.id}.r1.{n}" for n in range(len(passages))]
    assert [p.ordinal for p in passages] == list(range(len(passages)))
    assert {(p.manual_id, p.revision, p.lang) for p in passages} == {(manual.id, 1, "en")}
    assert passages[0].section == ("SV-20 servo amplifier manual", "Alarms", "AL.32 Overcurrent")
    assert (manual.name, manual.lang, manual.pages, manual.passages) == ("deep/sv20.md", "en", 1, len(passages))
    assert len(manual.sha256) == 64
    assert ground.add(write(tmp_path, "ja.md", SERVO_JA)).manual.lang == "ja"


def test_title_is_the_documents_and_never_the_hash(ground: Ground, tmp_path: Path) -> None:
    assert ground.add(write(tmp_path, "a.md", SERVO_EN)).manual.title == "SV-20 servo amplifier manual"
    bare = "Check the belt. " * 20
    assert ground.add(write(tmp_path, "belt check.txt", bare)).manual.title == "belt check"


def test_what_is_embedded_says_where_the_passage_stands(ground: Ground, tmp_path: Path) -> None:
    manual = ground.add(write(tmp_path, "a.md", SERVO_EN)).manual
    passage = ground.truth.passages_of(manual.id)[1]
    text = embedding_text(manual.title, passage)
    assert text.startswith("SV-20 servo amplifier manual > ")
    assert "AL.45 Overheat\n" in text
    assert text.endswith(passage.text)
    found = ground.store.nearest(ground.embedder.embed([text], "query")[0], 1)
    assert found[0] == (passage.id, pytest.approx(1.0, abs=1e-5))


def test_progress_counts_pages_then_passages(ground: Ground, tmp_path: Path) -> None:
    passages = ground.add(write(tmp_path, "a.txt", many_pages(90))).manual.passages
    read = [(p.done, p.total) for p in ground.said if p.stage == "read"]
    embed = [(p.done, p.total) for p in ground.said if p.stage == "embed"]
    assert read == [(n, 90) for n in range(1, 91)]
    assert passages > EMBED_AT_ONCE
    assert embed == [(0, passages), (EMBED_AT_ONCE, passages), (passages, passages)]
    assert [p.stage for p in ground.said] == ["read"] * len(read) + ["embed"] * len(embed)
    assert max(size for kind, size in ground.embedder.calls if kind == "passage") == EMBED_AT_ONCE


@pytest.mark.parametrize("stop_at", [Progress("read", 3, 60), Progress("embed", 0, 0)])
def test_stopping_in_any_stage_leaves_nothing(ground: Ground, tmp_path: Path, stop_at: Progress) -> None:
    def stop(progress: Progress) -> None:
        if progress.stage == stop_at.stage and progress.done >= stop_at.done:
            raise Cancelled("Stopped.")

    path = write(tmp_path, "a.txt", many_pages(60))
    with pytest.raises(Cancelled), ground.originals.holding(path, "a.txt") as original:
        ground.builder.add(original, "a.txt", stop)
    assert ground.truth.manuals() == []
    assert_agreement(ground.options)


def test_disk_that_fills_up_leaves_no_vectors(ground: Ground, tmp_path: Path) -> None:
    ground.add(write(tmp_path, "good.md", SERVO_EN))
    with pytest.raises(OSError, match="No space left"):
        ground.add(write(tmp_path, "full.md", SERVO_JA))
    assert [manual.name for manual in ground.truth.manuals()] == ["good.md"]
    assert_agreement(ground.options)


def test_refill_mends_both_sides(ground: Ground, tmp_path: Path) -> None:
    ground.add(write(tmp_path, "a.md", many_sections(150)))
    ids = sorted(ground.truth.passage_ids())
    before = dict(ground.store.nearest(ground.embedder.embed(["gauge7"], "query")[0], 150))
    ground.store.delete(ids[:100])
    ground.store.add(["stray"], ground.embedder.embed(["stray"], "passage"), ["gone"])
    refill = Refill(ground.truth, ground.store, ground.embedder, ground.builder.publishing)
    refill.sweep()
    assert refill.state == VectorState(50, 150)
    assert refill.run() == 100
    assert refill.state.complete
    assert refill.run() == 0
    after = dict(ground.store.nearest(ground.embedder.embed(["gauge7"], "query")[0], 150))
    # the graph that Chroma searches is approximate: asked for all 150, it may miss one of them
    seen = before.keys() & after.keys()
    assert len(seen) >= 140
    assert {i: after[i] for i in seen} == pytest.approx({i: before[i] for i in seen}, abs=1e-5), "the same vectors"
    assert ground.store.ids() == set(ids)
    assert_agreement(ground.options)


def test_originals_stay_while_somebody_holds_them(ground: Ground, tmp_path: Path) -> None:
    path = write(tmp_path, "a.md", SERVO_EN)
    with ground.originals.holding(path, "a.md") as outer:
        with ground.originals.holding(path, "a.md") as inner:
            assert inner == outer
        assert outer.path.read_text() == SERVO_EN
    assert not outer.path.exists(), "nothing needs it"


def test_sweep_takes_what_nobody_needs_and_nothing_else(ground: Ground, tmp_path: Path) -> None:
    ground.add(write(tmp_path, "a.md", SERVO_EN))
    for name in (f"{'0' * 64}.md", ".123.part", "notes.txt"):
        write(ground.options.originals, name, "left over")
    write(ground.options.folder, ".upload-9/file", "left over")
    assert ground.originals.sweep() == 4
    assert_agreement(ground.options)


def test_names_are_made_printable_or_refused() -> None:
    assert manual_name(" line 1\x00\n.md\t") == "line 1.md"
    assert manual_name("半角\udc81.md") == "半角\ufffd.md"
    for name in ("", "  ", "\x00\x1f"):
        with pytest.raises(ManualUnreadable, match="no name"):
            manual_name(name)
    with pytest.raises(IndexFailed):
        manual_name("\n")
