"""Conversion: a Hugging Face folder becomes a .rkllm model for the RK3588, by rkllm-toolkit in its own environment."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from edge.errors import ConversionRefused, ModelMissing
from edge.rkllm.errors import ConversionBroke, DtypeRefused
from edge.rkllm.runner import check_context
from edge.rkllm.toolkit import check_toolkit, run_script, toolkit_versions
from edge.rkllm.words import BUNDLE, ModelWords

DTYPES = ("w8a8", "w8a8_g128", "w8a8_g256", "w8a8_g512")
CORES = 3  # of an RK3588's NPU
PLATFORM = "rk3588"
_STEPS = """\
# Written by andon model convert-rk3588; its arguments are in the JSON file that it is given.
import json
import sys

from rkllm.api import RKLLM

with open(sys.argv[1], encoding="utf-8") as file:
    given = json.load(file)
model = RKLLM()
for name in ("load_huggingface", "build", "export_rkllm"):
    print("step", name, flush=True)
    at, by_name = given[name]
    code = getattr(model, name)(*at, **by_name)
    if code != 0:
        print(name, "returned", code, flush=True)
        sys.exit(3)
"""


@dataclass(frozen=True, slots=True)
class Conversion:
    """What is converted, and how. ``source`` is a folder as transformers saves it, ``lora`` one of an adapter as peft
    does; ``calibration`` the file of edge.rkllm.calibration, None to go without (answers get worse). ``accurate``
    takes the toolkit's slower and more exact optimisation; ``hybrid`` in [0, 1) is the share of layers with grouped
    numbers. ``device`` is where the toolkit computes."""

    source: Path
    target: Path
    dtype: str = "w8a8"
    context_tokens: int = 4096
    calibration: Path | None = None
    lora: Path | None = None
    accurate: bool = True
    hybrid: float = 0.0
    device: Literal["cpu", "cuda"] = "cpu"


def check_conversion(asked: Conversion) -> ModelWords:
    """The model's tokenizer. Errors: DtypeRefused, ContextRefused, ConversionRefused, ModelMissing, ModelUnreadable."""
    if asked.dtype not in DTYPES:
        why = (
            "the RK3588's NPU does not compute with 4-bit weights (the RK3576 does)"
            if asked.dtype.startswith("w4")
            else f"the RK3588 takes {', '.join(DTYPES)}"
        )
        raise DtypeRefused(
            f"{asked.dtype} is not possible: {why}.",
            "Take w8a8; or run 4 bits on the board's big cores through llama.cpp: andon model convert, then "
            "andon model quantize --to Q4_0.",
        )
    check_context(asked.context_tokens)
    if not 0 <= asked.hybrid < 1:
        raise ConversionRefused(f"The share of grouped layers cannot be {asked.hybrid}.", "Give one from 0 up to 1.")
    if asked.target.suffix != ".rkllm":
        raise ConversionRefused(f"{asked.target} does not end in .rkllm.", "Name it NAME.rkllm, in its own folder.")
    for file in (asked.source / "config.json", *((asked.lora / "adapter_config.json",) if asked.lora else ())):
        if not file.is_file():
            raise ModelMissing(f"{file} is missing.", "Name the folder as transformers or peft saved it.")
    return ModelWords(asked.source)


def convert(asked: Conversion, python: Path, tell: Callable[[str], None] = lambda _: None) -> Path:
    """Converts, and returns ``asked.target`` with its tokenizer beside it. ``python`` is that of the toolkit's
    environment; ``tell`` gets each line that it says. The model appears whole or not at all. The file
    conversion.json beside it says what it was made of.

    Errors: those of check_conversion; ToolkitUnusable, ConversionBroke.
    """
    check_conversion(asked)
    versions = toolkit_versions(python)
    check_toolkit(versions)
    folder = asked.target.parent
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".converting-") as work:
        made = Path(work) / asked.target.name
        script, given = Path(work) / "convert.py", Path(work) / "convert.json"
        script.write_text(_STEPS, encoding="utf-8")
        given.write_text(json.dumps(arguments(asked, made), indent=1), encoding="utf-8")
        run_script(python, script, given, tell)
        if not made.is_file() or not made.stat().st_size:
            raise ConversionBroke("rkllm-toolkit says that it is done and has written nothing.", "Look at its words.")
        for name in BUNDLE:
            if (asked.source / name).is_file():
                shutil.copyfile(asked.source / name, folder / name)
        record = {"platform": PLATFORM, "versions": versions, "asked": {k: str(v) for k, v in asdict(asked).items()}}
        (folder / "conversion.json").write_text(json.dumps(record, indent=1, ensure_ascii=False), encoding="utf-8")
        made.replace(asked.target)
    return asked.target


def arguments(asked: Conversion, made: Path) -> dict[str, tuple[list[str], dict[str, Any]]]:
    """What each step of the toolkit is called with: by place, and by its documented names."""
    load = {
        "model": str(asked.source.resolve()),
        "model_lora": str(asked.lora.resolve()) if asked.lora else None,
        "device": asked.device,
        "dtype": "float32",
        "custom_config": None,
        "load_weight": True,
    }
    build = {
        "do_quantization": True,
        "optimization_level": 1 if asked.accurate else 0,
        "quantized_dtype": asked.dtype,
        "quantized_algorithm": "normal",
        "target_platform": PLATFORM,
        "num_npu_core": CORES,
        "extra_qparams": None,
        "dataset": str(asked.calibration.resolve()) if asked.calibration else None,
        "hybrid_rate": asked.hybrid,
        "max_context": asked.context_tokens,
    }
    return {"load_huggingface": ([], load), "build": ([], build), "export_rkllm": ([str(made)], {})}
