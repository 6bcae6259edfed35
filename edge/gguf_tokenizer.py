"""Vocabulary: a Hugging Face folder's tokenizer in the terms of GGUF, faithful or refused.

Three kinds are understood: a SentencePiece BPE model (tokenizer.model), the same written as tokenizer.json with
byte_fallback (transformers 5 saves only that), and byte-level BPE (tokenizer.json). llama.cpp merges SentencePiece
pieces by score; where there are only merges, a token's score is minus the rank of the first merge that makes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from edge.errors import ConversionRefused, FolderIncomplete, TokenizerUnknown
from edge.llama_shape import read_json
from edge.sentencepiece_file import BPE, read_sentencepiece
from edge.tokenizer_flags import Added, TokenizerFlags, read_added, read_flags, token_text

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = 1, 2, 3, 4, 5, 6
_ADDED_SCORE = -1000.0
GPT2_REGEX = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3_REGEX = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """``tokens``, ``scores`` and ``types`` run in parallel over the ids; ``merges`` ("left right") only for "gpt2".
    ``special_ids`` holds bos, eos, unk, pad where they exist; ``flags`` what is added around a text."""

    model: Literal["llama", "gpt2"]
    pre: str
    tokens: tuple[str, ...]
    scores: tuple[float, ...]
    types: tuple[int, ...]
    flags: TokenizerFlags
    merges: tuple[str, ...] = ()
    special_ids: dict[str, int] = field(default_factory=dict)


def read_vocabulary(folder: Path, size: int) -> Vocabulary:
    """The tokenizer in ``folder``, padded with unused tokens to ``size`` ids.

    Errors: FolderIncomplete without tokenizer files; ConversionRefused where llama.cpp would split text differently.
    """
    config = read_json(folder / "tokenizer_config.json") if (folder / "tokenizer_config.json").is_file() else {}
    table = read_json(folder / "tokenizer.json") if (folder / "tokenizer.json").is_file() else {}
    if (folder / "tokenizer.model").is_file():
        found = _from_sentencepiece(folder / "tokenizer.model", config, table)
    elif table:
        _refuse_other_tables(table)
        byte_level = not table["model"].get("byte_fallback")
        found = _from_byte_level(config, table) if byte_level else _from_ranked_pieces(config, table)
    else:
        raise FolderIncomplete(
            f"{folder} has neither tokenizer.model nor tokenizer.json.", "Save the tokenizer there too."
        )
    return _finish(_with_added(found, read_added(config, table, folder)), config, folder, size)


def _from_sentencepiece(path: Path, config: dict[str, Any], table: dict[str, Any]) -> Vocabulary:
    found = read_sentencepiece(path)
    if found.model_type != BPE:
        raise TokenizerUnknown(
            f"{path} is a SentencePiece model, but not of type BPE.",
            "llama.cpp would only approximate it; train a tokenizer with model_type='bpe' and byte_fallback=True.",
        )
    if not found.byte_fallback:
        raise TokenizerUnknown(f"{path} has no byte fallback.", "Train the tokenizer with byte_fallback=True.")
    if found.normalises:
        raise TokenizerUnknown(
            f"{path} normalises text ({found.normalises}); llama.cpp does not and would split full-width text "
            "differently.",
            "Train the tokenizer with normalization_rule_name='identity'.",
        )
    known = table.get("model", {}).get("vocab", {})
    if any(known.get(token, i) != i for i, token in enumerate(found.tokens)):
        raise ConversionRefused(
            f"{path} and tokenizer.json beside it number their tokens differently.", "Remove the one that is stale."
        )
    return Vocabulary(
        model="llama",
        pre="default",
        tokens=found.tokens,
        scores=found.scores,
        types=found.types,
        flags=read_flags(config, table, space_prefix=found.dummy_prefix, bos=True),
    )


def _from_ranked_pieces(config: dict[str, Any], table: dict[str, Any]) -> Vocabulary:
    tokens = _in_order(table["model"]["vocab"])
    rank: dict[str, int] = {}
    for n, (left, right) in enumerate(_pairs(table["model"]["merges"])):
        rank.setdefault(left + right, n)
    unknown = table["model"].get("unk_token") or token_text(config.get("unk_token")) or "<unk>"
    return Vocabulary(
        model="llama",
        pre="default",
        tokens=tokens,
        # a piece that no merge makes is never built from others: single characters need no score, the rest come last
        scores=tuple(-float(rank[t]) if t in rank else (0.0 if len(t) == 1 else _ADDED_SCORE * 1e6) for t in tokens),
        types=tuple(UNKNOWN if t == unknown else BYTE if _is_byte(t) else NORMAL for t in tokens),
        flags=read_flags(config, table, space_prefix=False, bos=False),
    )


def _from_byte_level(config: dict[str, Any], table: dict[str, Any]) -> Vocabulary:
    tokens = _in_order(table["model"]["vocab"])
    return Vocabulary(
        model="gpt2",
        pre=_pre_of(table),
        tokens=tokens,
        scores=(),
        types=(NORMAL,) * len(tokens),
        flags=read_flags(config, table, space_prefix=False, bos=False),
        merges=tuple(f"{left} {right}" for left, right in _pairs(table["model"]["merges"])),
    )


def _refuse_other_tables(table: dict[str, Any]) -> None:
    model = table.get("model", {})
    reason = ""
    if model.get("type", "BPE") != "BPE":
        reason = f"it is a {model.get('type')} tokenizer; llama.cpp would only approximate it"
    elif model.get("byte_fallback"):
        reason = _why_not_sentencepiece(table)
    elif table.get("normalizer"):
        reason = f"it normalises text ({table['normalizer'].get('type')}), which llama.cpp does not"
    if reason:
        raise TokenizerUnknown(
            f"tokenizer.json cannot be converted: {reason}.",
            "Use byte-level BPE without normaliser, or SentencePiece BPE with byte_fallback and no normalisation.",
        )


def _why_not_sentencepiece(table: dict[str, Any]) -> str:
    """Why a byte_fallback tokenizer.json does not split as SentencePiece does; "" where it does."""
    pre, norm = table.get("pre_tokenizer"), table.get("normalizer")
    if pre and (pre.get("type") != "Metaspace" or pre.get("split", True)):
        return f"its pre-tokenizer {pre.get('type')} splits text before merging"
    steps = norm.get("normalizers", [norm]) if norm else []
    if any(s.get("type") not in ("Prepend", "Replace") or s.get("content", "▁") != "▁" for s in steps):
        return "its normaliser changes text"
    if not pre and not norm:
        return "nothing in it turns spaces into ▁"
    return ""


def _pre_of(table: dict[str, Any]) -> str:
    """llama.cpp's name for the way this tokenizer cuts text before merging, told by the regular expression."""
    pre = table.get("pre_tokenizer") or {}
    steps = pre.get("pretokenizers", [pre])
    regex = next((s["pattern"].get("Regex", "") for s in steps if s.get("type") == "Split"), "")
    level: dict[str, Any] = next((s for s in steps if s.get("type") == "ByteLevel"), {})
    if not regex and level.get("use_regex", True) and len(steps) == 1:
        regex = GPT2_REGEX
    whole_words = bool(table["model"].get("ignore_merges"))
    if level and not level.get("add_prefix_space") and len(steps) <= 2:
        if regex == LLAMA3_REGEX:
            # same cutting; only "llama-bpe" takes a word that is a token whole, whatever the merges say
            return "llama-bpe" if whole_words else "smaug-bpe"
        if regex == GPT2_REGEX and not whole_words:
            return "gpt-2"
    raise TokenizerUnknown(
        "tokenizer.json cuts text in a way that is not known here (neither as GPT-2 nor as Llama 3).",
        "Use convert_hf_to_gguf.py of llama.cpp, which knows more tokenizers.",
    )


