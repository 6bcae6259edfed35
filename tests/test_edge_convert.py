"""Conversion to GGUF: the same token ids and the same logits as transformers, or a clear refusal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from tiny_model import (
    PROBES,
    edit_json,
    save_byte_level_tokenizer,
    save_model,
    save_sentencepiece_tokenizer,
)

from edge.convert import convert_hf_to_gguf
from edge.errors import ConversionRefused, EdgeFailed, ModelMissing, ModelUnreadable, QuantizationFailed
from edge.gguf_tokenizer import LLAMA3_REGEX
from edge.llama.context import LlamaContext
from edge.llama.library import LlamaModel
from edge.quantize import quantize

np = pytest.importorskip("numpy")
torch = pytest.importorskip("torch", reason="the reference is transformers: pip install 'andon[train]'")
pytest.importorskip("transformers")
pytest.importorskip("sentencepiece")
pytest.importorskip("gguf")

LLAMA3_ROPE = {
    "rope_type": "llama3",
    "rope_theta": 500000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}

YARN = {
    "rope_type": "yarn",
    "rope_theta": 10000.0,
    "factor": 4.0,
    "original_max_position_embeddings": 128,
}


def logits_of(gguf: Path, ids: list[int]) -> Any:
    """Logits after the last of ``ids``, everything in float32."""
    model = LlamaModel(gguf)
    context = LlamaContext(model, context_tokens=256, batch_tokens=128, threads=1, kv_type="f32")
    try:
        return context.decode(ids, 0, want_logits=True)
    finally:
        context.close()
        model.close()


def reference(model: Any, ids: list[int]) -> Any:
    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0, -1].numpy()


def assert_same_ids(tokenizer: Any, gguf: Path, probes: list[str]) -> None:
    model = LlamaModel(gguf, vocab_only=True)
    try:
        for probe in [*probes, "<|im_start|>user\nAL-16 が出た。<|im_end|>\n<|im_start|>assistant\n"]:
            assert model.tokenize(probe, add_special=True, parse_special=True) == tokenizer.encode(probe), probe
    finally:
        model.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder with a SentencePiece tokenizer that begins texts with bos; padded by five rows."""
    made = tmp_path_factory.mktemp("hf")
    tokenizer = save_sentencepiece_tokenizer(made)
    save_model(made, len(tokenizer) + 5)
    return made


def copy_of(folder: Path, target: Path) -> Path:
    target.mkdir()
    for path in folder.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    return target


@pytest.mark.parametrize("source", ["tokenizer.model", "tokenizer.json"])
@pytest.mark.parametrize("bos", [False, True])
def test_sentencepiece_ids_are_those_of_transformers(tmp_path: Path, folder: Path, source: str, bos: bool) -> None:
    from transformers import LlamaTokenizer

    here = copy_of(folder, tmp_path / "hf")
    tokenizer = LlamaTokenizer.from_pretrained(here, add_bos_token=bos, add_prefix_space=False, local_files_only=True)
    tokenizer.save_pretrained(here)
    if source == "tokenizer.json":
        (here / "tokenizer.model").unlink()
    assert tokenizer.encode("x")[0] == 1 if bos else tokenizer.encode("x")[0] != 1
    assert_same_ids(tokenizer, convert_hf_to_gguf(here, tmp_path / "m.gguf", "f32"), PROBES)


def test_a_dummy_prefix_is_kept(tmp_path: Path) -> None:
    tokenizer = save_sentencepiece_tokenizer(tmp_path / "hf", dummy_prefix=True)
    save_model(tmp_path / "hf", len(tokenizer))
    gguf = convert_hf_to_gguf(tmp_path / "hf", tmp_path / "m.gguf", "f32")
    model = LlamaModel(gguf, vocab_only=True)
    for probe in ("The spindle", "電源を切る"):
        ids = model.tokenize(probe)
        assert ids == tokenizer.encode(probe) and model.token_text(ids[0]).startswith("▁")
    model.close()


