"""The page of models, docs/models.md: which open ones fit which board, how they get there, and what is checked."""

from __future__ import annotations

from edge.recommended import (
    BESIDE_GB,
    CONTEXT_TOKENS,
    Expected,
    RecommendedBoard,
    RecommendedModel,
    expect,
    recommended,
)
from ui.wording import Lang, say

HEAD = """# Models

Made by `make docs` from `edge/recommended.toml` and `ui/models_page.py`.

Andon ships a small model of its own, which answers by choosing lines of the passage. A larger open model writes
freer sentences, each of which is still checked against the passage. Which one is good enough for your manuals,
measure: `andon evaluate answers QUESTIONS` (docs/evaluate.md).

## Get a model onto the box

```sh
andon model list --recommended --board jetson   # what to expect of each
andon model pull OWNER/REPOSITORY/FILE.gguf --online   # shows size and licence, then asks
andon model add FILE.gguf --licence MIT --source URL   # a file that was copied by hand
andon model convert FOLDER                      # a Llama-like model of transformers, with gates
andon model quantize FILE.f16.gguf --to Q4_K_M  # smaller, then the same questions to both
andon model check                               # hashes, contents, memory
```

`pull` resumes where it was cut, checks the hash that the Hub publishes, and writes licence and commit into
`models.toml`. It does nothing while the setting `offline` is on (the default) unless `--online` is given.

`convert` takes `LlamaForCausalLM` and `MistralForCausalLM` without sliding window: tied or not, with biases,
positions plain, linear, YaRN or as Llama 3; tokenizers: SentencePiece BPE with byte fallback (`tokenizer.model` or
`tokenizer.json`), byte-level BPE cut as GPT-2 or Llama 3. The file appears only when 28 probe texts in both
languages, codes, widths and emoji give the same tokens as the source and, where the extra `train` is installed, the
logits are the same. Other architectures (Qwen2, Qwen3, Gemma, Phi, mixtures of experts) and Unigram tokenizers are
refused: take a ready GGUF of those. The same over 5,000 sentences for five kinds of tokenizer:
[docs/results/parity.json](results/parity.json).

`quantize` and `match` ask both files 24 fixed questions and show how many answers are the same, how probable both
find the same texts, and warn from 5 % more perplexity or less than 90 % of the same next tokens on.

## LoRA adapters

Adapters in GGUF lie over one model file: one model in memory, several habits. `andon train` leaves them
(docs/training.md), and llama.cpp's `convert_lora_to_gguf.py` makes them.

```toml
# andon.toml
model = "/models/base.q8_0.gguf"
adapter = "line2"   # for questions that name none, also those of the pages

[adapters]
line2 = "/models/line2.lora.gguf"
terse = "/models/terse.lora.gguf"
```

Each is held against the model's file at start: one that is missing, damaged, a model, of another architecture or of
other sizes is refused by name, and Andon then quotes without a model. One made for another model of the very same
shape cannot be told apart. A question asks for one by `andon ask --adapter terse`, `"adapter"` in `POST /ask`, or the
model name `andon:terse` of the OpenAI API; `none` is the model alone. A change of adapter means that the prompt is
read anew. What it says is verified as always. A model behind an address has its server's adapters: `#name`.

## A model behind an address

```toml
# andon.toml
model = "http://127.0.0.1:8080/v1#name"   # vLLM, llama-server, ollama, LM Studio, MLC
```

Only addresses of the site are taken (loopback, private networks) unless `allow_remote_model = true`. Tokens are
counted by the server where it can (llama-server, vLLM); name the model's `tokenizer.json` in `model_tokenizer` for
others, whose prompts are else bounded by bytes and therefore short. What a model reasons is never shown. JSON
Schemas and log-probabilities are passed on to llama-server and vLLM, grammars (GBNF) to llama-server; to others
they are refused. Set `context_tokens` where the server does not tell its own (ollama before the model is loaded,
llama-cpp-python). Was run against the server of llama-cpp-python 0.3.36 and against one of our own with the faults
of real ones; against vLLM, llama-server, ollama, LM Studio and MLC never.

"""

EXPECTED = f"""## What fits which board

**Expected, not measured**: sizes in italics are estimated from the number of weights, the others are those of a
published file; memory is weights, keys and values of {CONTEXT_TOKENS:,} tokens in f16, and {BESIDE_GB} GB for Andon
beside it; speed is the board's memory bandwidth times the share of it that published measurements reached, divided
by what is read for a token. `andon bench` measures on the board. A licence is quoted as its publisher states it;
read it before you use the model.

"""


def models_page() -> str:
    """The whole page."""
    models, boards = recommended()
    parts = [HEAD, EXPECTED, _licences(models)]
    parts += [_board(board, models) for board in boards]
    return "\n".join(parts).rstrip() + "\n"


def _licences(models: tuple[RecommendedModel, ...]) -> str:
    lines = ["| model | weights | licence | in production | Q4_K_M | Q8_0 | remark |", "|---|---|---|---|---|---|---|"]
    for model in models:
        licence = model.licence if model.licence_certain else f"{model.licence} (have it checked)"
        use = "as the licence allows" if model.commercial else "**no**"
        lines.append(
            f"| [{model.id}](https://{model.source}) | {model.parameters / 1e9:.2f} B | {licence} | {use} "
            f"| {_size(model, 'q4_k_m')} | {_size(model, 'q8_0')} | {model.note_en} |"
        )
    return "\n".join(lines) + "\n"


def _size(model: RecommendedModel, kind: str) -> str:
    text = f"{model.size_gb(kind):.2f} GB"  # type: ignore[arg-type]
    return text if model.published(kind) else f"*{text}*"  # type: ignore[arg-type]


def _board(board: RecommendedBoard, models: tuple[RecommendedModel, ...]) -> str:
    lines = [
        f"### {board.name}",
        "",
        f"{board.runtime}; {board.bandwidth_gb_s:g} GB/s, of which {board.share_low * 100:.0f} to "
        f"{board.share_high * 100:.0f} % were reached; {board.usable_gb:g} GB usable.",
        "",
        "| model | file | memory | tokens a second, expected | fits |",
        "|---|---|---|---|---|",
    ]
    for model in models:
        found = expect(model, board)
        uncertain = "" if model.shape_certain else " (shape uncertain)"
        lines.append(
            f"| {model.id} | {found.size_gb:.2f} GB | {found.memory_gb:.1f} GB{uncertain} "
            f"| {found.tokens_a_second_low:.0f} to {found.tokens_a_second_high:.0f} | {'yes' if found.fits else 'no'} |"
        )
    return "\n".join(lines) + "\n"


def expected_line(found: Expected, lang: Lang) -> str:
    """One model on one board, for the terminal."""
    model = found.model
    licence = model.licence if model.licence_certain else f"{model.licence} {say('model.licence_check', lang)}"
    use = "" if model.commercial else f"  {say('model.not_commercial', lang)}"
    mark = "✓" if found.fits else "✗"
    return (
        f"{mark} {model.id:<32} {found.size_gb:>5.2f} GB {found.memory_gb:>5.1f} GB "
        f"{found.tokens_a_second_low:>4.0f}-{found.tokens_a_second_high:<4.0f} {licence}{use}\n"
        f"    {model.note_ja if lang == 'ja' else model.note_en}"
    )
