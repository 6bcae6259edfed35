"""The gates after a conversion: probe texts, logits, and what happens when they stay shut; andon model convert."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_ui_model import run

from edge.convert_checked import LogitParity, convert_checked
from edge.errors import ConversionRefused, TokenizerUnknown
from edge.probe_texts import PROBE_TEXTS
from edge.token_parity import token_parity

pytest.importorskip("torch", reason="the reference is transformers: pip install 'andon[train]'")
pytest.importorskip("sentencepiece")
pytest.importorskip("gguf")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tiny_model import save_model, save_sentencepiece_tokenizer

    made = tmp_path_factory.mktemp("checked") / "tiny"
    save_model(made, len(save_sentencepiece_tokenizer(made)) + 3)
    return made


def test_probe_texts_are_of_every_kind() -> None:
    text = "".join(PROBE_TEXTS)
    for needed in ("AL-16", "アラーム", "ＡＬ－１６", "🔥", "ﾓｰﾀｰ", "\t", "髙", "\u3099", "don't"):
        assert needed in text
    assert len(PROBE_TEXTS) == len(set(PROBE_TEXTS)) >= 25


def test_convert_says_what_it_checked(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for dtype in ("f16", "f32"):
        target = tmp_path / f"{dtype}.gguf"
        code, told = run("convert", str(folder), "--out", str(target), "--dtype", dtype, "--licence", "MIT")
        assert code == 0, told
        assert ("same next token" in told) == (dtype == "f16")  # held against an exact copy, which is gone again
        assert f"all {len(PROBE_TEXTS)} probe texts" in told and "positions compared" in told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["f16.gguf", "f32.gguf"]


def test_a_tokenizer_that_would_split_otherwise_leaves_no_file(folder: Path, tmp_path: Path) -> None:
    import shutil

    here = tmp_path / "hf"
    shutil.copytree(folder, here)
    table = json.loads((here / "tokenizer.json").read_text(encoding="utf-8"))
    table["model"]["merges"] = table["model"]["merges"][40:] + table["model"]["merges"][:40]
    (here / "tokenizer.json").write_text(json.dumps(table), encoding="utf-8")  # not what tokenizer.model says any more
    with pytest.raises(TokenizerUnknown, match="texts are split otherwise") as caught:
        convert_checked(here, tmp_path / "m.gguf", "f32")
    assert caught.value.remedy and [path.name for path in tmp_path.iterdir()] == ["hf"]


def test_logits_that_differ_leave_no_file(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ConversionRefused, match="a logit by 3"):
        convert_checked(folder, tmp_path / "m.gguf", "f32", logits=lambda _a, _b: LogitParity(9, 3.0, 1.0, 0.1))
    assert list(tmp_path.iterdir()) == []


def test_weights_of_another_model_are_noticed(folder: Path, tmp_path: Path) -> None:
    from tiny_model import save_model

    from training.gguf_parity import logit_parity

    same = convert_checked(folder, tmp_path / "m.gguf", "f32", logits=logit_parity)
    assert same.logits is not None and same.logits.most_difference < 1e-2 and same.logits.same_token > 0.99
    save_model(tmp_path / "other", 643, initializer_range=0.21)
    other = logit_parity(tmp_path / "other", same.path)
    assert other is not None and other.most_difference > 1.0


def test_without_tokenizer_json_sentencepiece_is_asked(folder: Path, tmp_path: Path) -> None:
    import shutil

    here = tmp_path / "hf"
    shutil.copytree(folder, here)
    (here / "tokenizer.json").unlink()
    made = convert_checked(here, tmp_path / "m.gguf", "f16")
    assert (made.tokens.by, made.tokens.different, made.logits) == ("sentencepiece", (), None)
    assert token_parity(folder, made.path).by == "tokenizers"


@pytest.mark.parametrize(
    ("spoil", "ja"),
    [
        (lambda f: (f / "config.json").unlink(), "必要なファイルがありません"),
        (lambda f: (f / "model.safetensors").unlink(), "必要なファイルがありません"),
        (lambda f: (f / "config.json").write_text('{"architectures": ["MixtralForCausalLM"]}'), "この種類のモデル"),
        (lambda f: (f / "config.json").write_text("{"), "正しく変換できない"),
        (lambda f: (f / "tokenizer.model").write_bytes(b"x"), "正しく変換できない"),
    ],
    ids=["no-config", "no-weights", "mixture", "broken-config", "broken-tokenizer"],
)
def test_bad_folders_in_japanese(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: object, ja: str
) -> None:
    import shutil

    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    here = tmp_path / "hf"
    shutil.copytree(folder, here)
    spoil(here)  # type: ignore[operator]
    code, told = run("convert", str(here), "--out", str(tmp_path / "m.gguf"))
    assert code == 1 and ja in told and "対処" in told
    assert [path.name for path in tmp_path.iterdir()] == ["hf"]


def test_a_space_before_the_text_differs_only_at_edges(tmp_path: Path) -> None:
    """Of tokenizers as Llama 2 has them: told, and not refused; anything else is still refused."""
    from tiny_model import save_model, save_sentencepiece_tokenizer

    here = tmp_path / "hf"
    save_model(here, len(save_sentencepiece_tokenizer(here, dummy_prefix=True)))
    made = convert_checked(here, tmp_path / "m.gguf", "f32")
    assert made.tokens.different == ()
    assert " leading and trailing " in made.tokens.at_edges
    assert len(made.tokens.at_edges) < len(PROBE_TEXTS) / 2


def test_a_disk_that_fills_while_converting(folder: Path, tmp_path: Path) -> None:
    """In a process that may write 1 MB a file: a real write fails in the middle, and nothing is left."""
    import subprocess
    import sys

    script = (
        "import resource, signal, sys\nfrom pathlib import Path\n"
        "from edge.convert import convert_hf_to_gguf\nfrom edge.errors import DiskFull\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))\n"
        "try:\n    convert_hf_to_gguf(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except DiskFull as full:\n    print(full.code, full.remedy)\n"
    )
    root = Path(__file__).resolve().parents[1]
    command = [sys.executable, "-c", script, str(folder), str(tmp_path / "m.gguf")]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=280, check=False)
    assert done.stdout.startswith("disk_full Make room"), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_while_quantising(tmp_path: Path) -> None:
    """The library's own write fails in the middle: an error, and nothing is left."""
    import subprocess
    import sys

    from test_ui_model import BUNDLED

    script = (
        "import resource, signal, sys\nfrom pathlib import Path\n"
        "from edge.errors import QuantizationFailed\nfrom edge.quantize import quantize\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))\n"
        "try:\n    quantize(Path(sys.argv[1]), Path(sys.argv[2]), 'q4_0', threads=1, again=True)\n"
        "except QuantizationFailed as failed:\n    print(failed.code, failed.remedy)\n"
    )
    root = Path(__file__).resolve().parents[1]
    command = [sys.executable, "-c", script, str(BUNDLED), str(tmp_path / "m.gguf")]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=280, check=False)
    assert done.stdout.startswith("quantization_failed Check the disk"), done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []
