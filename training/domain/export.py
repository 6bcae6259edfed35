"""Export: the released row as a GGUF file that a box runs, and proof that it says what the trained model says."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from edge.convert import convert_hf_to_gguf, licence_of
from edge.llama.runner import LlamaCppRunner
from edge.options import EdgeOptions
from edge.quantize import Ftype, quantize
from edge.runner import Message
from training.domain.marks import without_marks
from training.domain.recipe import DomainRecipe
from training.domain.scoring import score
from training.errors import ExportDiffers
from training.provenance import sha256_of
from training.two_choice.items import Item

LICENCE = "apache-2.0"  # of the bundled model
PROBED = 200  # questions whose token ids are compared
ALIKE = 0.95  # of the verdicts; below it the quantisation has hurt


def export(recipe: DomainRecipe, folder: Path, items: Sequence[Item]) -> dict[str, Any]:
    """``folder`` as ``out``/NAME.QUANT.gguf and, where the recipe names one, as ``model_file``. Raises ExportDiffers
    where the box would read a question as other tokens than training did, or where the verdicts of the file on the
    two-choice items differ from the model's."""
    full, small = recipe.out / f"{recipe.name}.f16.gguf", recipe.out / f"{recipe.name}.{recipe.quantize}.gguf"
    licence = recipe.licence or (LICENCE if recipe.base is None else licence_of(recipe.base))
    convert_hf_to_gguf(folder, full, "f16", name=recipe.name, licence=licence)
    quantize(full, small, cast(Ftype, recipe.quantize))
    full.unlink()
    _check_ids(folder, small, items[:PROBED])
    same = same_verdicts(folder, small, items[:PROBED], recipe.out / "exported")
    if same < ALIKE:
        raise ExportDiffers(
            f"{small.name} gives another verdict than the trained model on {100 * (1 - same):.1f} % of the items.",
            "Quantise less: quantize = 'q8_0' in the recipe.",
        )
    if recipe.model_file is not None:
        recipe.model_file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(small, recipe.model_file)
    return {
        "file": small.name,
        "bytes": small.stat().st_size,
        "sha256": sha256_of(small),
        "same_verdicts": round(same, 4),
    }


def _check_ids(folder: Path, model: Path, items: Sequence[Item]) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    runner = LlamaCppRunner(EdgeOptions(model))
    try:
        for item in items:
            asked = without_marks(item.question)
            rendered = tokenizer.apply_chat_template(
                [{"role": "user", "content": asked}], add_generation_prompt=True, tokenize=False
            )
            theirs = tokenizer(rendered, add_special_tokens=False)["input_ids"]
            if runner.prompt_tokens([Message("user", asked)]) != theirs:
                raise ExportDiffers(f"The box reads {asked[:60]!r} as other tokens than training did.")
    finally:
        runner.close()


def same_verdicts(folder: Path, model: Path, items: Sequence[Item], unpacked: Path) -> float:
    """The share of ``items`` on which the quantised weights choose as the trained ones do. The file is unpacked and
    scored by the same program, so what is compared are the weights alone; that llama.cpp computes with them what
    transformers does is the parity test's part (tests/test_edge_convert.py)."""
    from training.domain.base import open_base

    shutil.rmtree(unpacked, ignore_errors=True)
    ours, theirs = score(folder, items), score(open_base(model, unpacked, folder), items)
    shutil.rmtree(unpacked, ignore_errors=True)
    return sum(a.right == b.right for a, b in zip(ours, theirs, strict=True)) / max(1, len(items))
