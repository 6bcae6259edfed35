"""andon bundle: what a box needs is worked out for the box, wheels are whole, damage is found, and install.sh installs,
updates and rolls back from the folder alone. The packages here are stubs; tests/bench_bundle.py takes the real ones."""

from __future__ import annotations

import base64
import hashlib
import os
import platform
import subprocess
import sys
import zipfile
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.utils import parse_wheel_filename

from assistant.settings import ROOT
from edge.bundle.checksums import verify, write_checksums
from edge.bundle.make import Contents, make_bundle
from edge.bundle.needs import environment_of, least_python, needed
from edge.bundle.target import Target, target_for, this_python
from edge.bundle.wheel_file import pack_andon, pack_installed
from edge.errors import BundleRefused
from ui.docs import FLOORS

STUBS = ("chromadb", "fastapi", "gradio", "llama_cpp", "onnxruntime", "tokenizers")
SAY_ARGUMENTS = "import os, sys\n\ndef main():\n    print('stub', VERSION, os.environ['ANDON_CONFIG'], *sys.argv[1:])\n"


def wheel(folder: Path, name: str, files: dict[str, str], metadata: str = "", points: str = "") -> Path:
    """A wheel made by hand."""
    info = f"{name}-1.0.dist-info"
    every = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{metadata}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        **({f"{info}/entry_points.txt": points} if points else {}),
    }
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inner, text in every.items():
            archive.writestr(inner, text)
        archive.writestr(f"{info}/RECORD", "".join(f"{inner},,\n" for inner in (*every, f"{info}/RECORD")))
    return path


def needs_of(packages: dict[str, list[str]], target: Target, *roots: str) -> tuple[list[str], list[str]]:
    found = needed(roots, packages.get, environment_of(target))
    return list(found.there), list(found.missing)


def test_conditions_are_evaluated_for_the_box_and_not_for_this_machine() -> None:
    packages = {
        "a": ["b", "tomli; python_version < '3.11'", "x; sys_platform == 'win32'", "c[fast]>=2"],
        "b": ["uvloop; platform_machine == 'aarch64'"],
        "c": ["d; extra == 'fast'", "e; extra == 'slow'"],
        "d": [],
        "uvloop": ["a"],  # a circle
    }
    jetson = needs_of(packages, target_for("jetson"), "a")
    assert jetson == (["a", "b", "c", "uvloop", "d"], ["tomli"])
    assert needs_of(packages, target_for("rock5b"), "a")[1] == []
    assert needs_of(packages, target_for("jetson"), "a", "gone>=3; python_version < '4'")[1] == ["gone>=3", "tomli"]
    assert "e" not in jetson[0]


def test_an_extra_that_is_asked_for_later_is_followed_too() -> None:
    packages = {"a": ["c", "b"], "b": ["c[fast]"], "c": ["d; extra == 'fast'"], "d": []}
    assert "d" in needs_of(packages, target_for("pc"), "a")[0]


def test_boards_get_wheels_of_their_own_system() -> None:
    jetson, rock = target_for("jetson"), target_for("rock5b", "3.12")
    assert jetson.platforms[0] == "manylinux_2_35_aarch64" and "manylinux2014_aarch64" in jetson.platforms
    assert (jetson.full_python, rock.full_python) == ("3.10.12", "3.12.3")
    assert "-DCMAKE_CUDA_ARCHITECTURES=87" in jetson.cmake_args and jetson.nvcc
    assert any("dotprod" in flag for flag in rock.cmake_args) and not rock.nvcc
    assert not jetson.is_this_machine or platform.machine() == "aarch64"


def test_the_python_that_all_wheels_take(tmp_path: Path) -> None:
    wheel(tmp_path, "easy", {}, "Requires-Python: >=3.9\n")
    assert least_python(tmp_path, "3.11") == "3.11.0"
    wheel(tmp_path, "choosy", {}, "Requires-Python: >=3.11.5\n")
    assert least_python(tmp_path, "3.11") == "3.11.5"
    with pytest.raises(BundleRefused):
        least_python(tmp_path, "3.10")


@pytest.mark.parametrize("name", ["typer", "markupsafe"])
def test_an_installed_package_becomes_the_wheel_it_came_from(name: str, tmp_path: Path) -> None:
    path = pack_installed(distribution(name), tmp_path)
    parsed, version, _build, tags = parse_wheel_filename(path.name)
    assert (parsed, str(version)) == (name, distribution(name).version)
    assert {tag.interpreter for tag in tags} & {"py3", f"cp{this_python().replace('.', '')}"}
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        record = next(inner for inner in names if inner.endswith(".dist-info/RECORD"))
        listed = [line.rsplit(",", 2) for line in archive.read(record).decode().splitlines()]
        assert sorted(inner.strip('"') for inner, _, _ in listed) == sorted(names)
        for inner, digest, size in listed:
            if digest:
                data = archive.read(inner.strip('"'))
                assert (
                    digest == "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
                )
                assert int(size) == len(data)
    assert not [inner for inner in names if "__pycache__" in inner or inner.startswith("..")]
    assert any(inner.endswith("METADATA") for inner in names)


