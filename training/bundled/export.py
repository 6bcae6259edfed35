"""Export: a checkpoint becomes a transformers folder with its tokenizer, then the GGUF file that a box runs."""

from __future__ import annotations

import shutil
from pathlib import Path

from edge.convert import convert_hf_to_gguf
from edge.quantize import quantize
from training.bundled.model import load_model
from training.bundled.recipe import Recipe
from training.provenance import sha256_of

LICENCE = "apache-2.0"


def export_model(recipe: Recipe, checkpoint: Path) -> dict[str, object]:
    """Write ``hf/`` and the Q8_0 GGUF file into the run's folder and, where the recipe names one, to its
    ``model_file``. The report has the file's name, size in bytes and SHA-256."""
    folder = recipe.out / "hf"
    save_transformers_folder(checkpoint, recipe.out / "tokenizer", folder)
    small = recipe.out / f"{recipe.name}.q8_0.gguf"
    make_gguf(folder, small, recipe.name)
    if recipe.model_file is not None:
        recipe.model_file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(small, recipe.model_file)
    return {"file": small.name, "bytes": small.stat().st_size, "sha256": sha256_of(small)}


def save_transformers_folder(checkpoint: Path, tokenizer: Path, folder: Path) -> None:
    """The model of ``checkpoint`` and the tokenizer in one folder, as transformers reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    load_model(checkpoint).save_pretrained(folder)
    for name in ("tokenizer.model", "tokenizer_config.json"):
        shutil.copyfile(tokenizer / name, folder / name)


def make_gguf(folder: Path, target: Path, name: str) -> None:
    """``folder`` as a Q8_0 GGUF file. The F16 file in between is removed."""
    full = target.with_name(f"{target.stem}.f16.gguf")
    convert_hf_to_gguf(folder, full, "f16", name=name, licence=LICENCE)
    quantize(full, target, "q8_0")
    full.unlink()
