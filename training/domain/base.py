"""The base of an adaptation: a transformers folder as it is, or the Llama inside a GGUF file unpacked into one.

The model that ships with Andon is a GGUF file alone, so that is what a site without any other model adapts. Unpacking
undoes what conversion did: numbers of 8 bits become float32, the rows of queries and keys go back to the order in which
transformers turns them, and the vocabulary becomes the SentencePiece model that it was.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.disk_room import need_room
from training.errors import BaseUnfit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_TOP = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
CONTROL = 3  # of the token types
TOKENIZER_FILES = (
    "tokenizer.model", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "chat_template.jinja",
)  # fmt: skip


def open_base(source: Path, folder: Path, tokenizer: Path | None = None) -> Path:
    """A transformers folder with the model that ``source`` is: itself where it is one, else ``folder``, into which the
    Llama of the GGUF file ``source`` is unpacked (again only where it is not there yet), with its own tokenizer or with
    that of the folder ``tokenizer``.

    Raises BaseUnfit for what is neither, for another architecture, and for a tokenizer that cannot be taken over;
    edge.errors.DiskFull where it would not fit.
    """
    if (source / "config.json").is_file():
        _check_folder(source)
        return source
    if source.suffix.lower() != ".gguf" or not source.is_file():
        raise BaseUnfit(
            f"{source} is neither a model folder of transformers (with config.json) nor a GGUF file.",
            "Name the folder of a Llama model, or leave base out to take the bundled model.",
            "no_model",
        )
    if not (folder / "config.json").is_file():
        _unpack(source, folder, tokenizer)
    return folder


def copy_tokenizer(source: Path, folder: Path) -> None:
    """The tokenizer's files of one transformers folder beside the weights of another."""
    for name in TOKENIZER_FILES:
        if (source / name).is_file() and source != folder:
            shutil.copyfile(source / name, folder / name)


def _check_folder(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text("utf-8"))
    kinds = config.get("architectures") or []
    if "LlamaForCausalLM" not in kinds:
        raise BaseUnfit(
            f"{folder} is a {', '.join(map(str, kinds)) or 'model of unnamed kind'}, not a LlamaForCausalLM.",
            "Take a model of the Llama family: only those become GGUF files for a box here.",
            "architecture",
        )
    if not any((folder / name).is_file() for name in ("tokenizer.model", "tokenizer.json")):
        raise BaseUnfit(f"{folder} has no tokenizer.", "Save the tokenizer into the folder as well.", "tokenizer")


def _unpack(source: Path, folder: Path, tokenizer: Path | None) -> None:
    import gguf
    import numpy as np
    from safetensors.numpy import save_file

    try:
        reader = gguf.GGUFReader(source)
    except Exception as reason:  # the package raises bare ValueError, struct.error and IndexError for damaged files
        raise BaseUnfit(
            f"{source} is damaged or no GGUF file ({reason}).", "Copy it there again from its source.", "damaged"
        ) from reason
    facts = {name: field.contents() for name, field in reader.fields.items() if name.partition(".")[0] != "GGUF"}
    if facts.get("general.architecture") != "llama":
        raise BaseUnfit(
            f"{source} holds a model of architecture {facts.get('general.architecture')!r}, not llama.",
            "Take a model of the Llama family.",
            "architecture",
        )
    if tokenizer is None and facts.get("tokenizer.ggml.model") != "llama":
        raise BaseUnfit(
            f"{source} has a tokenizer of kind {facts.get('tokenizer.ggml.model')!r}, which cannot be unpacked.",
            "Name the transformers folder that the file was made from.",
            "tokenizer",
        )
    heads = int(facts["llama.attention.head_count"])
    kv_heads = int(facts.get("llama.attention.head_count_kv", heads))
    tensors: dict[str, NDArray[np.float32]] = {}
    for tensor in reader.tensors:
        name = _hf_name(tensor.name)
        if name is None:
            continue
        values = gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        if tensor.name.endswith(("attn_q.weight", "attn_k.weight")):
            values = _turned_back(values, heads if tensor.name.endswith("attn_q.weight") else kv_heads)
        tensors[name] = np.ascontiguousarray(values)
    need_room(folder, sum(values.nbytes for values in tensors.values()))
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    if tokenizer is None:
        _write_tokenizer(facts, folder)
    else:
        copy_tokenizer(tokenizer, folder)
    config = _config(facts, tensors, heads, kv_heads)  # last: it says that the folder is complete
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")


