"""Late modules: imported at their first use and whole from then on; Andon's pages never use pandas."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ui.late_module import LateModule, import_late

PART = "made_late.part"


@pytest.fixture
def made_late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = tmp_path / "made_late"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from pathlib import Path\nVALUE = 7\nPath(__file__).with_name('ran').touch()\n"
    )
    (package / "part.py").write_text("from made_late import VALUE\nTWICE = VALUE * 2\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "made_late", raising=False)
    monkeypatch.delitem(sys.modules, PART, raising=False)
    return package


def test_it_is_imported_at_its_first_use(made_late: Path) -> None:
    import_late("made_late")
    import made_late as module  # type: ignore[import-not-found]

    assert isinstance(module, LateModule) and not hasattr(module, "__wrapped__")
    assert module.__file__ == str(made_late / "__init__.py") and not (made_late / "ran").exists()
    assert module.VALUE == 7 and (made_late / "ran").exists()
    assert sys.modules["made_late"].VALUE == 7 and not isinstance(sys.modules["made_late"], LateModule)
    with pytest.raises(AttributeError):
        _ = module.nothing
    import_late("made_late")
    assert not isinstance(sys.modules["made_late"], LateModule), "what is there stays"


def test_a_part_of_it_can_be_imported_first(made_late: Path) -> None:
    import_late("made_late")
    from made_late.part import TWICE  # type: ignore[import-not-found]

    assert TWICE == 14 and sys.modules["made_late"].VALUE == 7


def test_its_version_is_told(made_late: Path) -> None:
    """The first thing that training asks of pandas, also in a process that has shown the pages before."""
    (made_late / "__init__.py").write_text("__version__ = '1.2'\n")
    import_late("made_late")
    import made_late as module

    assert module.__version__ == "1.2"


def test_what_is_not_installed_is_left_alone() -> None:
    import_late("no_such_module_anywhere")
    assert "no_such_module_anywhere" not in sys.modules


PAGES = """
import sys
from pathlib import Path
from service_site import ADMIN, Site
from fastapi.testclient import TestClient
from ui.app import make_app
site = Site(Path(sys.argv[1]))
client = TestClient(make_app(site.andon))
assert client.post("/session", json={"name": ADMIN[0], "password": ADMIN[1]}).status_code == 200
for page in ("/", "/admin/", "/config", "/admin/config"):
    assert client.get(page).status_code == 200, page
site.close()
from index.vectors.store import VectorStore
VectorStore(Path(sys.argv[1]) / "vectors", "none").close()
unused = ("pandas.", "pyarrow", "matplotlib", "torch", "langchain", "grpc")
loaded = [name for name in sys.modules if name.startswith(unused)]
assert not loaded, loaded
"""


@pytest.mark.slow
def test_pages_and_vectors_import_nothing_large_that_is_never_used(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PAGES, str(tmp_path)], capture_output=True, text=True, check=False,
        env={"PATH": "", "PYTHONPATH": ":".join([str(Path(__file__).parents[1]), str(Path(__file__).parent)])},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