@pytest.mark.parametrize("regex", [None, LLAMA3_REGEX], ids=["gpt-2", "llama-3"])
def test_byte_level_ids_and_logits(tmp_path: Path, regex: str | None) -> None:
    tokenizer = save_byte_level_tokenizer(tmp_path / "hf", regex)
    model = save_model(tmp_path / "hf", len(tokenizer))
    gguf = convert_hf_to_gguf(tmp_path / "hf", tmp_path / "m.gguf", "f32")
    assert_same_ids(tokenizer, gguf, PROBES)
    ids = tokenizer.encode("主軸が停止したときは alarm AL-16")
    assert np.abs(reference(model, ids) - logits_of(gguf, ids)).max() < 1e-3


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"tie_word_embeddings": True},
        {"rope_parameters": LLAMA3_ROPE},
        {"rope_parameters": {"rope_type": "linear", "rope_theta": 10000.0, "factor": 4.0}},
        {"rope_parameters": YARN},
        {"rope_parameters": YARN | {"attention_factor": 1.3}},
        {"attention_bias": True},
        {"mlp_bias": True},
        {"head_dim": 64},
        {"num_key_value_heads": 8},
    ],
    ids=[
        "plain",
        "tied",
        "llama3-rope",
        "linear-rope",
        "yarn",
        "yarn-set",
        "attention-bias",
        "mlp-bias",
        "head-dim",
        "no-gqa",
    ],
)
def test_logits_are_those_of_transformers(tmp_path: Path, folder: Path, config: dict[str, Any]) -> None:
    here = copy_of(folder, tmp_path / "hf")
    model = save_model(here, 700, **config)
    gguf = convert_hf_to_gguf(here, tmp_path / "m.gguf", "f32")
    ids = list(range(10, 100))
    assert np.abs(reference(model, ids) - logits_of(gguf, ids)).max() < 1e-3


def test_config_of_transformers_4_means_the_same(tmp_path: Path, folder: Path) -> None:
    import json

    here = copy_of(folder, tmp_path / "hf")
    model = save_model(here, 700, rope_parameters=LLAMA3_ROPE)
    config = json.loads((here / "config.json").read_text(encoding="utf-8"))
    scaling = {k: v for k, v in config.pop("rope_parameters").items() if k != "rope_theta"}
    config |= {"rope_theta": 500000.0, "rope_scaling": scaling}
    (here / "config.json").write_text(json.dumps(config), encoding="utf-8")
    ids = list(range(10, 100))
    found = logits_of(convert_hf_to_gguf(here, tmp_path / "m.gguf", "f32"), ids)
    assert np.abs(reference(model, ids) - found).max() < 1e-3


@pytest.mark.parametrize("dtype", ["f32", "f16", "bf16"])
def test_bfloat16_shards(tmp_path: Path, folder: Path, dtype: Any) -> None:
    here = copy_of(folder, tmp_path / "hf")
    (here / "model.safetensors").unlink()
    model = save_model(here, 700, dtype="bfloat16", shard="1MB")
    assert len(list(here.glob("*.safetensors"))) > 1
    ids = list(range(10, 100))
    found = logits_of(convert_hf_to_gguf(here, tmp_path / "m.gguf", dtype), ids)
    # the file is exact in f32 and bf16; with bf16 the processor also rounds the activations
    assert np.abs(reference(model, ids) - found).max() < {"f32": 1e-3, "f16": 0.1, "bf16": 0.8}[dtype]


def test_bfloat16_rounds_as_torch_does() -> None:
    from edge.convert import _cast

    ties = [1.0 + n / 256 for n in range(-8, 9)]  # halfway between two neighbours for odd n
    values = np.array([[*ties, 3.14159, -2.71828, 1e-30, 0.0]], np.float32)
    expected = torch.tensor(values).to(torch.bfloat16).float().numpy()
    assert ((_cast(values, "w", "bf16").astype(np.uint32) << 16).view(np.float32) == expected).all()


def test_metadata(folder: Path, tmp_path: Path) -> None:
    import gguf

    here = copy_of(folder, tmp_path / "hf")
    (here / "README.md").write_text("---\nlicense: apache-2.0\n---\n# Tiny\n", encoding="utf-8")
    edit_json(here / "generation_config.json", eos_token_id=[2, 4])
    path = convert_hf_to_gguf(here, tmp_path / "m.gguf", "f16", name="Tiny")
    fields = {key: field.contents() for key, field in gguf.GGUFReader(path).fields.items()}
    assert fields["general.name"] == "Tiny" and fields["general.license"] == "apache-2.0"
    assert fields["tokenizer.ggml.bos_token_id"] == 1 and fields["tokenizer.ggml.eos_token_id"] == 2
    assert fields["tokenizer.ggml.eot_token_id"] == 4
    assert fields["llama.attention.head_count_kv"] == 2
    assert "<|im_start|>" in fields["tokenizer.chat_template"]


