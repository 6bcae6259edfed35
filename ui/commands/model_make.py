"""andon model convert, quantize: model files made from others, each held against what it was made from."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, cast

import typer

from ui.sizes import bytes_text
from ui.terminal import AsJson, print_json, reader_lang, tell
from ui.wording import say

if TYPE_CHECKING:
    from assistant.evaluation.model_match import ModelMatch


class DtypeName(str, Enum):
    f16 = "f16"
    bf16 = "bf16"
    f32 = "f32"


def convert(
    folder: Annotated[Path, typer.Argument(help="A folder as save_pretrained of transformers writes it.")],
    out: Annotated[Path | None, typer.Option("--out", help="Where to write; beside the folder where left out.")] = None,
    dtype: Annotated[DtypeName, typer.Option(help="Numbers of the matrices.")] = DtypeName.f16,
    name: Annotated[str, typer.Option(help="The model's name in the file.")] = "",
    licence: Annotated[str, typer.Option(help="Its licence; the one of its README.md where left out.")] = "",
    match: Annotated[bool, typer.Option(help="Ask an exact copy (F32) and the file the same questions.")] = True,
) -> None:
    """Convert a Llama-like model of Hugging Face to GGUF, and hold the result against it.

    The file appears only when it splits all probe texts into the same tokens and, where transformers is installed,
    computes the same. What could not be checked is said.
    """
    from edge.convert_checked import convert_checked
    from training.gguf_parity import logit_parity

    target = out or folder.resolve().with_name(f"{folder.resolve().name}.{dtype.value}.gguf")
    found = convert_checked(folder, target, dtype.value, name=name, licence=licence, logits=logit_parity)
    tell("model.converted", path=target, size=bytes_text(target.stat().st_size))
    if found.tokens.by:
        tell("model.tokens_same", checked=found.tokens.checked, by=found.tokens.by)
        if found.tokens.at_edges:
            tell("model.tokens_edges", count=len(found.tokens.at_edges))
    else:
        tell("model.tokens_unchecked")
    if found.logits is None:
        tell("model.logits_unchecked")
    else:
        tell(
            "model.logits_same", positions=found.logits.positions, most=f"{found.logits.most_difference:.2g}",
            same=f"{found.logits.same_token * 100:.1f}",
        )  # fmt: skip
    if match and dtype != DtypeName.f32:
        _match_exact(folder, target)


def _match_exact(folder: Path, target: Path) -> None:
    """Holds ``target`` against the same model in F32, which is made beside it for that and removed."""
    from assistant.evaluation.model_match import match_models
    from edge.convert import convert_hf_to_gguf
    from edge.errors import DiskFull
    from edge.gguf_file import read_gguf

    if "tokenizer.chat_template" not in read_gguf(target).keys:
        tell("model.match_no_template")
        return
    with TemporaryDirectory(prefix=".match-", dir=target.parent) as beside:
        try:
            exact = convert_hf_to_gguf(folder, Path(beside) / "exact.gguf", "f32")
        except DiskFull as full:
            tell("model.match_no_room", reason=full.message)
            return
        show_match(match_models(exact, target, report=_asked))


def quantize(
    file: Annotated[Path, typer.Argument(help="A GGUF file in F32, F16 or BF16.")],
    to: Annotated[
        str, typer.Option("--to", help="Q4_K_M, Q5_K_M, Q6_K, Q8_0, Q4_0, Q5_0, IQ4_NL or IQ4_XS.")
    ] = "Q4_K_M",
    out: Annotated[Path | None, typer.Option("--out", help="Where to write; beside the source where left out.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Take a source that is quantised already, too.")] = False,
    threads: Annotated[int, typer.Option(help="Processors to use; 0 takes all.")] = 0,
    dry: Annotated[bool, typer.Option("--dry-run", help="Only say how large it will be.")] = False,
    match: Annotated[bool, typer.Option(help="Ask both files the same questions afterwards.")] = True,
) -> None:
    """Make a smaller GGUF file. Its size is told and the disk looked at before anything is written.

    Afterwards both files answer the same questions, so that a quantisation that hurts is seen (andon model match).
    """
    from assistant.evaluation.model_match import match_models
    from edge.gguf_file import read_gguf
    from edge.quantize import Ftype, forecast_bytes
    from edge.quantize import quantize as make

    ftype = cast(Ftype, to.lower())
    before = file.stat().st_size if file.is_file() else 0
    forecast = forecast_bytes(file, ftype)
    tell("model.forecast", type=to.upper(), after=bytes_text(forecast), before=bytes_text(before))
    if dry:
        return
    target = out or file.with_name(f"{_stem(file)}.{to.lower()}.gguf")
    make(file, target, ftype, threads=threads or None, again=again)
    tell("model.quantized", path=target, after=bytes_text(target.stat().st_size), before=bytes_text(before))
    if not match:
        return
    if "tokenizer.chat_template" not in read_gguf(target).keys:
        tell("model.match_no_template")
        return
    show_match(match_models(file, target, threads=threads or None, report=_asked))


def match(
    before: Annotated[Path, typer.Argument(help="The file that the other was made from.")],
    after: Annotated[Path, typer.Argument(help="The file made of it.")],
    threads: Annotated[int, typer.Option(help="Processors to use; 0 takes all that help.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Ask two model files the same 24 questions and hold their answers, and how probable they find the same texts,
    against each other."""
    from assistant.evaluation.model_match import match_models

    found = match_models(before, after, threads=threads or None, report=_asked)
    if as_json:
        print_json(found.as_json() | {"different": [list(one) for one in found.different]})
    else:
        show_match(found)


def show_match(found: ModelMatch) -> None:
    """The table, and the warning where the new file is worse than it should be."""
    lang = reader_lang()
    tell("model.match_head")
    for row in found.rows:
        name = row.lang or say("model.match_all", lang)
        print(f"  {name:<4} {row.questions:>4} {row.same * 100:>7.1f} % {row.alike * 100:>7.1f} %")
    tell(
        "model.match_texts", before=f"{found.perplexity_before:.3f}", after=f"{found.perplexity_after:.3f}",
        rise=f"{found.perplexity_rise * 100:+.2f}", change=f"{found.mean_change:+.4f}",
        same=f"{found.same_token * 100:.1f}",
    )  # fmt: skip
    tell("model.match_hurts" if found.hurts else "model.match_fine")


def _asked(done: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\r\x1b[K" if done == total else ""
        print(f"\r\x1b[K{say('model.match_asking', reader_lang(), done=done, total=total)}", end=end, file=sys.stderr)


def _stem(file: Path) -> str:
    """The file's name without its kind of numbers: "qwen.f16.gguf" -> "qwen"."""
    stem = file.stem
    for mark in ("f16", "f32", "bf16"):
        for joint in (".", "-", "_"):
            if stem.lower().endswith(joint + mark):
                return stem[: -len(mark) - 1]
    return stem
