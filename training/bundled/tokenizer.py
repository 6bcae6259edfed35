"""The tokenizer: SentencePiece BPE whose ids are the same in training, in transformers and in llama.cpp.

What makes them the same: no normalisation (llama.cpp does none), byte fallback for every character outside the
vocabulary, no dummy space in front, and the line break as a symbol of its own. Digits stand alone, so a number or an
alarm code is copied digit by digit and never as a half-known lump.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from edge.runner import Message

PAD, BOS, END, START = "<pad>", "<s>", "<|im_end|>", "<|im_start|>"
UNK_ID, BOS_ID, END_ID, PAD_ID, START_ID = 0, 1, 2, 3, 4

CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


class ChatTokenizer:
    """Text to ids and back. Control marks never come out of text; they are placed by ``encode_messages`` alone."""

    def __init__(self, model_file: Path) -> None:
        import sentencepiece

        self._processor = sentencepiece.SentencePieceProcessor(model_file=str(model_file))

    @property
    def size(self) -> int:
        return int(self._processor.get_piece_size())

    def encode(self, text: str) -> list[int]:
        return list(self._processor.encode(text))

    def decode(self, ids: Sequence[int]) -> str:
        return str(self._processor.decode([i for i in ids if i > START_ID]))

    def encode_messages(self, messages: Sequence[Message]) -> list[int]:
        """Ids of a chat up to and with the opening of the assistant's turn: what ``CHAT_TEMPLATE`` renders."""
        ids: list[int] = []
        for message in messages:
            ids += [START_ID, *self.encode(f"{message.role}\n{message.content}"), END_ID, *self.encode("\n")]
        return [*ids, START_ID, *self.encode("assistant\n")]


def train_tokenizer(texts: Iterable[str], folder: Path, vocab_size: int, threads: int) -> Path:
    """Train on ``texts`` and write ``tokenizer.model`` and ``tokenizer_config.json`` into ``folder``."""
    import sentencepiece

    folder.mkdir(parents=True, exist_ok=True)
    lines = (line for text in texts for line in text.split("\n") if line.strip())
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=lines,
        model_prefix=str(folder / "tokenizer"),
        model_type="bpe",
        vocab_size=vocab_size,
        character_coverage=0.9995,
        byte_fallback=True,
        split_digits=True,
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        allow_whitespace_only_pieces=True,
        max_sentence_length=8000,
        max_sentencepiece_length=12,
        unk_id=UNK_ID,
        bos_id=BOS_ID,
        bos_piece=BOS,
        eos_id=END_ID,
        eos_piece=END,
        pad_id=PAD_ID,
        pad_piece=PAD,
        control_symbols=[START],
        user_defined_symbols=["\n"],
        num_threads=threads,
        minloglevel=1,
    )
    (folder / "tokenizer.vocab").unlink()
    (folder / "tokenizer_config.json").write_text(json.dumps(_config(), ensure_ascii=False, indent=2) + "\n", "utf-8")
    return folder / "tokenizer.model"


def _config() -> dict[str, object]:
    return {
        "tokenizer_class": "LlamaTokenizer",
        "add_bos_token": False,
        "add_eos_token": False,
        "add_prefix_space": False,
        "legacy": False,
        "clean_up_tokenization_spaces": False,
        "model_max_length": 2048,
        "unk_token": "<unk>",
        "bos_token": BOS,
        "eos_token": END,
        "pad_token": PAD,
        "additional_special_tokens": [START],
        "chat_template": CHAT_TEMPLATE,
    }