def test_an_editable_install_is_not_packed(tmp_path: Path) -> None:
    editable = distribution("andon")
    if not any("__editable__" in str(file) for file in editable.files or ()):
        pytest.skip("Andon is installed as a copy here")
    with pytest.raises(BundleRefused):
        pack_installed(editable, tmp_path)


def test_andons_own_wheel_holds_all_its_files(tmp_path: Path) -> None:
    path = pack_andon(distribution("andon"), ROOT, FLOORS, tmp_path)
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        assert (
            "andon = ui.cli:main"
            in archive.read(f"andon-{distribution('andon').version}.dist-info/entry_points.txt").decode()
        )
    sources = {file.relative_to(ROOT).as_posix() for floor in FLOORS for file in (ROOT / floor).rglob("*.py")}
    assert sources <= names
    assert {"index/search/glossary.tsv", "edge/bundle/install.sh", "edge/bundle/andon.service"} <= names
    assert any(name.startswith("ui/") and name.endswith(".css") for name in names)


def test_missing_altered_and_extra_files_are_found(tmp_path: Path) -> None:
    for name in ("a", "b", "c/d"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    write_checksums(tmp_path)
    assert verify(tmp_path).whole and verify(tmp_path).files == 3
    (tmp_path / "a").unlink()
    (tmp_path / "b").write_text("B")
    (tmp_path / "new").write_text("")
    found = verify(tmp_path)
    assert (found.missing, found.altered, found.extra) == (("a",), ("b",), ("new",))
    assert not found.whole
    with pytest.raises(BundleRefused, match="no bundle"):
        verify(tmp_path / "c")


def stub_wheels(target: Target, folder: Path, compiled: bool, tell: Callable[[str], None]) -> None:
    wheel(folder, "stubs", {f"{name}.py": "" for name in STUBS})


def make(folder: Path, out: Path, version: str = "1", data: Path | None = None) -> Path:
    """A bundle of stubs for this machine. Andon's own wheel is exchanged for one that says its arguments."""
    models = folder / "models"
    models.mkdir(exist_ok=True)
    (models / "models.toml").write_text("")
    contents = Contents(ROOT, ("edge",), models, data=data, settings=(("quotes", "2"),))
    here = Target("pc", platform.machine(), this_python(), 36, ())
    make_bundle(here, contents, out, from_source=False, fill=stub_wheels)
    for made in (out / "wheels").glob("andon-*.whl"):
        made.unlink()
    points, needs = "[console_scripts]\nandon = stub_andon:main\n", "Requires-Dist: stubs\n"
    wheel(out / "wheels", "andon", {"stub_andon.py": SAY_ARGUMENTS.replace("VERSION", repr(version))}, needs, points)
    return edit(out, RELEASE=version, NEEDED_MB="1", INSTRUCTIONS="")


def edit(bundle: Path, **facts: str) -> Path:
    lines = (bundle / "bundle.env").read_text().splitlines()
    kept = [line for line in lines if line.split("=")[0] not in facts]
    (bundle / "bundle.env").write_text(
        "\n".join([*kept, *(f"{name}='{value}'" for name, value in facts.items())]) + "\n"
    )
    write_checksums(bundle)
    return bundle


def install(bundle: Path, prefix: Path, *options: str, lang: str = "C.UTF-8", path: str = "") -> tuple[int, str]:
    command = [bundle / "install.sh", "--prefix", prefix, "--no-service", "--python", sys.executable, *options]
    environment = {"PATH": path or os.environ["PATH"], "HOME": str(prefix.parent), "LC_ALL": lang}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280, check=False)
    return done.returncode, done.stdout + done.stderr


def says(prefix: Path) -> str:
    command = [prefix / "bin/andon", "ask", "two words"]
    bare = {"PATH": os.environ["PATH"]}  # a setting of the caller's would win over the box's own file
    return subprocess.run(command, env=bare, capture_output=True, text=True, timeout=240, check=True).stdout.strip()


