"""RkllmSite: a folder with a .rkllm model, its tokenizer, and a runtime of our own (rkllm_runtime.c)."""

from __future__ import annotations

import atexit
import ctypes
import functools
import json
import platform
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tiny_model import LINES, TEMPLATE

from edge.board.tree import Tree
from edge.options import EdgeOptions
from edge.rkllm.options import RkllmOptions
from edge.rkllm.runner import RkllmRunner

HERE = Path(__file__).parent
NUMBERS = {"1.2.3": 10203, "1.3.0": 10300}
RELEASES = tuple(NUMBERS)
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
LONGEST = 1024


@functools.cache
def workshop() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="rkllm"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def compiler() -> str | None:
    """A C compiler for this Python's machine, which may be emulated."""
    return shutil.which(f"{platform.machine()}-linux-gnu-gcc") or shutil.which("gcc") or shutil.which("cc")


@functools.cache
def runtime(version: str, *flags: str) -> Path:
    """rkllm_runtime.c built as ``version``; ``flags`` go to the compiler too."""
    built = workshop() / f"runtime-{version}-{len(flags)}.so"
    command = [
        str(compiler()), "-std=c11", "-D_GNU_SOURCE", "-g", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC",
        f"-DRKLLM_VERSION={NUMBERS[version]}", *flags, "-o", str(built), str(HERE / "rkllm_runtime.c"), "-lpthread",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return built


@functools.cache
def tokenizer_text() -> str:
    """A byte-level BPE tokenizer of 640 tokens, as tokenizer.json."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=640, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False
    )
    made.train_from_iterator(LINES, trainer)
    return str(made.to_str())


def byte_of() -> dict[str, int]:
    """The byte that a character of a byte-level vocabulary stands for (GPT-2's table)."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(256 + n): byte for n, byte in enumerate(others)}


@functools.cache
def model_bytes() -> bytes:
    """The made-up model file that rkllm_runtime.c reads."""
    vocabulary = json.loads(tokenizer_text())["model"]["vocab"]
    table, words = byte_of(), [b""] * len(vocabulary)
    for text, number in vocabulary.items():
        words[number] = b"" if text in SPECIAL else bytes(table[c] for c in text)
    head = b"SIMRKLLM" + struct.pack("<3i", len(words), LONGEST, vocabulary["<|im_end|>"])
    return head + b"".join(struct.pack("<i", len(word)) + word for word in words)


class RkllmSite:
    """One model's folder. Each has a library of its own, so knobs and counters are its own, too."""

    def __init__(self, folder: Path, version: str = "1.3.0", library: Path | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.version = version
        self.model = folder / "tiny.rkllm"
        self.model.write_bytes(model_bytes())
        (folder / "tokenizer.json").write_text(tokenizer_text(), encoding="utf-8")
        config = {"bos_token": "<|endoftext|>", "eos_token": {"content": "<|im_end|>"}, "chat_template": TEMPLATE}
        (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
        self.library = folder / "librkllmrt.so"
        shutil.copyfile(library or runtime(version), self.library)
        self._c: Any = None
        self._made: list[RkllmRunner] = []

    @property
    def c(self) -> Any:
        if self._c is None:
            self._c = ctypes.CDLL(str(self.library.resolve()))
            self._c.sim_get.restype = ctypes.c_long
        return self._c

    def runner(self, *, grace_s: float = 20.0, rkllm: RkllmOptions | None = None, **options: Any) -> RkllmRunner:
        given = {"context_tokens": 256, **options}
        tree = Tree(self.model.parent / "root")
        made = RkllmRunner(EdgeOptions(self.model, rkllm=rkllm or RkllmOptions(), **given), tree=tree, grace_s=grace_s)
        self._made.append(made)
        return made

    def close(self) -> None:
        """Ends whatever a failed test has left in memory."""
        for runner in self._made:
            runner.close()

    def set(self, **knobs: int) -> None:
        for name, value in knobs.items():
            self.c.sim_set(name.encode(), ctypes.c_long(value))

    def get(self, name: str) -> int:
        return int(self.c.sim_get(name.encode()))

    def says(self, ids: Sequence[int]) -> None:
        """Every run says these tokens and then ends."""
        self.c.sim_script((ctypes.c_int32 * len(ids))(*ids), len(ids))

    def spoken(self) -> list[int]:
        """The tokens that the last run spoke, whoever heard them."""
        return self._ids(self.c.sim_spoken)

    def heard(self) -> list[int]:
        """What the last run answered to: the whole of its keys and values."""
        return self._ids(self.c.sim_heard)

    def _ids(self, function: Any) -> list[int]:
        room = (ctypes.c_int32 * 32768)()
        return list(room[: function(room, len(room))])

    def encode(self, text: str) -> list[int]:
        from tokenizers import Tokenizer

        return list(Tokenizer.from_str(tokenizer_text()).encode(text, add_special_tokens=False).ids)

    def decode(self, ids: Sequence[int]) -> bytes:
        table = {number: text for text, number in json.loads(tokenizer_text())["model"]["vocab"].items()}
        bytes_of = byte_of()
        return b"".join(bytes(bytes_of[c] for c in table[i]) for i in ids)
