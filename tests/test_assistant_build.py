"""Build: which embedder a setting means, what happens without its file, and that serving loads no torch."""

from __future__ import annotations

import hashlib
import json
import logging
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from manual_texts import SERVO_EN, write
from tiny_embedder import write_embedder

from assistant.build import build, open_embedder, open_library
from assistant.settings import Settings
from edge.errors import EdgeFailed, ModelAltered, ModelMissing
from index.embedders.embedder import EmbedderMissing

ROOT = Path(__file__).resolve().parents[1]
needs_onnx = pytest.mark.skipif(
    find_spec("onnx") is None, reason="the tiny model is written with onnx (pip install 'andon[train]')"
)


def settings(folder: Path, embedder: str, **more: object) -> Settings:
    return Settings(data=folder / "data", models=folder / "models", embedder=embedder, model="none", **more)


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A catalogue that lists the tiny embedder; returns its .onnx file."""
    folder = tmp_path / "models"
    folder.mkdir()
    file = write_embedder(folder, "tiny")
    content = file.read_bytes()
    (folder / "models.toml").write_text(
        f'[[model]]\nid = "tiny-ja-en"\nrole = "embedder"\nfile = "tiny.onnx"\n'
        f'sha256 = "{hashlib.sha256(content).hexdigest()}"\nbytes = {len(content)}\nlicence = "x"\nsource = "x"\n',
        encoding="utf-8",
    )
    return file


@needs_onnx
def test_an_id_of_the_catalogue_and_a_path_are_the_same_embedder(tmp_path: Path, models: Path) -> None:
    by_id, by_path = (open_embedder(settings(tmp_path, name)) for name in ("tiny-ja-en", str(models)))
    assert by_id is not None
    assert by_path is not None
    assert by_id.name == by_path.name
    assert (by_id.dim, by_id.languages) == (16, {"ja", "en"})
    assert open_embedder(settings(tmp_path, "none")) is None


@needs_onnx
def test_a_file_that_is_not_the_listed_one_is_refused(tmp_path: Path, models: Path) -> None:
    models.write_bytes(models.read_bytes()[:-1] + b"?")
    with pytest.raises(ModelAltered):
        open_embedder(settings(tmp_path, "tiny-ja-en"))


@needs_onnx
def test_a_file_of_another_kind_is_refused(tmp_path: Path, models: Path) -> None:
    with pytest.raises(EmbedderMissing, match=r"models\.toml"):
        open_embedder(settings(tmp_path, str(models.with_name("models.toml"))))


@needs_onnx
def test_another_model_has_its_vectors_made_at_the_next_start(tmp_path: Path, models: Path) -> None:
    with open_library(settings(tmp_path, "tiny-ja-en"), write=True) as library:
        passages = library.add(write(tmp_path, "sv20.md", SERVO_EN)).manual.passages
    other = write_embedder(tmp_path, "other", dim=24, seed=5)
    with open_library(settings(tmp_path, str(other)), write=True) as library:
        assert library.vectors is not None
        assert (library.vectors.done, library.vectors.total) == (passages, passages)
        assert "vector" in {why.by for hit in library.search("replace the fan").hits for why in hit.why}


def test_default_embedder_without_its_file_is_said_and_search_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """As on a box where the models folder was not copied, or before the first release of the model."""
    default = Settings.model_fields["embedder"].default
    empty = tmp_path / "models"
    empty.mkdir()
    for catalogue in ("", f'[[model]]\nid = "{default}"\nrole = "embedder"\nfile = "e.onnx"\nsha256 = "0"\nbytes = 1\n'
                      'licence = "x"\nsource = "x"\n'):  # fmt: skip
        (empty / "models.toml").write_text(catalogue, encoding="utf-8")
        with pytest.raises(EdgeFailed):
            open_embedder(settings(tmp_path, default))
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            andon = build(settings(tmp_path, default), write=True)
        try:
            assert default in andon.embedder_problem
            assert andon.library.embedder is None
            assert "codes and keywords only" in caplog.text
            assert default in caplog.text
            andon.library.add(write(tmp_path, "sv20.md", SERVO_EN))
            assert {why.by for why in andon.library.search("AL.32 overcurrent").hits[0].why} == {"code", "keyword"}
        finally:
            andon.close()


def test_rebuilding_vectors_without_the_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models/models.toml").write_text("", encoding="utf-8")
    with pytest.raises(ModelMissing, match="Known ids"):
        open_library(settings(tmp_path, "andon-embed-ja-en"), rebuild=True)
    assert not (tmp_path / "data").exists(), "nothing was thrown away"


SERVING = """
import json, sys
from pathlib import Path
from assistant.build import build
from assistant.settings import read_settings
from ui.app import make_app

andon = build(read_settings(data=Path(sys.argv[1]), embedder=sys.argv[2], model="none"), write=True)
andon.library.add(Path(sys.argv[3]))
make_app(andon)
hits = andon.library.search("How do I replace the fan?").hits
events = [type(event).__name__ for event in andon.assistant.ask("AL.32")]
andon.close()
print(json.dumps({
    "by": sorted({why.by for hit in hits for why in hit.why}), "events": events,
    "loaded": [name for name in ("torch", "transformers", "sentence_transformers") if name in sys.modules],
    "onnxruntime": "onnxruntime" in sys.modules,
}))
"""


@needs_onnx
def test_serving_loads_no_torch(tmp_path: Path, models: Path) -> None:
    manual = write(tmp_path, "sv20.md", SERVO_EN)
    done = subprocess.run(
        [sys.executable, "-c", SERVING, tmp_path / "data", models, manual],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told == {
        "by": ["keyword", "vector"], "events": ["Found", "Answer"], "loaded": [], "onnxruntime": True,
    }  # fmt: skip


def test_the_base_install_needs_no_torch() -> None:
    """All that the base dependencies need, as installed here, down to the last."""
    from importlib.metadata import PackageNotFoundError, requires

    from packaging.requirements import Requirement

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    open_ones, seen = [Requirement(line) for line in project["dependencies"]], set()
    while open_ones:
        one = open_ones.pop()
        name = one.name.lower().replace("_", "-")
        if name in seen or (one.marker and not any(one.marker.evaluate({"extra": e}) for e in ("", *one.extras))):
            continue
        seen.add(name)
        try:
            further = requires(name) or []
        except PackageNotFoundError:  # for another Python or system
            continue
        parsed = [Requirement(line) for line in further]
        open_ones += [
            each for each in parsed
            if not each.marker or any(each.marker.evaluate({"extra": extra}) for extra in ("", *one.extras))
        ]  # fmt: skip
    assert {"onnxruntime", "tokenizers", "numpy"} <= seen
    assert not seen & {"torch", "transformers", "sentence-transformers"}
