"""HF against GGUF over many sentences: token ids for each kind of tokenizer, logits of a float32 model.

Why: a conversion that splits one code otherwise, or permutes one head wrongly, still answers fluently. 5,000 sentences
from the demo's manuals, the asked facts, made-up codes and full-width variants are split by transformers and by
llama.cpp; a random float32 Llama's logits are compared over some of them. Tokenizers are trained here on other lines.

Run: python -m tests.bench_parity     -> docs/results/parity.json
"""

from __future__ import annotations

import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from tiny_model import save_byte_level_tokenizer, save_model, save_sentencepiece_tokenizer

from edge.convert import convert_hf_to_gguf
from edge.gguf_tokenizer import LLAMA3_REGEX
from edge.llama.library import LlamaModel
from edge.probe_texts import PROBE_TEXTS
from training.gguf_parity import logit_parity

ROOT = Path(__file__).resolve().parents[1]
COUNT, LOGIT_TEXTS = 5000, 60
RARE = (0x9AD9, 0x20BB7, 0xFF76, 0x3099, 0x301, 0x2460, 0xAC00, 0x416)
EMOJI = "🔥⚠️👷🏽‍♀️🇯🇵🏭✅🔧⛔️📦🧯"
Row = dict[str, Any]


def plain_sentences() -> list[str]:
    """Sentences of the demo's manuals and FAQ and of the asked facts, both languages."""
    texts: list[str] = []
    for file in sorted((ROOT / "demo/sources").rglob("*")):
        if file.suffix in (".md", ".txt", ".py", ".toml", ".yaml", ".json"):
            texts += file.read_text(encoding="utf-8").splitlines()
    for line in (ROOT / "demo/faq.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        texts += [entry["question"], entry["answer"]]
    for file in sorted((ROOT / "training/facts").glob("*.txt")):
        texts += file.read_text(encoding="utf-8").splitlines()
    pieces = [piece.strip() for text in texts for piece in re.split(r"(?<=[。.?!？])\s*| \| ", text)]
    return sorted({piece for piece in pieces if len(piece) >= 8})


def sentences(count: int, seed: int = 11) -> list[str]:
    """``count`` different texts: two thirds as they stand, the rest with codes, full width, emoji and odd spaces."""
    draw = random.Random(seed)
    plain = plain_sentences()
    draw.shuffle(plain)
    made = dict.fromkeys((*PROBE_TEXTS, *plain[: count * 2 // 3]))
    while len(made) < count:
        text = draw.choice(plain)
        kind = draw.randrange(5)
        if kind == 0:
            text = f"{code(draw)} {text} ({code(draw)}/{code(draw)})"
        elif kind == 1:
            text = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "　" if c == " " else c for c in text)
        elif kind == 2:
            text = f"{text}{draw.choice(EMOJI)} {draw.choice(EMOJI)}{code(draw)}"
        elif kind == 3:
            text = text.replace(" ", draw.choice(["  ", "\t", " \n", "\r\n", "   "]))
        else:
            at = draw.randrange(len(text))
            text = text[:at] + chr(draw.choice(RARE)) + text[at:]
        made[text] = None
    return list(made)[:count]


def code(draw: random.Random) -> str:
    """A part number, alarm or parameter as they are printed."""
    letters, digits = "ABCEFHLMNPRSTUVX", "0123456789"
    return "".join(
        draw.choice(letters) if c == "A" else draw.choice(digits) if c == "9" else c
        for c in draw.choice(["AA-99", "A9999", "9999[9]", "AA-A9-999A", "A9.99", "0x9A9A", "A99-9999-AA9"])
    )


def byte_fallback(folder: Path) -> Any:
    """SentencePiece as tokenizer.json alone, the way that transformers saves it and the bundled model came."""
    tokenizer = save_sentencepiece_tokenizer(folder)
    (folder / "tokenizer.model").unlink()
    return tokenizer


KINDS: dict[str, Callable[[Path], Any]] = {
    "sentencepiece (tokenizer.model)": save_sentencepiece_tokenizer,
    "sentencepiece, space before the text": lambda folder: save_sentencepiece_tokenizer(folder, dummy_prefix=True),
    "byte-fallback BPE (tokenizer.json)": byte_fallback,
    "byte-level BPE, GPT-2 cuts": lambda folder: save_byte_level_tokenizer(folder, None),
    "byte-level BPE, Llama 3 cuts": lambda folder: save_byte_level_tokenizer(folder, LLAMA3_REGEX),
}


def measure(make: Callable[[Path], Any], texts: list[str], folder: Path, logit_texts: int = LOGIT_TEXTS) -> Row:
    from transformers import AutoTokenizer

    made = make(folder)
    save_model(folder, len(made))
    theirs = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    gguf = convert_hf_to_gguf(folder, folder / "m.gguf", "f32")
    model = LlamaModel(gguf, vocab_only=True)
    marks = "|".join(map(re.escape, sorted(theirs.get_added_vocab(), key=len, reverse=True)))

    def same(text: str) -> bool:
        return bool(model.tokenize(text, add_special=True, parse_special=True) == theirs.encode(text))

    other = [text for text in texts if not same(text)]
    edges = [text for text in other if all(same(piece.lstrip()) for piece in re.split(marks, text))]
    different = [text for text in other if text not in edges]
    tokens = sum(len(theirs.encode(text)) for text in texts)
    model.close()
    logits = logit_parity(folder, gguf, tuple(texts[:: max(1, len(texts) // logit_texts)]))
    assert logits is not None
    half = logit_parity(folder, convert_hf_to_gguf(folder, folder / "half.gguf", "f16"), PROBE_TEXTS[:logit_texts])
    assert half is not None
    return {
        "sentences": len(texts), "tokens": tokens, "different": len(different),
        "different_only_at_edges": len(edges), "examples": [*different, *edges][:5],
        "logit_positions": logits.positions, "most_logit_difference": round(logits.most_difference, 6),
        "same_likeliest_token": round(logits.same_token, 6),
        "f16_most_logit_difference": round(half.most_difference, 6),
        "f16_same_likeliest_token": round(half.same_token, 6),
    }  # fmt: skip


def main() -> None:
    texts = sentences(COUNT)
    begin, rows = time.monotonic(), {}
    for name, make in KINDS.items():
        with tempfile.TemporaryDirectory() as folder:
            rows[name] = measure(make, texts, Path(folder))
        print(name, rows[name], flush=True)
    report = {
        "how": "python -m tests.bench_parity",
        "what": "transformers against llama.cpp: token ids of the same sentences, logits of a random float32 Llama of 2"
        " layers, 256 wide",
        "edges": "white space at the beginning of a text or beside a mark, where a tokenizer puts a space first"
        ", as the bundled one does not",
        "f16": "the same in float16 over the probe texts; random weights, ten times as wide as trained ones",
        "limits": {"different": 0, "most_logit_difference": 0.01},
        "kinds": rows,
        "seconds": round(time.monotonic() - begin, 1),
    }
    path = ROOT / "docs/results/parity.json"
    path.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    bad = [n for n, row in rows.items() if row["different"] or row["most_logit_difference"] > 0.01]
    sys.exit(f"not the same: {', '.join(bad)}" if bad else 0)


if __name__ == "__main__":
    main()
