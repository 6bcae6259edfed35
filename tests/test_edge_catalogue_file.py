"""CatalogueFile: an entry more, an entry anew, and everything else as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.catalogue_file import put
from edge.errors import EntryRefused, ModelUnreadable
from edge.models import ModelCard, load_catalogue

BEFORE = """# our own head

[[model]]   # the first
id = "one"
role = "slm"
file = "one.gguf"   # beside this file
sha256 = "aa"
bytes = 1
licence = "MIT"
source = "here"
# a word behind the first

# a word before the second
[[ model ]]
id = 'two'
role = "embedder"
file = "two.onnx"
sha256 = "bb"
bytes = 2
licence = "MIT"
source = "there"
# the end
"""


def card(folder: Path, identity: str = "new", **more: object) -> ModelCard:
    fields: dict[str, object] = {
        "role": "slm", "path": folder / f"{identity}.gguf", "sha256": "cc", "bytes": 3, "licence": 'the "Q" licence',
        "source": "日本語 \\ back",
    }  # fmt: skip
    return ModelCard(id=identity, **(fields | more))  # type: ignore[arg-type]


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "models.toml"
    path.write_text(BEFORE, encoding="utf-8")
    return path


def test_a_new_entry_comes_last_and_the_rest_stays(catalogue: Path) -> None:
    assert put(catalogue, card(catalogue.parent, style="extract")).replaced is False
    text = catalogue.read_text(encoding="utf-8")
    assert text.startswith(BEFORE.rstrip())
    found = load_catalogue(catalogue)
    assert [one.id for one in found] == ["one", "two", "new"]
    assert found[2] == card(catalogue.parent, style="extract")


def test_an_entry_is_written_anew_in_its_place(catalogue: Path) -> None:
    for identity in ("one", "two"):
        with pytest.raises(EntryRefused, match=identity):
            put(catalogue, card(catalogue.parent, identity))
        assert put(catalogue, card(catalogue.parent, identity), replace=True).replaced
    found = load_catalogue(catalogue)
    assert [(one.id, one.sha256) for one in found] == [("one", "cc"), ("two", "cc")]
    text = catalogue.read_text(encoding="utf-8")
    for comment in ("# our own head", "# a word behind the first", "# a word before the second", "# the end"):
        assert text.count(comment) == 1


def test_the_first_entry_makes_the_catalogue(tmp_path: Path) -> None:
    catalogue = tmp_path / "models/models.toml"
    outside = tmp_path / "elsewhere.gguf"
    put(catalogue, card(tmp_path, path=outside))
    (found,) = load_catalogue(catalogue)
    assert found.path == outside  # by its whole path, since it lies elsewhere


@pytest.mark.parametrize("identity", ["", "a b", "../x", "ü", "x" * 81, 'a"b', "-x"])
def test_ids_that_cannot_be(catalogue: Path, identity: str) -> None:
    with pytest.raises(EntryRefused):
        put(catalogue, card(catalogue.parent, identity))
    assert catalogue.read_text(encoding="utf-8") == BEFORE


@pytest.mark.parametrize("text", ["[[model]]\nid = \n", 'model = [{id = "one"}]\n'])
def test_what_cannot_be_changed_stays(tmp_path: Path, text: str) -> None:
    catalogue = tmp_path / "models.toml"
    catalogue.write_text(text, encoding="utf-8")
    with pytest.raises(ModelUnreadable):
        put(catalogue, card(tmp_path))
    assert catalogue.read_text(encoding="utf-8") == text
    assert [path.name for path in tmp_path.iterdir()] == ["models.toml"]


def test_inline_entries_are_left_alone(tmp_path: Path) -> None:
    catalogue = tmp_path / "models.toml"
    entry = '{id = "one", role = "slm", file = "a", sha256 = "aa", bytes = 1, licence = "MIT", source = "x"}'
    catalogue.write_text(f"model = [{entry}]\n", encoding="utf-8")
    for identity in ("one", "new"):
        with pytest.raises(ModelUnreadable):
            put(catalogue, card(tmp_path, identity), replace=True)
