"""Hub: a file fetched from a hub of our own over real sockets: cut, resumed, wrong, gated, missing, on a full disk."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_endpoint import closed_port
from fake_hub import CUT_AT, FakeHub
from test_ui_model import run

from edge.errors import HubAway, HubGated, HubMissing, HubRefused, ModelAltered
from edge.hub import Hub, split_name

ROOT = Path(__file__).resolve().parents[1]
BUNDLED = (ROOT / "models/andon-slm-ja-en.q8_0.gguf").read_bytes()
SMALL = bytes(range(256)) * 700  # 179 kB


@pytest.fixture
def fake() -> Iterator[FakeHub]:
    with FakeHub({"small.gguf": SMALL, "slm.gguf": BUNDLED}) as made:
        yield made


def fetch(fake: FakeHub, target: Path, name: str = "small.gguf") -> Path:
    hub = Hub(fake.base, wait_s=0.01)
    return hub.fetch(hub.look("maker/model", name), target)


def test_what_the_hub_says_of_a_file(fake: FakeHub) -> None:
    found = Hub(fake.base).look("maker/model", "small.gguf")
    assert (found.bytes, found.licence, found.commit, found.gated) == (len(SMALL), "apache-2.0", "c0ffee", False)
    assert "maker/model" in found.source and "c0ffee" in found.source


def test_a_file_is_fetched_through_a_redirect_and_checked(fake: FakeHub, tmp_path: Path) -> None:
    done: list[tuple[int, int]] = []
    hub = Hub(fake.base, "s3cret")
    path = hub.fetch(hub.look("maker/model", "small.gguf"), tmp_path / "m.gguf", lambda *at: done.append(at))
    assert path.read_bytes() == SMALL and done[-1] == (len(SMALL), len(SMALL))
    assert [p.name for p in tmp_path.iterdir()] == ["m.gguf"]
    keys = {key for asked, _span, key in fake.asked if asked.startswith("/store/")}
    assert keys == {""}  # the token goes to the Hub, not where it sends the caller
    assert {key for asked, _span, key in fake.asked if not asked.startswith("/store/")} == {"Bearer s3cret"}


def test_what_is_cut_goes_on_where_it_stopped(fake: FakeHub, tmp_path: Path) -> None:
    fake.faults.extend(["cut", "cut", "500", "cut"])
    assert fetch(fake, tmp_path / "m.gguf").read_bytes() == SMALL
    assert fake.ranges() == [
        "",
        f"bytes={CUT_AT}-",
        f"bytes={2 * CUT_AT}-",
        f"bytes={2 * CUT_AT}-",
        f"bytes={3 * CUT_AT}-",
    ]


def test_it_gives_up_keeps_what_came_and_goes_on_next_time(fake: FakeHub, tmp_path: Path) -> None:
    fake.faults.extend(["cut", *["500"] * 5])
    with pytest.raises(HubAway, match="500") as caught:
        fetch(fake, tmp_path / "m.gguf")
    assert caught.value.remedy
    (part,) = tmp_path.iterdir()
    assert part.suffix == ".part" and part.read_bytes() == SMALL[:CUT_AT]
    before = len(fake.ranges())
    assert fetch(fake, tmp_path / "m.gguf").read_bytes() == SMALL
    assert fake.ranges()[before:] == [f"bytes={CUT_AT}-"]


def test_a_server_without_ranges_begins_anew(fake: FakeHub, tmp_path: Path) -> None:
    fake.faults.extend(["cut", "ignore-range"])
    assert fetch(fake, tmp_path / "m.gguf").read_bytes() == SMALL


def test_other_bytes_are_refused_and_not_kept(fake: FakeHub, tmp_path: Path) -> None:
    fake.faults.append("wrong")
    with pytest.raises(ModelAltered, match="hash"):
        fetch(fake, tmp_path / "m.gguf")
    assert list(tmp_path.iterdir()) == []
    fake.faults.extend(["cut", "wrong"])  # a torn mixture is no better
    with pytest.raises(ModelAltered):
        fetch(fake, tmp_path / "m.gguf")
    assert fetch(fake, tmp_path / "m.gguf").read_bytes() == SMALL


def test_a_part_of_another_version_is_not_mixed_in(fake: FakeHub, tmp_path: Path) -> None:
    fake.faults.extend(["cut", *["500"] * 5])
    with pytest.raises(HubAway):
        fetch(fake, tmp_path / "m.gguf")
    fake.files["small.gguf"] = SMALL[::-1]
    assert fetch(fake, tmp_path / "m.gguf").read_bytes() == SMALL[::-1]


def test_what_is_not_there(fake: FakeHub) -> None:
    hub = Hub(fake.base)
    with pytest.raises(HubMissing, match=r"no file q4\.gguf") as caught:
        hub.look("maker/model", "q4.gguf")
    assert "small.gguf" in caught.value.remedy
    with pytest.raises(HubMissing):
        hub.look("maker/other", "q4.gguf")
    with pytest.raises(HubAway, match="cannot be reached"):
        Hub(f"http://127.0.0.1:{closed_port()}").look("maker/model", "q4.gguf")
    fake.hashes = False
    with pytest.raises(HubRefused, match="no hash"):
        hub.look("maker/model", "small.gguf")


@pytest.mark.parametrize("text", ["", "a", "a/b", "a//c.gguf", "a/b/../c"])
def test_names_that_name_no_file(text: str) -> None:
    with pytest.raises(HubMissing, match="name a file"):
        split_name(text)
    assert split_name("https://huggingface.co/a/b/resolve/main/c.gguf") == ("a/b", "c.gguf")
    assert split_name("a/b/sub/c.gguf") == ("a/b", "sub/c.gguf")


def test_what_must_be_asked_for(fake: FakeHub) -> None:
    fake.gated, fake.key = True, "k"
    with pytest.raises(HubGated, match="401") as caught:
        Hub(fake.base).look("maker/model", "small.gguf")
    assert "hub_key" in caught.value.remedy
    assert Hub(fake.base, "k").look("maker/model", "small.gguf").gated


def test_a_full_disk_is_told_and_what_came_is_kept(fake: FakeHub, tmp_path: Path) -> None:
    """In a process that may write 100 kB a file: a real write fails in the middle of the fetch."""
    script = (
        "import resource, signal, sys\nfrom pathlib import Path\n"
        "from edge.hub import Hub\nfrom edge.errors import DiskFull\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "hub = Hub(sys.argv[1])\n"
        "try:\n    hub.fetch(hub.look('maker/model', 'small.gguf'), Path(sys.argv[2]))\n"
        "except DiskFull as full:\n    print(full.code, full.remedy)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, fake.base, str(tmp_path / "m.gguf")],
        cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.stdout.startswith("disk_full Make room"), done.stderr
    (part,) = tmp_path.iterdir()
    assert part.suffix == ".part" and 0 < part.stat().st_size <= 100_000
    assert fetch(fake, tmp_path / "m.gguf").read_bytes() == SMALL


@pytest.fixture
def site(fake: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANDON_HUB", fake.base)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    (tmp_path / "models").mkdir()
    (tmp_path / "models/models.toml").write_text("# ours\n", encoding="utf-8")
    return tmp_path / "models"


def test_pull_is_refused_where_the_box_is_offline(fake: FakeHub, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, told = run("pull", "maker/model/slm.gguf", "--models", str(site), "--yes")
    assert code == 1 and "--online" in told and fake.asked == []
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    code, told = run("pull", "maker/model/slm.gguf", "--models", str(site), "--yes")
    assert code == 1 and "外部に接続しない設定" in told


def test_pull_shows_fetches_checks_and_lists(fake: FakeHub, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from test_ui_model import listed

    fake.faults.append("cut")
    code, told = run("pull", "maker/model/slm.gguf", "--models", str(site), "--online", "--yes", "--id", "slm")
    assert code == 0, told
    assert "9.0 MB, licence apache-2.0, maker/model at c0ffee" in told and "added: slm" in told
    entry = listed(site)["slm"]
    assert entry["state"] == "ok" and "maker/model" in str(entry["source"])
    assert (site / "models.toml").read_text(encoding="utf-8").startswith("# ours")
    monkeypatch.setenv("ANDON_OFFLINE", "false")
    asked = len(fake.ranges())
    monkeypatch.setattr("sys.stdin", io.StringIO(""))  # nobody is there to agree
    code, told = run("pull", "maker/model/small.gguf", "--models", str(site))
    assert code == 1 and len(fake.ranges()) == asked
