"""Tiny models made on the spot: a random Llama of 256 dimensions with a tokenizer trained on a few lines of both
languages, as transformers would save it. Small enough for every test, real enough for llama.cpp."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

LINES = [
    "The spindle stops when alarm AL-16 is raised. Check parameter P1-05 before the restart.",
    "主軸が停止したときは、アラーム AL-16 を確認し、電源を切ってください。",
    "std::vector<string> は <s> と <span> を含む。 値は 100V です。",
    "圧力が 0.5MPa 以下になると E5101 が表示される。",
    "Turn the power OFF, wait 5 minutes, then remove the cover (4 screws).",
    "モーターが過熱した場合は 30 分待ってから再起動する。",
] * 20

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

PROBES = [
    "",
    "The spindle stops.",
    "アラームＡＬ－１６が、１００Ｖで発生。",  # full-width letters and digits
    "P1-05 / MR-J4-200B  E5101\tOFF",
    "1.\n2.\n\n  - 電源を切る\r\n",
    "温度 🔥 35℃ ±5 ①②③ ㍿ 髙橋",
    " leading and trailing ",
    "<s> </s> <unk> std::vector<s>",
    "don't we'll 12345 １２３４５ snake_case ▁raw▁",
    "한국어 и кириллица — é e\u0301",
]


def train_sentencepiece(folder: Path, *, dummy_prefix: bool = False, **more: Any) -> Path:
    """tokenizer.model in ``folder``: BPE, byte fallback, identity normalisation."""
    import sentencepiece

    options: dict[str, Any] = {
        "vocab_size": 640,
        "model_type": "bpe",
        "byte_fallback": True,
        "normalization_rule_name": "identity",
        "remove_extra_whitespaces": False,
        "add_dummy_prefix": dummy_prefix,
        "hard_vocab_limit": False,
        "character_coverage": 1.0,
        "control_symbols": ["<|im_start|>", "<|im_end|>"],
        "user_defined_symbols": ["\n"],
        "num_threads": 1,
        "minloglevel": 2,
    }
    made = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(LINES), model_writer=made, **(options | more))
    path = folder / "tokenizer.model"
    path.write_bytes(made.getvalue())
    return path


def save_sentencepiece_tokenizer(folder: Path, *, dummy_prefix: bool = False, **more: Any) -> Any:
    """A transformers tokenizer over ``train_sentencepiece``; saves tokenizer.model and tokenizer.json. Returns it."""
    from transformers import LlamaTokenizer

    folder.mkdir(parents=True, exist_ok=True)
    train_sentencepiece(folder, dummy_prefix=dummy_prefix, **more)
    tokenizer = LlamaTokenizer.from_pretrained(
        folder, add_prefix_space=dummy_prefix, legacy=dummy_prefix, local_files_only=True
    )
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    return tokenizer


def save_byte_level_tokenizer(folder: Path, regex: str | None) -> Any:
    """A byte-level BPE tokenizer cut by ``regex`` (None: as GPT-2). Saves tokenizer.json. Returns it."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    inner = Tokenizer(models.BPE())
    if regex is None:
        inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    else:
        inner.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(regex), "isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
    inner.decoder = decoders.ByteLevel()
    inner.train_from_iterator(
        LINES,
        trainers.BpeTrainer(
            vocab_size=640,
            special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner, bos_token="<|endoftext|>", eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    return tokenizer


def save_model(folder: Path, vocab: int, *, dtype: str = "float32", shard: str = "1GB", **config: Any) -> Any:
    """A random LlamaForCausalLM (2 layers, 8 heads over 2 key heads) saved in ``folder``. Returns it, in float32."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(7)
    options: dict[str, Any] = {
        "hidden_size": 256,
        "intermediate_size": 512,
        "num_hidden_layers": 2,
        "num_attention_heads": 8,
        "num_key_value_heads": 2,
        "max_position_embeddings": 512,
        "initializer_range": 0.2,  # wide, so that logits differ and no two tokens nearly tie
    }
    model = LlamaForCausalLM(LlamaConfig(vocab_size=vocab, **(options | config)))
    for name, values in model.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.normal_(values)  # zeros would prove nothing
    model.to(getattr(torch, dtype)).save_pretrained(folder, max_shard_size=shard)
    # read back: casting the model itself would also round the rotary frequencies
    return LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True).eval()


def make_tiny_gguf(folder: Path, *, seed_words: str = "") -> Path:
    """The whole way: tokenizer, model, GGUF file (F32). For tests that need a runner and not a good answer."""
    from edge.convert import convert_hf_to_gguf

    tokenizer = save_sentencepiece_tokenizer(folder / "hf")
    save_model(folder / "hf", len(tokenizer) + 5)
    if seed_words:
        (folder / "hf" / "README.md").write_text(seed_words, encoding="utf-8")
    return convert_hf_to_gguf(folder / "hf", folder / "tiny.gguf", "f32")


def edit_json(path: Path, **changes: Any) -> None:
    """``path`` with some of its keys set anew."""
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")
