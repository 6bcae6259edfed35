"""andon model convert-rk3588: a model for the NPU of an RK3588, calibrated on the site's own questions."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.sizes import bytes_text
from ui.terminal import settings_with, tell

if TYPE_CHECKING:
    from edge.rkllm.conversion import Conversion


def convert_rk3588(
    folder: Annotated[Path, typer.Argument(help="A folder as save_pretrained of transformers writes it.")],
    toolkit: Annotated[Path, typer.Option("--toolkit", help="Python of rkllm-toolkit's own environment.")],
    out: Annotated[Path, typer.Option("--out", help="NAME.rkllm, in a folder of its own.")],
    questions: Annotated[
        Path | None,
        typer.Option("--questions", help="Questions with answers (.jsonl, .csv, .tsv, .xlsx) to calibrate on."),
    ] = None,
    uncalibrated: Annotated[bool, typer.Option("--uncalibrated", help="Go without questions; worse answers.")] = False,
    dtype: Annotated[str, typer.Option("--dtype", help="w8a8, w8a8_g128, w8a8_g256 or w8a8_g512.")] = "w8a8",
    context: Annotated[int, typer.Option("--max-context", help="Longest context; a multiple of 32.")] = 4096,
    lora: Annotated[Path | None, typer.Option("--lora", help="Folder of a LoRA adapter, as peft saves it.")] = None,
    fast: Annotated[bool, typer.Option("--fast", help="The toolkit's faster, less exact optimisation.")] = False,
    hybrid: Annotated[float, typer.Option("--hybrid", help="Share of layers with grouped numbers, 0 to 1.")] = 0.0,
    cuda: Annotated[bool, typer.Option("--cuda", help="Compute on a GPU.")] = False,
    data: Annotated[Path | None, typer.Option("--data", help="Data folder whose index answers them.")] = None,
) -> None:
    """Convert a model for the NPU of an RK3588 (ROCK 5B), on an x86-64 machine with rkllm-toolkit.

    The questions are put to this site's index, so that the ranges of numbers are measured on prompts as the model will
    read them. 4-bit weights (w4a16) are not possible on this chip.
    """
    from edge.rkllm.conversion import Conversion, check_conversion, convert

    asked = Conversion(
        folder, out, dtype, context, lora=lora, accurate=not fast, hybrid=hybrid, device="cuda" if cuda else "cpu"
    )
    check_conversion(asked)
    if questions is None and not uncalibrated:
        raise typer.BadParameter("Give --questions FILE, or --uncalibrated to go without.", param_hint="--questions")
    with tempfile.TemporaryDirectory(prefix="andon-calibration-") as work:
        if questions is not None:
            asked = _calibrated(asked, questions, Path(work) / "calibration.json", data)
        made = convert(asked, toolkit, lambda line: typer.echo(f"  {line}", err=True))
    tell("npu.converted", path=made, size=bytes_text(made.stat().st_size))


def _calibrated(asked: Conversion, questions: Path, file: Path, data: Path | None) -> Conversion:
    """``asked`` with prompts over this site's index in ``file``."""
    from dataclasses import replace

    from assistant.build import ask_options, open_library
    from assistant.calibration import calibration_samples
    from edge.rkllm.calibration import write_calibration
    from edge.rkllm.words import ModelWords

    settings, words = settings_with(data=data), ModelWords(asked.source)
    library = open_library(settings)
    try:
        samples = calibration_samples(
            library, questions, ask_options(settings), min(asked.context_tokens, settings.context_tokens), words.count
        )
        count = write_calibration(file, samples, words)
    finally:
        library.close()
    tell("npu.calibrated", count=count, name=questions.name)
    return replace(asked, calibration=file)
