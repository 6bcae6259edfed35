"""Export of the student: sentence-transformers' format, and one ONNX file with 8-bit weights for the box."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.embedder.onnx_graph import build_graph
from training.embedder.student import HEADS, PAD, batch_of, input_peaks
from training.embedder.vocabulary import Vocabulary
from training.embedder.words import Words, joined
from training.errors import ExportDiffers

MAX_TOKENS = 256
LANGUAGES = ("ja", "en")
LEAST_COSINE = 0.99
LEVELS = (0.7, 0.75, 0.8, 0.85, 0.9, 0.95)  # of build_graph; which is best differs from model to model
LEVEL_TEXTS = 80  # by which it is chosen


def export_sentence_transformers(student: Any, words: Words, vocabulary: Vocabulary, folder: Path) -> None:
    """A folder that ``SentenceTransformer(folder, trust_remote_code=True)`` loads: a BERT model over all tokens, mean
    pooling, unit length, and the static part, whose few lines of code lie beside the weights."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    from training.embedder.word_part import WordPart

    state = student.state_dict()
    table = state["embeddings.word_embeddings.weight"]
    config = BertConfig(
        vocab_size=len(vocabulary.rows),
        hidden_size=table.shape[1],
        num_hidden_layers=len(student.encoder["layer"]),
        num_attention_heads=HEADS,
        intermediate_size=state["encoder.layer.0.intermediate.dense.weight"].shape[0],
        max_position_embeddings=state["embeddings.position_embeddings.weight"].shape[0],
        type_vocab_size=1,
        pad_token_id=PAD,
        hidden_act="gelu",
        layer_norm_eps=1e-12,
    )
    model = BertModel(config, add_pooling_layer=False)
    full = dict(state)
    full["embeddings.word_embeddings.weight"] = table[torch.tensor(vocabulary.rows)]
    full["embeddings.token_type_embeddings.weight"] = torch.zeros(1, table.shape[1])
    missing, unexpected = model.load_state_dict(full, strict=False)
    if unexpected or [name for name in missing if "position_ids" not in name and "token_type_ids" not in name]:
        raise ValueError(f"The student does not fit a BERT model: missing {missing}, unexpected {unexpected}.")
    bare = folder / "transformer"
    model.save_pretrained(bare)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=vocabulary.tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]",
        sep_token="[SEP]", mask_token="[MASK]", model_max_length=MAX_TOKENS,
        model_input_names=["input_ids", "attention_mask"],
    )  # fmt: skip
    fast.save_pretrained(bare)
    part = Transformer(str(bare), max_seq_length=MAX_TOKENS)
    static = WordPart(torch.from_numpy(words.table), torch.from_numpy(words.rows), words.share)
    whole = SentenceTransformer(modules=[part, Pooling(table.shape[1]), Normalize(), static], device="cpu")
    whole.save(str(folder))
    shutil.rmtree(bare)
    shutil.copy(str(Path(__file__).with_name("word_part.py")), folder / "word_part.py")
    listed = folder / "modules.json"
    listed.write_text(listed.read_text("utf-8").replace(WordPart.__module__, "word_part"), "utf-8")


def export_onnx(
    student: Any, words: Words, vocabulary: Vocabulary, texts: Sequence[str], name: str, file: Path, late: Any = None
) -> dict[str, object]:
    """Write ``file`` (.onnx) and its tokenizer beside it (.tokenizer.json); how near its vectors are to the student's.

    ``late``: the head for late interaction, None for none. ``texts``: two or more samples; one half shows how large the
    channels get, the other measures. The file's metadata holds name, languages, max_tokens and tokenizer_sha256. Raises
    ExportDiffers where a vector is off.
    """
    import onnx

    tokenizer_file = file.with_suffix(".tokenizer.json")
    vocabulary.tokenizer.save(str(tokenizer_file), pretty=False)
    tokens = [token_ids(vocabulary, text) for text in texts]
    shown, measured = tokens[: len(tokens) // 2], tokens[len(tokens) // 2 :]
    peaks = input_peaks(student, [batch_of([words.rows[t]], PAD) for t in shown])
    state = {key: value.detach().float().numpy() for key, value in student.state_dict().items()}
    metadata = {
        "name": name,
        "languages": ",".join(LANGUAGES),
        "max_tokens": str(MAX_TOKENS),
        "tokenizer_sha256": hashlib.sha256(tokenizer_file.read_bytes()).hexdigest(),
    }
    head = None
    if late is not None:
        head = {key: value.detach().float().numpy() for key, value in late.state_dict().items()}
    nearness = {}
    for level in LEVELS:
        onnx.save(build_graph(state, words, metadata, peaks, head, level), str(file))
        nearness[level] = float(np.mean(_cosines(student, words, file, shown[:LEVEL_TEXTS])))
    best = max(nearness, key=lambda level: nearness[level])
    onnx.save(build_graph(state, words, metadata, peaks, head, best), str(file))
    cosines = _cosines(student, words, file, measured)
    report: dict[str, object] = {
        "bytes": file.stat().st_size,
        "least_cosine": round(min(cosines), 4),
        "mean_cosine": round(float(np.mean(cosines)), 4),
        "level": best,
    }
    if min(cosines) < LEAST_COSINE:
        raise ExportDiffers(f"A vector of {file} has a cosine of only {min(cosines):.4f} to the student's.")
    return report


def token_ids(vocabulary: Vocabulary, text: str) -> NDArray[np.int64]:
    """Token ids of a text with [CLS] and [SEP], at most MAX_TOKENS."""
    ids = vocabulary.tokenizer.encode(text).ids
    return np.array([*ids[: MAX_TOKENS - 1], ids[-1]] if len(ids) > MAX_TOKENS else ids, np.int64)


def _cosines(student: Any, words: Words, file: Path, texts: Sequence[NDArray[np.int64]]) -> list[float]:
    import onnxruntime  # type: ignore[import-untyped,unused-ignore]
    import torch

    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    found = []
    for ids in texts:
        given = {"input_ids": ids[None], "attention_mask": np.ones_like(ids[None])}
        vector = session.run(None, given)[0][0]
        with torch.no_grad():
            layers = student(*batch_of([words.rows[ids]], PAD))
            found.append(float(vector @ joined(layers, words, torch.from_numpy(ids)[None])[0].numpy()))
    return found
