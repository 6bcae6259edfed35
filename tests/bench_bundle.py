"""A box without a network: a PC bundle made here, installed from the folder alone, asked, updated and rolled back.

    python -m tests.bench_bundle docs/results/bundle.json            about ten minutes on two cores
    python -m tests.bench_bundle docs/results/bundle.json --source   llama.cpp compiled on the box, too
    python -m tests.bench_bundle --boards docs/results/bundle-boards.json     needs a network: wheels of the boards

The installer runs in a network namespace without any interface, with an empty home and only what a system has in PATH.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.build import open_library
from assistant.settings import ROOT, read_settings
from edge.bundle.checksums import verify
from edge.bundle.needs import environment_of, needed, wheel_requires
from edge.bundle.target import Target, target_for, this_python
from edge.bundle.wheelhouse import BUILD_NEEDS, SDIST_ONLY, base_requirements, download

QUESTION = "AL.32 が出て搬送軸が止まった"
CUT = ["unshare", "--map-root-user", "--net"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--boards", action="store_true")
    parser.add_argument("--source", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="andon-bench-") as folder:
        report = boards(Path(folder)) if args.boards else pc(Path(folder), args.source)
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=1))


def pc(folder: Path, source: bool) -> dict[str, Any]:
    """Two bundles of the same site, the second one an update of the first."""
    data, box = folder / "site", folder / "box"
    with open_library(read_settings(data=data), write=True) as library:
        for manual in ("sc200.pdf", "cf40.pdf"):
            library.add(ROOT / "demo/manuals" / manual)
    report: dict[str, Any] = {
        "load average": os.getloadavg()[0],
        "source": source,
        "python": this_python(),
        "network": network_seen(),
    }
    options = ["--from-source"] if source else []
    report["make"] = timed([*andon(), "bundle", folder / "b1", "--with-data", "--data", data, *options])
    facts = json.loads((folder / "b1/bundle.json").read_text())
    report["bundle"] = {"megabytes": round(facts["bytes"] / 1e6), "wheels": len(list((folder / "b1/wheels").iterdir()))}
    report["verify"] = timed([*andon(), "bundle", "--verify", folder / "b1"])
    shutil.copytree(folder / "b1", folder / "b2")
    with (folder / "b2/bundle.env").open("a") as file:
        file.write(f"RELEASE='{facts['release']}-update'\n")
    report["altered file found"] = verify(folder / "b2").altered == ("bundle.env",)
    relist(folder / "b2")
    report["install"] = timed(boxed(folder, [folder / "b1/install.sh", *where(box)]))
    report["ask"] = asked(folder, box)
    report["update"] = timed(boxed(folder, [folder / "b2/install.sh", *where(box)]))
    report["ask after update"] = asked(folder, box)
    report["roll back"] = timed(boxed(folder, [box / "bin/andon-install", "--rollback", *where(box)]))
    report["ask after roll back"] = asked(folder, box)
    report["installed megabytes"] = round(sum(f.stat().st_size for f in box.rglob("*") if f.is_file()) / 1e6)
    return report


def relist(bundle: Path) -> None:
    from edge.bundle.checksums import write_checksums

    write_checksums(bundle)


def andon() -> list[str]:
    return [sys.executable, "-c", "from ui.cli import main; main()"]


def where(box: Path) -> list[str | Path]:
    return ["--prefix", box, "--no-service"]


def boxed(folder: Path, command: Sequence[str | Path]) -> list[str | Path]:
    """``command`` without a network, with the home and the PATH of a fresh system; its Python is this one's base."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    path = f"{Path(sys.base_prefix) / 'bin'}:/usr/bin:/bin"
    return [*CUT, "env", "-i", f"HOME={home}", f"PATH={path}", "LC_ALL=C.UTF-8", *command]


def timed(command: Sequence[str | Path]) -> dict[str, Any]:
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment())
    if done.returncode != 0:
        raise SystemExit(f"{command}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return {"seconds": round(time.perf_counter() - start, 1), "said": _without_folder(done.stdout)}


def _without_folder(said: str) -> str:
    """The last line, the temporary folder left out."""
    return re.sub(r"\S*/andon-bench-\w+", "...", said.strip().splitlines()[-1])


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("ANDON_")}


def asked(folder: Path, box: Path) -> dict[str, Any]:
    start = time.perf_counter()
    command = boxed(folder, [box / "bin/andon", "ask", QUESTION, "--json"])
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stdout[-2000:] + done.stderr[-2000:])
    answer = json.loads(done.stdout)
    return {"seconds": round(time.perf_counter() - start, 1), "release": (box / "current").readlink().name,
            "text": answer.get("text"), "verdict": answer.get("verdict")}  # fmt: skip


def network_seen() -> str:
    """What a process in the namespace sees of the network."""
    done = subprocess.run([*CUT, "cat", "/proc/net/dev"], capture_output=True, text=True, check=True)
    names = [line.split(":")[0].strip() for line in done.stdout.splitlines()[2:]]
    return f"interfaces in the installer's namespace: {', '.join(names)} (down)"


def boards(folder: Path) -> dict[str, Any]:
    """For each board: all wheels that its base install needs, downloaded; what has none."""
    report: dict[str, Any] = {}
    for name in ("jetson", "rock5b"):
        target, wheels = target_for(name), folder / name  # type: ignore[arg-type]
        wheels.mkdir()
        download(target, wheels, print)
        report[name] = wheelhouse(target, wheels)
    return report


def wheelhouse(target: Target, wheels: Path) -> dict[str, Any]:
    """What lies in ``wheels``, and whether it is all that ``target`` needs."""
    from importlib.metadata import distribution

    roots = [*base_requirements(distribution("andon")), *BUILD_NEEDS]
    found = needed(roots, wheel_requires(wheels), environment_of(target))
    made = sorted(file.name for file in wheels.glob("*.whl") if not file.name.startswith("andon-"))
    return {
        "python": target.full_python,
        "platform": target.platforms[0],
        "megabytes": round(sum(file.stat().st_size for file in wheels.iterdir()) / 1e6),
        "packages needed": len(found.there),
        "missing": list(found.missing),
        "pip finds all of it without an index": resolves(target, wheels, roots),
        "without a wheel": [SDIST_ONLY],
        "compiled wheels": [name for name in made if not name.endswith("-any.whl")],
        "pure wheels": [name for name in made if name.endswith("-any.whl")],
        "sources": [file.name for file in wheels.glob("*.tar.gz")],
    }


def resolves(target: Target, wheels: Path, roots: Sequence[str]) -> bool:
    """Whether pip, told of the board and of this folder alone, finds versions that go together."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-index", "--find-links", str(wheels)]
    command += ["--only-binary", ":all:", "--implementation", "cp", "--python-version", target.full_python]
    for tag in target.platforms:
        command += ["--platform", tag]
    with tempfile.TemporaryDirectory() as folder:
        alone = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
        alone["PIP_CONFIG_FILE"] = os.devnull
        done = subprocess.run([*command, "-d", folder, *roots], capture_output=True, text=True, check=False, env=alone)
    if done.returncode != 0:
        print(done.stderr[-2000:], file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    main()