def _pairs(merges: list[Any]) -> list[tuple[str, str]]:
    pairs = []
    for merge in merges:
        left, right = merge.split(" ", 1) if isinstance(merge, str) else merge
        pairs.append((left, right))
    return pairs


def _in_order(vocab: dict[str, int]) -> tuple[str, ...]:
    tokens = sorted(vocab, key=vocab.__getitem__)
    if [vocab[t] for t in tokens] != list(range(len(tokens))):
        raise ConversionRefused("The ids of tokenizer.json have gaps.", "Save the tokenizer again.")
    return tuple(tokens)


def _is_byte(token: str) -> bool:
    return len(token) == 6 and token.startswith("<0x") and token.endswith(">")


def _with_added(found: Vocabulary, added: tuple[Added, ...]) -> Vocabulary:
    """``found`` with the added tokens set in, both those that were there already and those behind the last id."""
    tokens, types, scores = list(found.tokens), list(found.types), list(found.scores)
    for extra in added:
        kind = CONTROL if extra.special else USER_DEFINED
        if extra.id < len(tokens):
            if tokens[extra.id] != extra.text:
                raise ConversionRefused(
                    f"Token {extra.id} is {tokens[extra.id]!r} and also the added {extra.text!r}.",
                    "Save the tokenizer again.",
                )
            if types[extra.id] not in (UNKNOWN, BYTE):
                types[extra.id] = kind
            continue
        if extra.id > len(tokens):
            raise ConversionRefused(f"The added token {extra.text!r} leaves a gap before it.", "Save it again.")
        tokens.append(extra.text)
        types.append(kind)
        if found.model == "llama":
            scores.append(_ADDED_SCORE)
    return replace(found, tokens=tuple(tokens), types=tuple(types), scores=tuple(scores))


def _finish(found: Vocabulary, config: dict[str, Any], folder: Path, size: int) -> Vocabulary:
    """Special ids set, padded to ``size``; refused where the model has fewer rows than the tokenizer has tokens."""
    missing = size - len(found.tokens)
    if missing < 0:
        raise ConversionRefused(
            f"The tokenizer has {len(found.tokens)} tokens, the model only {size} rows.",
            "Call model.resize_token_embeddings(len(tokenizer)) and train the new rows.",
        )
    if len(set(found.tokens)) != len(found.tokens):
        raise ConversionRefused("The tokenizer holds the same token twice.", "Save the tokenizer again.")
    ids = {text: i for i, text in enumerate(found.tokens)}
    model_config = read_json(folder / "config.json")
    special: dict[str, int] = {}
    for name in ("bos", "eos", "unk", "pad"):
        text = token_text(config.get(f"{name}_token"))
        number = ids.get(text) if text else model_config.get(f"{name}_token_id")
        if isinstance(number, list):
            number = number[0] if number else None
        if number is not None and 0 <= number < size:
            special[name] = int(number)
    return replace(
        found,
        tokens=found.tokens + tuple(f"[PAD{len(found.tokens) + i}]" for i in range(missing)),
        types=found.types + (UNUSED,) * missing,
        scores=found.scores + (_ADDED_SCORE,) * missing if found.model == "llama" else (),
        special_ids=special,
    )
