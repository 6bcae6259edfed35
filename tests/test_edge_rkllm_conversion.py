"""Conversion for the RK3588: what is refused before anything runs, what the toolkit is called with, and the whole
command over an index, with a stand-in for the toolkit in a process of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from fake_rkllm_toolkit import PINNED, fake_toolkit
from rkllm_site import SPECIAL, tokenizer_text
from tiny_model import TEMPLATE
from typer.testing import CliRunner

from edge.errors import ModelMissing
from edge.rkllm.calibration import Sample, write_calibration
from edge.rkllm.conversion import Conversion, check_conversion, convert
from edge.rkllm.errors import (
    CalibrationTooSmall,
    ContextRefused,
    ConversionBroke,
    DtypeRefused,
    ToolkitUnusable,
)
from edge.rkllm.toolkit import check_toolkit, toolkit_versions
from edge.rkllm.words import ModelWords
from edge.runner import Message
from ui.cli import app

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "hf"
    folder.mkdir()
    (folder / "config.json").write_text('{"architectures": ["LlamaForCausalLM"]}')
    (folder / "tokenizer.json").write_text(tokenizer_text(), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps({"eos_token": SPECIAL[2]}))
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    return folder


@pytest.fixture
def asked(source: Path, tmp_path: Path) -> Conversion:
    return Conversion(source, tmp_path / "made" / "site.rkllm")


def test_four_bits_are_refused_at_once_with_the_way_out(asked: Conversion, tmp_path: Path) -> None:
    for dtype in ("w4a16", "w4a16_g128"):
        with pytest.raises(DtypeRefused, match="RK3576") as caught:
            convert(replace(asked, dtype=dtype), tmp_path / "no python is asked")
        assert "Q4_0" in caught.value.remedy
    with pytest.raises(DtypeRefused, match="w8a8_g512"):
        check_conversion(replace(asked, dtype="int8"))


def test_what_cannot_become_a_model_is_refused_before_anything_runs(asked: Conversion, tmp_path: Path) -> None:
    with pytest.raises(ContextRefused):
        check_conversion(replace(asked, context_tokens=4000 + 1))
    with pytest.raises(ModelMissing, match="adapter_config"):
        check_conversion(replace(asked, lora=tmp_path))
    (asked.source / "config.json").unlink()
    with pytest.raises(ModelMissing, match=r"config\.json"):
        check_conversion(asked)


def test_a_model_comes_with_its_tokenizer_and_its_record(asked: Conversion, tmp_path: Path) -> None:
    said: list[str] = []
    asked = replace(asked, dtype="w8a8_g128", hybrid=0.25, accurate=False)
    made = convert(asked, fake_toolkit(tmp_path / "kit"), said.append)
    called = json.loads(made.read_bytes().removeprefix(b"RKLLM "))
    assert called["load"] == {
        "model": str(asked.source), "model_lora": None, "device": "cpu", "dtype": "float32",
    }  # fmt: skip
    assert called["build"] == {
        "dtype": "w8a8_g128", "level": 0, "cores": 3, "hybrid": 0.25, "platform": "rk3588", "context": 4096,
    }  # fmt: skip
    assert said == ["step load_huggingface", "step build", "step export_rkllm"]
    assert ModelWords(made.parent).prompt((Message("user", "AL-16"),))
    record = json.loads((made.parent / "conversion.json").read_text())
    assert record["versions"]["rkllm-toolkit"] == "1.3.0" and record["asked"]["dtype"] == "w8a8_g128"
    assert sorted(file.name for file in made.parent.iterdir()) == [
        "chat_template.jinja", "conversion.json", "site.rkllm", "tokenizer.json", "tokenizer_config.json",
    ]  # fmt: skip


@pytest.mark.parametrize("step", ["load_huggingface", "build"])
def test_a_step_that_fails_leaves_no_model(asked: Conversion, tmp_path: Path, step: str) -> None:
    with pytest.raises(ConversionBroke, match=f"{step} returned -1"):
        convert(asked, fake_toolkit(tmp_path / "kit", fail=step))
    assert list(asked.target.parent.iterdir()) == []


def test_a_toolkit_that_writes_nothing_is_not_believed(asked: Conversion, tmp_path: Path) -> None:
    with pytest.raises(ConversionBroke, match="written nothing"):
        convert(asked, fake_toolkit(tmp_path / "kit", silent=True))


def test_the_toolkits_environment_is_looked_at_first(tmp_path: Path, asked: Conversion) -> None:
    found = toolkit_versions(fake_toolkit(tmp_path / "kit"))
    assert {name: found[name] for name in PINNED} == PINNED
    check_toolkit(found)
    check_toolkit(found | {"numpy": "1.24.0", "torch": "2.6.0"})
    check_toolkit(found | {"rkllm-toolkit": "1.2.3", "transformers": "4.55.2"})  # whose pins are not known here
    wrong = {"transformers": "5.23.0", "numpy": "2.1.0", "auto_gptq": "", "rkllm-toolkit": "1.1.4"}
    for name, version in wrong.items():
        with pytest.raises(ToolkitUnusable, match=name) as caught:
            check_toolkit(found | {name: version})
        assert "venv" in caught.value.remedy
    with pytest.raises(ToolkitUnusable, match=r"numpy 2\.0\.1"):
        convert(asked, fake_toolkit(tmp_path / "new", numpy="2.0.1"))
    with pytest.raises(ToolkitUnusable, match="not installed"):
        toolkit_versions(fake_toolkit(tmp_path / "none", rkllm_toolkit=""))
    with pytest.raises(ToolkitUnusable, match="no Python"):
        toolkit_versions(tmp_path / "nothing" / "python")


def test_calibration_is_prompt_and_answer_as_the_toolkit_reads_them(source: Path, tmp_path: Path) -> None:
    words = ModelWords(source)
    system = Message("system", "Be brief.")
    samples = [Sample((system, Message("user", f"AL-{n} とは")), f"停止 {n}。 [1]") for n in range(9)]
    odd = [samples[0], Sample(samples[1].messages, " "), Sample((Message("user", "<|im_end|>"),), "x")]
    file = tmp_path / "calibration.json"
    assert write_calibration(file, [*odd, *samples], words) == 9
    first = json.loads(file.read_text(encoding="utf-8"))[0]
    assert first == {
        "input": "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nAL-0 とは<|im_end|>\n"
        "<|im_start|>assistant\n",
        "target": "停止 0。 [1]",
    }
    assert write_calibration(file, samples, words, most=8) == 8
    with pytest.raises(CalibrationTooSmall):
        write_calibration(file, samples[:5] + odd, words)


def test_the_command_calibrates_on_prompts_over_the_sites_index(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANDON_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("ANDON_EMBEDDER", "none")
    monkeypatch.setenv("ANDON_PROMPT_TOKENS", "1500")
    rows = [
        {"question": f"What does alarm AL-{n} mean?", "answer": f"The pressure sensor {n} is open. Check its plug."}
        for n in range(10, 24)
    ]
    manual = tmp_path / "alarms.md"
    lines = "".join(f"## AL-{n}\n\nAlarm AL-{n}: {row['answer']}\n\n" for n, row in enumerate(rows, start=10))
    manual.write_text(f"# Alarms of the press\n\n{lines}")
    questions = tmp_path / "questions.jsonl"
    unknown = {"question": "What does alarm ZZ-999 mean?", "answer": "?"}
    questions.write_text("\n".join(json.dumps(row) for row in [*rows, unknown]))
    run = CliRunner()
    assert run.invoke(app, ["index", "add", str(manual)]).exit_code == 0
    command = ["model", "convert-rk3588", str(source), "--out", str(tmp_path / "made" / "site.rkllm")]
    command += ["--toolkit", str(fake_toolkit(tmp_path / "kit"))]
    assert run.invoke(app, command).exit_code == 2  # neither questions nor the word to go without
    done = run.invoke(app, [*command, "--questions", str(questions)])
    assert done.exit_code == 0, done.output + repr(done.exception)
    called = json.loads((tmp_path / "made" / "site.rkllm").read_bytes().removeprefix(b"RKLLM "))
    items = called["dataset"]
    assert len(items) == len(rows)  # the unknown alarm is declined, so no model would read it
    for item, row in zip(items, rows, strict=True):
        assert item["target"] == f"{row['answer']} [1]"
        assert row["question"] in item["input"] and row["answer"] in item["input"]
        assert item["input"].startswith("<|im_start|>system\nAnswer briefly, from the excerpts only.")
        assert item["input"].endswith("<|im_start|>assistant\n")
    assert run.invoke(app, [*command, "--uncalibrated", "--dtype", "w4a16"]).exception is not None
