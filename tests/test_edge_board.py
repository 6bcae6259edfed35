"""What is read of a box, and what follows from it: a Jetson, a ROCK 5B, a PC, and trees in which something is amiss."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from board_trees import JETSON, PC, ROCK5B, plant

from edge.board.board import Board, read_board
from edge.board.findings import Finding, Software, findings
from edge.board.tree import Tree

SOFTWARE = Software(gpu_build=True, gpu_layers=-1, model_megabytes=2200, disk_free=40_000_000_000)


def no_program(command: object) -> str:
    return ""


def board(root: Path, files: Mapping[str, str | None], **changed: str | None) -> Board:
    return read_board(plant(root, files, **changed), no_program)


def found(board: Board, software: Software = SOFTWARE) -> dict[str, Finding]:
    return {finding.code.removeprefix("board."): finding for finding in findings(board, software)}


def bad(board: Board, software: Software = SOFTWARE) -> list[str]:
    return [name for name, finding in found(board, software).items() if finding.state != "ok"]


def test_a_jetson_is_read_whole(tmp_path: Path) -> None:
    read = board(tmp_path, JETSON)
    assert read.identity.kind == "jetson"
    assert read.identity.model == "NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super"
    assert (read.identity.l4t, read.identity.jetpack, read.identity.cuda) == ("36.4.3", "6.2", "12.6.68")
    assert read.identity.kernel == "5.15.148-tegra"
    assert read.processor.architecture == "aarch64"
    assert read.processor.model == "6 x Cortex-A78AE"
    assert read.processor.features == ("dotprod", "fp16")
    assert [clock.name for clock in read.clocks] == ["cpu0-3", "cpu4-5", "gpu", "emc"]
    assert read.memory_clock is not None and read.memory_clock.now_hz == 3_199_000_000
    assert read.power.mode == "MAXN_SUPER"
    assert read.power.modes == ((0, "15W"), (1, "25W"), (2, "MAXN_SUPER"))
    assert read.memory.zram == 6 * 650224 * 1024
    assert read.heat.celsius == (("cpu-thermal", 48.562), ("gpu-thermal", 49.218))  # the sensor that is off is left out
    assert read.heat.slowed == ()  # a fan slows nothing down
    json.dumps(read.as_json())
    assert bad(read) == []


def test_a_rock_5b_is_read_whole(tmp_path: Path) -> None:
    read = board(tmp_path, ROCK5B)
    assert read.identity.kind == "rk3588"
    assert (read.identity.model, read.identity.soc) == ("Radxa ROCK 5B", "rockchip,rk3588")
    assert read.processor.model == "4 x Cortex-A55, 4 x Cortex-A76"
    assert [(clock.name, clock.now_hz, clock.held) for clock in read.clocks] == [
        ("cpu0-3", 1_800_000_000, True), ("cpu4-5", 2_352_000_000, True), ("cpu6-7", 2_352_000_000, True),
        ("gpu", 1_000_000_000, True), ("npu", 1_000_000_000, True), ("ddr", 2_112_000_000, True),
    ]  # fmt: skip
    assert read.accelerators.npu_version == "0.9.8"
    assert read.accelerators.npu_version_from == "/sys/module/rknpu/version"
    assert read.accelerators.gpu == "Arm Mali"
    assert bad(read) == []


def test_a_pc_is_read_whole(tmp_path: Path) -> None:
    read = board(tmp_path, PC)
    assert (read.identity.kind, read.identity.model) == ("pc", "Dell Inc. OptiPlex 7010")
    assert read.processor.features == ("avx", "avx2", "fma", "f16c", "bmi2", "avx_vnni")
    assert read.accelerators.gpu == "NVIDIA T400 4GB"
    assert read.load == 0.31
    assert bad(read) == []  # a PC's governor is no fault
    assert "clocks" not in found(read)


def test_an_empty_tree_and_this_machine_raise_nothing(tmp_path: Path) -> None:
    empty = read_board(tmp_path, no_program)
    assert empty.identity.kind == "other"
    assert bad(empty) == []
    assert list(findings(read_board(), SOFTWARE))


def test_folders_where_files_are_expected_and_bytes_that_are_no_text_read_as_nothing(tmp_path: Path) -> None:
    (tmp_path / "proc/meminfo").mkdir(parents=True)
    (tmp_path / "proc/cpuinfo").write_bytes(b"\xff\xfe\x00")
    assert Tree(tmp_path).text("/proc/meminfo") == ""
    assert Tree(tmp_path).number("/proc/cpuinfo") is None
    assert read_board(tmp_path, no_program).memory.total is None


@pytest.mark.parametrize(
    ("release", "l4t", "jetpack"),
    [("R36 (release), REVISION: 5.0", "36.5.0", "6.2.2"), ("R36 (release), REVISION: 4.7", "36.4.7", "6.2.1"),
     ("R35 (release), REVISION: 4.1", "35.4.1", "5.1.2"), ("R44 (release), REVISION: 1.0", "44.1.0", "")],
)  # fmt: skip
def test_jetpack_follows_from_l4t(tmp_path: Path, release: str, l4t: str, jetpack: str) -> None:
    read = board(tmp_path, JETSON, nv_tegra_release=f"# {release}, GCID: 1\n")
    assert (read.identity.l4t, read.identity.jetpack) == (l4t, jetpack)


def test_jetpack_by_its_package_says_more_than_the_table(tmp_path: Path) -> None:
    package = "Package: nvidia-jetpack\nStatus: install ok installed\nArchitecture: arm64\nVersion: 6.2.1+b38\n\n"
    read = board(tmp_path, {**JETSON, "/var/lib/dpkg/status": "Package: zlib\nVersion: 1\n\n" + package})
    assert read.identity.jetpack == "6.2.1"


def test_power_mode_is_asked_of_the_program_where_the_files_say_nothing(tmp_path: Path) -> None:
    asked: list[list[str]] = []

    def nvpmodel(command: object) -> str:
        asked.append(list(command))  # type: ignore[call-overload]
        return "NV Power Mode: 25W\n1\n"

    read = read_board(plant(tmp_path, JETSON, status=None), nvpmodel)
    assert asked == [["nvpmodel", "-q"]]
    assert read.power.mode == "25W"


@pytest.mark.parametrize(
    ("place", "text"),
    [("/sys/kernel/debug/rknpu/version", "RKNPU driver: v0.9.6\n"), ("/sys/module/rknpu/version", "0.9.6\n"),
     ("/proc/rknpu/version", "RKNPU driver: v0.9.6\n")],
)  # fmt: skip
def test_an_old_npu_driver_is_found_in_each_of_its_three_places(tmp_path: Path, place: str, text: str) -> None:
    without = {path: content for path, content in ROCK5B.items() if "rknpu" not in path}
    read = board(tmp_path, {**without, place: text})
    assert read.accelerators.npu_version_from == place
    assert bad(read) == ["npu_old"]
    assert found(read)["npu_old"].values == {"version": "0.9.6", "place": place, "wanted": "0.9.8"}


def test_other_npu_drivers(tmp_path: Path) -> None:
    bare = {path: text for path, text in ROCK5B.items() if "npu" not in path}
    assert bad(board(tmp_path / "none", bare)) == ["npu_missing"]
    assert bad(board(tmp_path / "unread", ROCK5B, version=None)) == ["npu_version_unread"]
    mainline = {**bare, "/dev/accel/accel0": "", "/sys/module/rocket/refcnt": "0\n"}
    assert bad(board(tmp_path / "mainline", mainline)) == ["npu_mainline"]


def test_a_board_without_the_memory_clock_is_told(tmp_path: Path) -> None:
    assert bad(board(tmp_path, ROCK5B, dmc=None)) == ["ddr_missing"]


def test_clocks_that_are_not_held_are_named(tmp_path: Path) -> None:
    read = board(tmp_path / "rk", ROCK5B, scaling_governor="schedutil\n")
    assert bad(read) == ["clocks_rk3588"]
    assert found(read)["clocks_rk3588"].values["loose"] == "cpu0-3, cpu4-5, cpu6-7"
    slow = board(tmp_path / "slow", ROCK5B, cur_freq="528000000\n")  # userspace governor, set below the top
    assert found(slow)["clocks_rk3588"].values["loose"] == "gpu, npu, ddr"
    assert bad(board(tmp_path / "jetson", JETSON, scaling_min_freq="729600\n")) == ["clocks_jetson"]


def test_a_jetson_in_a_weak_mode_on_a_bad_release_without_cuda(tmp_path: Path) -> None:
    changed = {"status": "pmode:0000\n", "nv_tegra_release": "# R36 (release), REVISION: 4.7, GCID: 1\n"}
    read = board(tmp_path, JETSON, **changed)
    assert bad(read, Software(False, -1, 2200, 40_000_000_000)) == [
        "jetpack_memory",
        "cuda_build_missing",
        "power_low",
    ]
    assert found(read)["power_low"].values == {"mode": "15W", "best": "MAXN_SUPER", "number": "2"}
    assert "gpu_unused" in bad(read, Software(True, 0, 2200, 40_000_000_000))
    assert "gpu_unused" not in bad(read, Software(True, 0, 9, 40_000_000_000))  # a tiny model is right on the processor


def test_25_watts_are_enough(tmp_path: Path) -> None:
    assert bad(board(tmp_path, JETSON, status="pmode:0001\n")) == []


def test_memory_swap_desktop_and_disk(tmp_path: Path) -> None:
    low = "MemTotal: 8122304 kB\nMemAvailable: 900000 kB\nSwapTotal: 0 kB\n"
    assert bad(board(tmp_path / "low", ROCK5B, meminfo=low, swaps="")) == ["memory_low", "no_swap"]
    etc = plant(tmp_path / "desktop", ROCK5B) / "etc/systemd/system"
    etc.mkdir(parents=True)
    (etc / "default.target").symlink_to("/lib/systemd/system/graphical.target")
    assert bad(read_board(tmp_path / "desktop", no_program)) == []  # no display manager: nothing starts
    (etc / "display-manager.service").symlink_to("/lib/systemd/system/gdm.service")
    assert bad(read_board(tmp_path / "desktop", no_program)) == ["desktop"]
    pc = board(tmp_path / "pc", PC)
    assert bad(pc, Software(None, 0, 0, 4_000_000_000)) == ["disk_low"]
    assert found(pc, Software(None, 0, 0, 900_000_000))["disk_full"].state == "fail"


def test_slow_processors_are_told(tmp_path: Path) -> None:
    old = PC["/proc/cpuinfo"].replace(" avx2", "")
    assert bad(board(tmp_path / "pc", PC, cpuinfo=old)) == ["processor_slow"]
    a72 = ROCK5B["/proc/cpuinfo"].replace(" asimddp", "")
    assert bad(board(tmp_path / "arm", ROCK5B, cpuinfo=a72)) == ["processor_slow"]
    mixed = PC["/proc/cpuinfo"].replace(" avx2", "", 1)  # what one core lacks none may use
    assert bad(board(tmp_path / "mixed", PC, cpuinfo=mixed)) == ["processor_slow"]


def test_heat_is_told_while_it_lasts_and_afterwards(tmp_path: Path) -> None:
    assert bad(board(tmp_path / "hot", ROCK5B, temp="86000\n")) == ["hot"]
    assert bad(board(tmp_path / "slowed", ROCK5B, cur_state="2\n")) == ["slowed"]
    read = board(tmp_path / "before", JETSON, oc3_event_cnt="37\n")
    assert bad(read) == ["slowed_before"]
    assert found(read)["slowed_before"].values == {"events": "oc3_event_cnt 37"}
