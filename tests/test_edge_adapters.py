"""LoRA adapters for each answer: the numbers are those of a model with the adapter merged in, and none stays behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from contract_runner import ASK, text_of
from test_edge_runners import tiny_gguf

from edge.adapter_file import check_adapters
from edge.errors import AdapterUnknown, AdapterUnreadable
from edge.forecast import forecast
from edge.llama.runner import LlamaCppRunner
from edge.options import Adapter, EdgeOptions
from edge.runner import Sampling

__all__ = ["tiny_gguf"]
RANK = 4
ALPHA = 8.0


def lora(target: Path, base: Path, *, seed: int = 1, architecture: str = "llama", width: int | None = None) -> Path:
    """A random LoRA of the value and down projections, as llama.cpp wants it: A (rank, in), B (out, rank)."""
    import gguf

    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(target, architecture)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", ALPHA)
    for tensor in gguf.GGUFReader(base).tensors:
        if tensor.name.endswith(("attn_v.weight", "ffn_down.weight")):
            inner, outer = (int(size) for size in tensor.shape)
            a = random.normal(0, 0.3, (RANK, width or inner)).astype(np.float32)
            b = random.normal(0, 0.3, (outer, RANK)).astype(np.float32)
            writer.add_tensor(f"{tensor.name}.lora_a", a)
            writer.add_tensor(f"{tensor.name}.lora_b", b)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return target


def merged(target: Path, base: Path, adapter: Path, scale: float) -> Path:
    """``base`` with ``adapter`` added to its weights."""
    import gguf

    reader = gguf.GGUFReader(base)
    parts = {tensor.name: np.array(tensor.data) for tensor in gguf.GGUFReader(adapter).tensors}
    raw = bytearray(base.read_bytes())
    for tensor in reader.tensors:
        if f"{tensor.name}.lora_a" in parts:
            added = parts[f"{tensor.name}.lora_b"] @ parts[f"{tensor.name}.lora_a"] * (scale * ALPHA / RANK)
            values = np.array(tensor.data, np.float32) + added
            at = int(tensor.data_offset)
            raw[at : at + values.nbytes] = values.astype(np.float32).tobytes()
    target.write_bytes(bytes(raw))
    return target


def options(gguf: Path, **more: Any) -> EdgeOptions:
    return EdgeOptions(gguf, context_tokens=256, threads=1, batch_tokens=16, kv_type="f32", **more)


@pytest.fixture
def two(tiny_gguf: Path, tmp_path: Path) -> Iterator[LlamaCppRunner]:
    adapters = (
        Adapter("line 1", lora(tmp_path / "1.gguf", tiny_gguf)),
        Adapter("line 2", lora(tmp_path / "2.gguf", tiny_gguf, seed=2), 0.5),
    )
    runner = LlamaCppRunner(options(tiny_gguf, adapters=adapters))
    yield runner
    runner.close()


def said(runner: LlamaCppRunner, adapter: str = "") -> str:
    return text_of(list(runner.stream(ASK, Sampling(max_tokens=16, adapter=adapter))))


def logits(runner: LlamaCppRunner, adapter: str) -> Any:
    prompt = runner.prompt_tokens(ASK)
    with runner._working() as (_, memory):
        runner._adapt(memory, adapter)
        return memory.read(prompt, None, lambda: False)


def test_an_answer_is_that_of_the_merged_model(two: LlamaCppRunner, tiny_gguf: Path, tmp_path: Path) -> None:
    for name, file, scale in (("line 1", "1.gguf", 1.0), ("line 2", "2.gguf", 0.5), ("", "", 0.0)):
        whole = merged(tmp_path / "merged.gguf", tiny_gguf, tmp_path / file, scale) if file else tiny_gguf
        runner = LlamaCppRunner(options(whole))
        ours, theirs = logits(two, name), logits(runner, "")
        assert np.abs(ours - theirs).max() < 1e-2 * np.abs(theirs).max()
        assert said(two, name) == said(runner)
        runner.close()


def test_adapters_are_switched_for_each_answer_and_none_stays_behind(two: LlamaCppRunner) -> None:
    names = ("", "line 1", "line 2")
    alone = {name: said(two, name) for name in names}
    assert len(set(alone.values())) == 3, "they say different things, so that this is about them"
    for name in ("line 1", "line 1", "", "line 2", "", "line 1"):
        assert said(two, name) == alone[name]
    two.close()
    assert said(two, "line 2") == alone["line 2"], "opened again"


def test_saved_prefixes_are_an_adapters_own(tiny_gguf: Path, tmp_path: Path) -> None:
    adapters = (Adapter("line 1", lora(tmp_path / "1.gguf", tiny_gguf)),)
    plain = LlamaCppRunner(options(tiny_gguf, adapters=adapters))
    wanted = [said(plain, name) for name in ("", "line 1")]
    plain.close()
    for _ in range(2):
        cached = LlamaCppRunner(
            options(tiny_gguf, adapters=adapters, prompt_cache=tmp_path / "p", prompt_cache_bytes=1 << 24)
        )
        for _ in range(2):  # twice in a row: then it is saved
            assert said(cached) == wanted[0]
        for _ in range(2):
            assert said(cached, "line 1") == wanted[1]
        cached.close()


def test_an_unknown_adapter_names_those_there_are(two: LlamaCppRunner) -> None:
    with pytest.raises(AdapterUnknown) as caught:
        said(two, "line 3")
    assert "line 1, line 2" in caught.value.remedy


def test_what_does_not_fit_is_told_from_the_files_heads(tiny_gguf: Path, tmp_path: Path) -> None:
    """Before anything is loaded; each is named with what is wrong about it."""
    import gguf

    def unlike(name: str, tensor: str) -> Path:
        writer = gguf.GGUFWriter(tmp_path / name, "llama")
        writer.add_type(gguf.GGUFType.ADAPTER)
        writer.add_string("adapter.type", "lora" if tensor else "ia3")
        if tensor:
            writer.add_tensor(tensor, np.zeros((RANK, 64), np.float32))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return tmp_path / name

    fits = lora(tmp_path / "fits.gguf", tiny_gguf)
    (tmp_path / "torn.gguf").write_bytes(fits.read_bytes()[:-1])
    wrong = {
        "is missing": tmp_path / "none.gguf",
        "its end is missing": tmp_path / "torn.gguf",
        "a model, no adapter": tiny_gguf,
        "architecture qwen2": lora(tmp_path / "a.gguf", tiny_gguf, architecture="qwen2"),
        "128 x": lora(tmp_path / "w.gguf", tiny_gguf, width=128),
        "of the type 'ia3'": unlike("i.gguf", ""),
        "half of blk.0.attn_v.weight.lora_a": unlike("h.gguf", "blk.0.attn_v.weight.lora_a"),
        "the model has no blk.90.attn_v.weight": unlike("o.gguf", "blk.90.attn_v.weight.lora_a"),
    }
    check_adapters(tiny_gguf, (Adapter("line", fits),))
    check_adapters(tmp_path / "gone.gguf", (Adapter("line", fits),))  # of the model is told where it is loaded
    for reason, path in wrong.items():
        with pytest.raises(AdapterUnreadable, match=re.escape(reason)) as caught:
            check_adapters(tiny_gguf, (Adapter("line", fits), Adapter("odd", path)))
        assert "'odd'" in caught.value.message and caught.value.remedy
    npu = tmp_path / "model.rkllm"
    check_adapters(npu, (Adapter("line", tiny_gguf),))
    with pytest.raises(AdapterUnreadable, match="missing"):
        check_adapters(npu, (Adapter("line", tmp_path / "none.rkllm"),))


def test_adapters_count_in_the_forecast(tiny_gguf: Path, tmp_path: Path) -> None:
    file = lora(tmp_path / "1.gguf", tiny_gguf)
    bare, with_it = (forecast(tiny_gguf, options(tiny_gguf, adapters=given)) for given in ((), (Adapter("a", file),)))
    assert with_it.weights - bare.weights == file.stat().st_size


def test_what_is_no_adapter_of_this_model_is_refused(tiny_gguf: Path, tmp_path: Path) -> None:
    (tmp_path / "torn.gguf").write_bytes(b"GGUF and nothing else")
    wrong = {
        "missing": tmp_path / "none.gguf",
        "torn": tmp_path / "torn.gguf",
        "a model": tiny_gguf,
        "another architecture": lora(tmp_path / "a.gguf", tiny_gguf, architecture="qwen2"),
        "another width": lora(tmp_path / "w.gguf", tiny_gguf, width=128),
    }
    for name, path in wrong.items():
        runner = LlamaCppRunner(options(tiny_gguf, adapters=(Adapter(name, path),)))
        with pytest.raises(AdapterUnreadable) as caught:
            runner.load()
        assert path.name in caught.value.message and caught.value.remedy
        runner.close()
