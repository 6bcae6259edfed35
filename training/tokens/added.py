"""Added terms: a base whose tokenizer knows the site's terms, refused where the box would cut a text otherwise.

Each new row, of the embedding and of the output layer, begins as the mean of the rows of the pieces that it stands for:
inside the hull of the old rows cleverer beginnings gain nothing (Mundra et al., 2024, arXiv 2407.05841).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edge.convert import write_vocabulary
from edge.token_parity import token_parity
from training.errors import ExportDiffers
from training.tokens.report import Cutter

ROUND_TO = 64  # rows of the embedding
PROBED = 4_000  # texts of the site that both tokenizers cut


def cutter_of(folder: Path) -> Cutter:
    """The tokenizer of a transformers folder."""
    from transformers import AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    return Cutter(
        lambda text: list(tokenizer(text, add_special_tokens=False)["input_ids"]),
        lambda ids: str(tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)),
        lambda one: str(tokenizer.convert_ids_to_tokens(one)),
    )


def add_terms(base: Path, terms: Sequence[str], folder: Path, probes: Sequence[str]) -> Path:
    """``base`` with a token for each of ``terms``, as a transformers folder at ``folder``; again only where it is not
    whole there. Raises ExportDiffers where llama.cpp would cut one of ``probes`` into other tokens."""
    import torch
    from tokenizers import AddedToken
    from transformers import AutoModelForCausalLM, AutoTokenizer

    if (folder / "config.json").is_file():
        return folder
    tokenizer: Any = AutoTokenizer.from_pretrained(base)
    pieces = [tokenizer(term, add_special_tokens=False)["input_ids"] for term in terms]
    first = len(tokenizer)
    tokenizer.add_tokens([AddedToken(term, normalized=False) for term in terms])
    model: Any = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    rows = max(len(tokenizer), model.get_input_embeddings().weight.shape[0])
    model.resize_token_embeddings(-(-rows // ROUND_TO) * ROUND_TO, mean_resizing=False)
    layers = [
        model.get_input_embeddings(),
        *([] if model.config.tie_word_embeddings else [model.get_output_embeddings()]),
    ]
    with torch.no_grad():
        for layer in layers:
            old = layer.weight[:first].clone()
            layer.weight[first:] = old.mean(0)
            for place, ids in enumerate(pieces):
                layer.weight[first + place] = old[ids].mean(0)
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    model.save_pretrained(part)
    tokenizer.save_pretrained(part)
    if (base / "tokenizer.model").is_file():
        shutil.copyfile(base / "tokenizer.model", part / "tokenizer.model")
    check_parity(part, probes)
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)
    return folder


def check_parity(folder: Path, probes: Sequence[str]) -> None:
    """Raises ExportDiffers where llama.cpp cuts a text into other tokens than the tokenizer in ``folder`` does, be it
    only beside an added term."""
    with tempfile.TemporaryDirectory() as name:
        vocabulary = write_vocabulary(folder, Path(name) / "vocabulary.gguf")
        found = token_parity(folder, vocabulary, [text.strip() for text in spread(probes, PROBED)])
    other = (*found.different, *found.at_edges)
    if other or not found.by:
        raise ExportDiffers(
            f"The box would cut {len(other)} of {found.checked} texts of the site into other tokens, such as "
            f"{(*other, '')[0][:60]!r}.",
            "Leave the tokenizer as it is: tokenizer.added_terms = 0 in the recipe.",
        )


def spread(texts: Sequence[str], most: int) -> list[str]:
    """At most ``most`` of ``texts``, evenly from the whole."""
    step = max(1.0, len(texts) / most)
    return [texts[int(n * step)] for n in range(min(most, len(texts)))]
