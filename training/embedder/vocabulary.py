"""The bilingual vocabulary: the teacher's English word pieces as they are, Japanese pieces beside them."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
JA_RUN = "[一-鿿㐀-䶿々〆ヶ]+[ぁ-ゖゝゞ]*|[ァ-ヺー]+|[ぁ-ゖゝゞ]+"
"""What is cut into pieces as one: kanji with the endings after them, katakana, hiragana."""

# the teacher's words have no accents; NFKC keeps them, and stripping marks would take the voicing off kana
_ACCENTS = {c: unicodedata.normalize("NFD", c)[0] for c in map(chr, range(0xE0, 0x180)) if unicodedata.decomposition(c)}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """``tokenizer`` is a tokenizers.Tokenizer. Token ``i`` has the row ``rows[i]`` of the trained tables: a Japanese
    piece has one row, whether it stands first in its run or later. ``teacher[row]`` is the teacher's token id, -1 for
    Japanese pieces."""

    tokenizer: Any
    rows: list[int]
    teacher: list[int]


def build_vocabulary(texts: Iterable[str], teacher_file: Path, pieces: int, threads: int = 2) -> Vocabulary:
    """Train ``pieces`` Japanese pieces on ``texts`` and put them beside the teacher's pieces of Latin script.

    ``teacher_file`` is the teacher's tokenizer.json (WordPiece). Every kanji of JIS X 0208 is a piece, so that rare
    names stay apart.
    """
    from tokenizers import Tokenizer

    old: dict[str, int] = json.loads(teacher_file.read_text("utf-8"))["model"]["vocab"]
    kept = [t for t in sorted(old, key=lambda t: old[t]) if t in SPECIAL or is_latin(t)]
    kept.sort(key=lambda t: SPECIAL.index(t) if t in SPECIAL else len(SPECIAL))
    japanese = _japanese_pieces(texts, pieces, threads)
    vocab: dict[str, int] = {}
    rows: list[int] = []
    teacher: list[int] = []
    for token in kept:
        vocab[token] = len(vocab)
        rows.append(len(teacher))
        teacher.append(old[token])
    for piece in japanese:
        for token in (piece, f"##{piece}"):
            if token not in vocab:
                vocab[token] = len(vocab)
                rows.append(len(teacher))
        teacher.append(-1)
    return Vocabulary(Tokenizer.from_str(json.dumps(_definition(vocab))), rows, teacher)


def is_latin(token: str) -> bool:
    """Whether a token of the teacher's is kept: a piece of Latin script, a number or a sign."""
    bare = token.removeprefix("##")
    return not token.startswith("[unused") and all(ord(c) < 0x250 or c in "–—‘’“”…°µΩ·×÷±≤≥→←↑↓€²³" for c in bare)


def _japanese_pieces(texts: Iterable[str], count: int, threads: int) -> list[str]:
    """Pieces with their single characters first; Unigram finds them, so that they are words rather than merges."""
    import os

    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

    os.environ["RAYON_NUM_THREADS"] = str(threads)
    finder = Tokenizer(models.Unigram())
    finder.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    finder.pre_tokenizer = pre_tokenizers.Split(Regex(JA_RUN), behavior="removed", invert=True)
    trainer = trainers.UnigramTrainer(vocab_size=count, unk_token="<unk>", special_tokens=["<unk>"], max_piece_length=8)
    finder.train_from_iterator(texts, trainer)
    vocab: dict[str, int] = finder.get_vocab()
    found = sorted(vocab, key=lambda t: vocab[t])
    return list(dict.fromkeys([*_jis_characters(), *(t for t in found if t != "<unk>" and not t.isascii())]))


def _jis_characters() -> Sequence[str]:
    """Kana and the kanji of JIS X 0208, in the order of the standard."""
    kana = [chr(c) for c in (*range(0x3041, 0x3097), *range(0x30A1, 0x30FB), 0x30FC, 0x3005, 0x3006, 0x309D, 0x309E)]
    kanji = []
    for high in range(0xB0, 0xF5):
        for low in range(0xA1, 0xFF):
            try:
                kanji.append(bytes([high, low]).decode("euc_jp"))
            except UnicodeDecodeError:
                continue
    return [*kana, "、", "。", "「", "」", "・", *kanji]


def _definition(vocab: dict[str, int]) -> dict[str, Any]:
    """tokenizer.json: the teacher's pipeline, plus NFKC in front and Japanese runs of their own."""
    accents = [{"type": "Replace", "pattern": {"String": a}, "content": b} for a, b in _ACCENTS.items()]
    cls, sep = vocab["[CLS]"], vocab["[SEP]"]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": vocab[t],
                "content": t,
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": True,
            }
            for t in SPECIAL
        ],
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"}, *accents]},
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "BertPreTokenizer"},
                {"type": "Split", "pattern": {"Regex": JA_RUN}, "behavior": "Isolated", "invert": False},
            ],
        },
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
            ],
            "pair": [
                {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
                {"Sequence": {"id": "B", "type_id": 1}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 1}},
            ],
            "special_tokens": {
                "[CLS]": {"id": "[CLS]", "ids": [cls], "tokens": ["[CLS]"]},
                "[SEP]": {"id": "[SEP]", "ids": [sep], "tokens": ["[SEP]"]},
            },
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": vocab,
        },
    }