@pytest.mark.slow
def test_install_update_and_roll_back(tmp_path: Path) -> None:
    data = tmp_path / "site"
    data.mkdir()
    (data / "kept").write_text("from the site")
    first, second = make(tmp_path, tmp_path / "b1", "1", data), make(tmp_path, tmp_path / "b2", "2")
    prefix = tmp_path / "box with a space"
    code, said = install(first, prefix, "--host", "0.0.0.0", "--port", "8080")
    assert code == 0, said
    assert "1 is installed: http://0.0.0.0:8080" in said
    assert says(prefix) == f"stub 1 {prefix}/andon.toml ask two words"
    settings = (prefix / "andon.toml").read_text()
    assert f'data = "{prefix}/data"' in settings and 'host = "0.0.0.0"' in settings and "quotes = 2" in settings
    assert (prefix / "data/kept").read_text() == "from the site"
    (prefix / "data/kept").write_text("changed since")
    (prefix / "andon.toml").write_text(settings + "# mine\n")

    assert install(first, prefix)[1].strip().endswith("1 is installed already.")
    code, said = install(second, prefix)
    assert code == 0, said
    assert says(prefix).startswith("stub 2 ")
    assert (prefix / "data/kept").read_text() == "changed since"
    assert (prefix / "andon.toml").read_text().endswith("# mine\n")

    code, said = install(second, prefix, "--rollback")
    assert code == 0, said
    assert says(prefix).startswith("stub 1 ")
    code, said = install(second, prefix, "--rollback")  # and forth again
    assert code == 0 and says(prefix).startswith("stub 2 ")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    return make(folder, folder / "out")


@pytest.mark.parametrize(
    ("facts", "said"),
    [({"ARCHITECTURE": "riscv64"}, "This bundle is for riscv64"), ({"PYTHON_VERSION": "3.99"}, "Python 3.99 is needed"),
     ({"PYTHON_LEAST": f"{this_python()}.99"}, f"Python {this_python()}.99 or newer is needed"),
     ({"INSTRUCTIONS": "avx1024"}, "lacks avx1024"), ({"NEEDED_MB": "999999999"}, "999999999 MB are needed"),
     ({"LLAMA": "source", "NVCC": "/no/nvcc"}, "/no/nvcc is missing. Install it with: sudo apt-get")],
)  # fmt: skip
def test_what_cannot_work_is_said_in_one_line_before_anything_is_written(
    bundle: Path, tmp_path: Path, facts: dict[str, str], said: str
) -> None:
    before = (bundle / "bundle.env").read_text()
    try:
        code, output = install(edit(bundle, **facts), tmp_path / "box")
    finally:
        (bundle / "bundle.env").write_text(before)
        write_checksums(bundle)
    assert code == 1
    assert said in output.splitlines()[-1]
    assert not (tmp_path / "box").exists()


def test_a_missing_compiler_is_named_with_its_package(bundle: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "id", "sha256sum", "uname", "sed", "rm", "grep", "cc"):
        found = next(Path(folder) / name for folder in os.environ["PATH"].split(":") if (Path(folder) / name).exists())
        (tools / name).symlink_to(found)
    before = (bundle / "bundle.env").read_text()
    try:
        code, output = install(edit(bundle, LLAMA="source"), tmp_path / "box", path=str(tools))
    finally:
        (bundle / "bundle.env").write_text(before)
        write_checksums(bundle)
    assert code == 1
    assert "c++ is missing. Install it with: sudo apt-get install build-essential" in output


def test_a_damaged_bundle_is_not_installed(bundle: Path, tmp_path: Path) -> None:
    toml = bundle / "andon.toml"
    before = toml.read_text()
    toml.write_text(before + "# changed on the way\n")
    try:
        code, output = install(bundle, tmp_path / "box", lang="ja_JP.UTF-8")
    finally:
        toml.write_text(before)
    assert code == 1
    assert "andon.toml: FAILED" in output
    assert "ファイルが壊れているか足りません" in output
    assert not (tmp_path / "box").exists()


def test_the_guide_is_in_the_bundle_in_both_languages(bundle: Path) -> None:
    assert (bundle / "GUIDE.md").read_text() == (ROOT / "docs/pc.md").read_text()
    assert (bundle / "GUIDE.ja.md").read_text() == (ROOT / "docs/ja/pc.md").read_text()


def test_nothing_to_roll_back_to(bundle: Path, tmp_path: Path) -> None:
    code, output = install(bundle, tmp_path / "box", "--rollback")
    assert code == 1
    assert "There is no earlier release" in output


def test_a_bundle_is_made_whole_or_not_at_all(bundle: Path, tmp_path: Path) -> None:
    def breaks(target: Target, folder: Path, compiled: bool, tell: Callable[[str], None]) -> None:
        raise BundleRefused("No wheels today.")

    here = target_for("pc")
    contents = Contents(ROOT, ("edge",), bundle / "models")
    with pytest.raises(BundleRefused, match="No wheels"):
        make_bundle(here, contents, tmp_path / "out", from_source=False, fill=breaks)
    assert not (tmp_path / "out").exists()
    with pytest.raises(BundleRefused, match="not empty"):
        make_bundle(here, contents, bundle, from_source=False, fill=stub_wheels)
    assert (bundle / "install.sh").exists()