def _hf_name(name: str) -> str | None:
    if name in _TOP:
        return _TOP[name]
    place, _, rest = name.removeprefix("blk.").partition(".")
    kind = rest.removesuffix(".weight")
    if not name.startswith("blk.") or kind not in _LAYER:
        if name == "rope_freqs.weight":
            return None
        raise BaseUnfit(f"The tensor {name} has no place in a Llama of transformers.", "Take another base.")
    return f"model.layers.{place}.{_LAYER[kind]}.weight"


def _turned_back(rows: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """llama.cpp interleaves the two halves of a head; transformers keeps them one after the other."""
    count, width = rows.shape
    return rows.reshape(heads, count // heads // 2, 2, width).swapaxes(1, 2).reshape(count, width)


def _config(
    facts: Mapping[str, Any], tensors: Mapping[str, NDArray[np.float32]], heads: int, kv_heads: int
) -> dict[str, Any]:
    hidden = int(facts["llama.embedding_length"])
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": tensors["model.embed_tokens.weight"].shape[0],
        "hidden_size": hidden,
        "intermediate_size": int(facts["llama.feed_forward_length"]),
        "num_hidden_layers": int(facts["llama.block_count"]),
        "num_attention_heads": heads,
        "num_key_value_heads": kv_heads,
        "head_dim": int(facts.get("llama.attention.key_length", hidden // heads)),
        "max_position_embeddings": int(facts["llama.context_length"]),
        "rms_norm_eps": float(facts["llama.attention.layer_norm_rms_epsilon"]),
        "rope_parameters": {"rope_type": "default", "rope_theta": float(facts.get("llama.rope.freq_base", 10000.0))},
        "tie_word_embeddings": "lm_head.weight" not in tensors,
        "bos_token_id": int(facts.get("tokenizer.ggml.bos_token_id", facts["tokenizer.ggml.eos_token_id"])),
        "eos_token_id": int(facts["tokenizer.ggml.eos_token_id"]),
        "pad_token_id": int(facts.get("tokenizer.ggml.padding_token_id", facts["tokenizer.ggml.eos_token_id"])),
        "hidden_act": "silu",
        "dtype": "float32",
    }


def _write_tokenizer(facts: Mapping[str, Any], folder: Path) -> None:
    from sentencepiece import sentencepiece_model_pb2

    tokens, types = list(facts["tokenizer.ggml.tokens"]), list(facts["tokenizer.ggml.token_type"])
    marks = {name: int(facts[f"tokenizer.ggml.{name}_token_id"]) for name in ("bos", "eos")}
    marks["unk"] = int(facts.get("tokenizer.ggml.unknown_token_id", types.index(2)))
    marks["pad"] = int(facts.get("tokenizer.ggml.padding_token_id", -1))
    proto = sentencepiece_model_pb2.ModelProto()
    for token, score, kind in zip(tokens, facts["tokenizer.ggml.scores"], types, strict=True):
        proto.pieces.add(piece=token, score=float(score), type=int(kind))
    spec = proto.trainer_spec
    spec.model_type, spec.byte_fallback, spec.vocab_size = 2, True, len(tokens)
    for name, place in marks.items():
        setattr(spec, f"{name}_id", place)
        if place >= 0:
            setattr(spec, f"{name}_piece", tokens[place])
    prefix = bool(facts.get("tokenizer.ggml.add_space_prefix", True))
    proto.normalizer_spec.name = "identity"
    proto.normalizer_spec.add_dummy_prefix = prefix
    proto.normalizer_spec.remove_extra_whitespaces = False
    proto.normalizer_spec.escape_whitespaces = True
    (folder / "tokenizer.model").write_bytes(proto.SerializeToString())
    named = {f"{name}_token": tokens[place] for name, place in marks.items() if place >= 0}
    control = [t for t, kind in zip(tokens, types, strict=True) if kind == CONTROL and t not in named.values()]
    config = {
        "tokenizer_class": "LlamaTokenizer",
        "add_bos_token": bool(facts.get("tokenizer.ggml.add_bos_token", True)),
        "add_eos_token": bool(facts.get("tokenizer.ggml.add_eos_token", False)),
        "add_prefix_space": prefix,
        "legacy": False,
        "clean_up_tokenization_spaces": False,
        "model_max_length": int(facts["llama.context_length"]),
        **named,
        "additional_special_tokens": control,
        "chat_template": facts.get("tokenizer.chat_template", ""),
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, ensure_ascii=False, indent=2) + "\n", "utf-8")