@pytest.mark.parametrize("ftype", ["q8_0", "q4_k_m"])
def test_quantised_files_load_and_stay_near(tmp_path: Path, folder: Path, ftype: Any) -> None:
    here = copy_of(folder, tmp_path / "hf")
    model = save_model(here, 700, initializer_range=0.06)
    source = convert_hf_to_gguf(here, tmp_path / "m.gguf", "f16")
    small = quantize(source, tmp_path / "small.gguf", ftype, threads=1)
    assert small.stat().st_size < source.stat().st_size * {"q8_0": 0.6, "q4_k_m": 0.4}[ftype]
    ids = list(range(10, 100))
    alike = np.corrcoef(reference(model, ids), logits_of(small, ids))[0, 1]
    assert alike > {"q8_0": 0.999, "q4_k_m": 0.9}[ftype]


def test_quantise_refuses(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        quantize(tmp_path / "none.gguf", tmp_path / "out.gguf", "q8_0")
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF but not really")
    with pytest.raises(ModelUnreadable):
        quantize(broken, tmp_path / "out.gguf", "q8_0")
    with pytest.raises(QuantizationFailed, match="q3"):
        quantize(broken, tmp_path / "out.gguf", "q3")  # type: ignore[arg-type]
    assert [p.name for p in tmp_path.iterdir()] == ["broken.gguf"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"architectures": ["Qwen3ForCausalLM"]}, "Qwen3ForCausalLM"),
        ({"hidden_act": "gelu"}, "gelu"),
        ({"rope_parameters": {"rope_type": "longrope", "factor": 2.0}}, "longrope"),
        ({"rope_parameters": YARN | {"mscale": 1.0, "mscale_all_dim": 0.8}}, "YaRN"),
        ({"rope_parameters": YARN | {"truncate": False}}, "YaRN"),
        ({"rope_parameters": YARN | {"beta_slow": 2.0}}, "YaRN"),
        ({"num_hidden_layers": 3}, "lack model.layers.2"),
        ({"num_hidden_layers": 1}, "no place"),
        ({"vocab_size": 600}, "600 rows"),
    ],
)
def test_refusals_by_config(tmp_path: Path, folder: Path, changes: dict[str, Any], says: str) -> None:
    here = copy_of(folder, tmp_path / "hf")
    edit_json(here / "config.json", **changes)
    with pytest.raises(ConversionRefused, match=says) as caught:
        convert_hf_to_gguf(here, tmp_path / "m.gguf")
    assert caught.value.remedy and not list(tmp_path.glob("m.gguf*"))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"model_type": "unigram"}, "not of type BPE"),
        ({"byte_fallback": False}, "byte fallback"),
        ({"normalization_rule_name": "nmt_nfkc"}, "normalises"),
    ],
)
def test_refusals_by_tokenizer(tmp_path: Path, folder: Path, options: dict[str, Any], says: str) -> None:
    from tiny_model import train_sentencepiece

    here = copy_of(folder, tmp_path / "hf")
    (here / "tokenizer.json").unlink()
    train_sentencepiece(here, **options, **({"vocab_size": 400} if options.get("model_type") else {}))
    with pytest.raises(ConversionRefused, match=says):
        convert_hf_to_gguf(here, tmp_path / "m.gguf")


def test_unknown_cutting_is_refused(tmp_path: Path) -> None:
    tokenizer = save_byte_level_tokenizer(tmp_path / "hf", r"\p{N}|\p{L}+|[^\p{N}\p{L}]+")
    save_model(tmp_path / "hf", len(tokenizer))
    with pytest.raises(ConversionRefused, match="cuts text"):
        convert_hf_to_gguf(tmp_path / "hf", tmp_path / "m.gguf")


def test_a_missing_package_names_the_command(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gguf", None)
    with pytest.raises(EdgeFailed, match=r"gguf.*pip install 'andon\[convert\]'"):
        convert_hf_to_gguf(folder, tmp_path / "m.gguf")


def test_what_is_missing_is_named(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(ModelMissing, match=r"config\.json"):
        convert_hf_to_gguf(tmp_path, tmp_path / "m.gguf")
    here = copy_of(folder, tmp_path / "hf")
    (here / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:5000])
    with pytest.raises(EdgeFailed, match="damaged"):
        convert_hf_to_gguf(here, tmp_path / "m.gguf")
    (here / "model.safetensors").unlink()
    with pytest.raises(ModelMissing, match=r"model\.safetensors"):
        convert_hf_to_gguf(here, tmp_path / "m.gguf")
