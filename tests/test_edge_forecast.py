"""The forecast: keys and values, free memory under limits, refusal with a way out; against what llama.cpp takes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from random_model import BUNDLED, Shape, random_gguf

from edge.board.tree import Tree
from edge.choose import make_runner
from edge.errors import ModelMissing, ModelTooLarge, ModelTruncated, NotAModel
from edge.forecast import MIB, forecast, refuse_too_large
from edge.free_memory import FreeMemory, free_memory
from edge.options import EdgeOptions
from edge.runner import Message, Sampling

OPTIONS = EdgeOptions(BUNDLED)


def box(folder: Path, files: dict[str, str]) -> Tree:
    for name, text in files.items():
        path = folder / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Tree(folder)


def meminfo(mib: int) -> dict[str, str]:
    return {"/proc/meminfo": f"MemTotal: 8000000 kB\nMemAvailable: {mib * 1024} kB\n"}


def test_keys_and_values_are_what_llama_cpp_makes_of_them() -> None:
    found = forecast(BUNDLED, OPTIONS)
    assert found.keys_values == 6 * 4 * (64 + 64) * 2048 * 2
    assert forecast(BUNDLED, replace(OPTIONS, kv_type="q8_0")).keys_values == found.keys_values * 34 // 64
    assert forecast(BUNDLED, replace(OPTIONS, context_tokens=257)).keys_values == found.keys_values // 4
    assert forecast(BUNDLED, replace(OPTIONS, context_tokens=1 << 20)).context_tokens == 2048, (
        "it was trained for these"
    )


def test_free_memory_is_what_the_tightest_limit_leaves(tmp_path: Path) -> None:
    assert free_memory(box(tmp_path / "none", {})) is None
    plain = box(tmp_path / "plain", {**meminfo(900), "/proc/self/cgroup": "0::/user.slice/a.service\n"})
    assert free_memory(plain) == FreeMemory(900 * MIB, False)
    group = "/sys/fs/cgroup/system.slice"
    v2 = box(
        tmp_path / "v2",
        {
            **meminfo(900), "/proc/self/cgroup": "0::/system.slice/andon.service\n",
            f"{group}/andon.service/memory.max": "max\n", f"{group}/andon.service/memory.current": "1\n",
            f"{group}/memory.max": str(500 * MIB), f"{group}/memory.current": str(300 * MIB),
            f"{group}/memory.stat": f"anon 5\ninactive_file {50 * MIB}\n",
        },
    )  # fmt: skip
    assert free_memory(v2) == FreeMemory(250 * MIB, True), "the limit of the slice holds for the service in it"
    mount = "/sys/fs/cgroup/memory"
    v1 = box(
        tmp_path / "v1",
        {
            **meminfo(900), "/proc/self/cgroup": "12:cpu,cpuacct:/x\n9:memory:/docker/0123\n",  # a path of the host
            f"{mount}/memory.limit_in_bytes": str(400 * MIB), f"{mount}/memory.usage_in_bytes": str(390 * MIB),
            f"{mount}/memory.stat": f"inactive_file 1\ntotal_inactive_file {20 * MIB}\n",
        },
    )  # fmt: skip
    assert free_memory(v1) == FreeMemory(30 * MIB, True)
    (tmp_path / "v1" / mount.lstrip("/") / "memory.limit_in_bytes").write_text("9223372036854771712")
    assert free_memory(v1) == FreeMemory(900 * MIB, False)


def test_what_does_not_fit_is_refused_with_a_way_out(tmp_path: Path) -> None:
    refuse_too_large(OPTIONS, box(tmp_path / "roomy", meminfo(200)))
    refuse_too_large(OPTIONS, box(tmp_path / "untold", {}))
    tight = box(tmp_path / "tight", meminfo(69))
    with pytest.raises(ModelTooLarge) as caught:
        refuse_too_large(OPTIONS, tight)
    context = int(caught.value.details["fitting_context"])
    assert f"Set context_tokens to {context}" in caught.value.remedy and "q8_0" in caught.value.remedy
    refuse_too_large(replace(OPTIONS, context_tokens=context), tight)
    with pytest.raises(ModelTooLarge):
        refuse_too_large(replace(OPTIONS, context_tokens=context + 256), tight)
    with pytest.raises(ModelTooLarge) as caught:
        refuse_too_large(OPTIONS, box(tmp_path / "hopeless", meminfo(20)))
    assert caught.value.remedy.startswith("Choose a smaller model")


def test_what_is_no_whole_model_is_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "odd.gguf"
    with pytest.raises(ModelMissing):
        refuse_too_large(replace(OPTIONS, model=path))
    for content, error in (
        (BUNDLED.read_bytes()[:-1], ModelTruncated), (BUNDLED.read_bytes()[:1000], ModelTruncated), (b"", NotAModel),
        (b"<html>", NotAModel),
    ):  # fmt: skip
        path.write_bytes(content)
        with pytest.raises(error):
            make_runner(replace(OPTIONS, model=path)).load()
    newer = bytearray(BUNDLED.read_bytes())
    newer[4] = 9  # a version of GGUF that is not known here: llama.cpp has the last word
    path.write_bytes(newer)
    refuse_too_large(replace(OPTIONS, model=path))


def test_memory_of_a_gpus_own_is_not_asked_for_on_the_box(tmp_path: Path) -> None:
    gpu = replace(OPTIONS, gpu_layers=-1)
    refuse_too_large(gpu, box(tmp_path / "pc", meminfo(20)))
    shared = box(tmp_path / "jetson", {**meminfo(20), "/proc/device-tree/compatible": "nvidia,tegra234"})
    with pytest.raises(ModelTooLarge):
        refuse_too_large(gpu, shared)


def test_the_forecast_of_another_shape_is_within_a_fifth_of_what_it_takes(tmp_path: Path) -> None:
    """In a process of its own; docs/results/forecast.json has more and larger ones (tests/bench_forecast.py)."""
    pytest.importorskip("gguf", reason="pip install 'andon[convert]'")
    path = random_gguf(tmp_path / "random.gguf", Shape(6, 512, 1536, 8, 4, f16=True))
    options = EdgeOptions(path, context_tokens=4096, threads=1, isolate=True)
    runner = make_runner(options)
    runner.load()
    list(runner.stream((Message("user", "AL-16 " * 100),), Sampling(max_tokens=2)))
    rollup = Path(f"/proc/{runner.pid}/smaps_rollup")  # type: ignore[attr-defined]
    told = re.search(r"^Rss:\s+(\d+) kB", rollup.read_text(), re.MULTILINE)
    runner.close()
    assert told is not None
    measured = int(told[1]) * 1024
    assert abs(forecast(path, options).needed / measured - 1) < 0.2
