"""Settings: andon.toml, then ANDON_* variables, then flags. The only place that reads file and environment."""

from __future__ import annotations

import os
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from assistant.errors import SettingsWrong
from edge.options import BARE

ROOT = Path(__file__).resolve().parents[1]
# the settings file, open data for the tests, the password that "andon user add" takes; they are no settings
_OTHER_VARIABLES = {"ANDON_CONFIG", "ANDON_SHARED_DATA", "ANDON_NEW_PASSWORD"}
_AdapterName = Annotated[str, StringConstraints(pattern=r"^[\w.-]{1,64}$")]  # it stands in a URL and behind a colon


class Settings(BaseSettings):
    """Every setting of Andon. A flag wins over ANDON_NAME, which wins over andon.toml, which wins over the default."""

    model_config = SettingsConfigDict(env_prefix="ANDON_", extra="forbid", frozen=True)

    data: Path = Field(
        default=Path("~/.local/share/andon"), description="Folder that holds everything: index, originals, accounts."
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=7860, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    embedder: str = Field(
        default="andon-embed-ja-en",
        description="Embedder: an id of models/models.toml, the path of an ONNX file or of a sentence-transformers "
        'folder, "minilm", or "none" for keywords only.',
    )
    reranker: str = Field(
        default="none",
        description="Model that reads question and passage together and reorders the first hits: the folder of a "
        'sentence-transformers CrossEncoder, the path of an ONNX file, or "none".',
    )
    vectors: str = Field(
        default="embedded",
        pattern=r"^(embedded|https?://[^/]+/?)$",
        description='Where the vectors lie: "embedded" keeps them beside the index, "http://127.0.0.1:8000" on a '
        "Chroma server at that address (chroma run).",
    )
    model: str = Field(
        default="andon-slm-ja-en",
        description="SLM: an id of models/models.toml, the path of a GGUF file, the address of an OpenAI-compatible "
        'server on the site ("http://127.0.0.1:8080/v1", with "#name" behind it where it has several models), or '
        '"none" for quotes only.',
    )
    adapters: dict[_AdapterName, Path] = Field(
        default={},
        description="LoRA adapters for the SLM's file, by the names that questions ask for them with: in andon.toml a "
        'table [adapters] of NAME = "FILE.gguf", in the environment JSON. Held against the SLM\'s file at start.',
    )
    adapter: str = Field(
        default="", description='Name of the adapter for questions that name none; empty, or "none", for the SLM alone.'
    )
    model_key: SecretStr = Field(default=SecretStr(""), description="Key that the model's server asks for.")
    model_ca: str = Field(
        default="",
        description="File with the certificates that an https model server is known by; empty: the system's.",
    )
    model_tokenizer: str = Field(
        default="",
        description="tokenizer.json of the model behind an address; for servers that do not count tokens (ollama, "
        "LM Studio, MLC), whose prompts are else kept short by counting bytes.",
    )
    model_first_seconds: float = Field(
        default=60.0, gt=0, le=3600, description="Longest wait for the first token of a model server, in seconds."
    )
    model_gap_seconds: float = Field(
        default=20.0, gt=0, le=3600, description="Longest wait for each further token of a model server, in seconds."
    )
    allow_remote_model: bool = Field(
        default=False,
        description="Whether the model's address may lie outside private networks; questions and excerpts then leave "
        "the site.",
    )
    models: Path = Field(default=ROOT / "models", description="Folder with models.toml and the model files.")
    offline: bool = Field(
        default=True,
        description="Whether this box reaches out to nothing. andon model pull then asks for --online.",
    )
    hub: str = Field(
        default="https://huggingface.co",
        pattern=r"^https?://[^/]+/?$",
        description="Where andon model pull fetches from: the Hub, or a mirror of it on the site.",
    )
    hub_key: SecretStr = Field(default=SecretStr(""), description="Token for models that must be asked for on the Hub.")
    context_tokens: int = Field(default=2048, ge=256, description="Context of the SLM in tokens.")
    answer_tokens: int = Field(default=200, ge=16, description="Longest answer in tokens.")
    threads: int = Field(default=0, ge=0, description="CPU threads of the SLM; 0 chooses by the machine.")
    gpu_layers: int = Field(default=0, ge=-1, description="Layers of the SLM on the GPU; -1 puts all there (Jetson).")
    rkllm_library: Path | None = Field(
        default=None,
        description="librkllmrt.so, the runtime of the RK3588's NPU; without it, beside the model or where the system "
        "keeps libraries.",
    )
    rkllm_version: Literal["auto", "1.3.0", "1.2.3"] = Field(
        default="auto",
        description="Release of that runtime, where neither its hash nor its defaults tell it; a wrong one crashes.",
    )
    prompt_cache_mb: int = Field(
        default=0,
        ge=0,
        description="Room in MiB for prompts that the NPU has read, kept on disk in the data folder; 0 keeps none. "
        "Whether it gains anything is seen from the log.",
    )
    batch_tokens: int = Field(
        default=0,
        ge=0,
        le=4096,
        description="Tokens of a prompt that are computed at once; a stop takes effect between two batches. 0 chooses: "
        "512 with layers on a GPU, else 128.",
    )
    kv_type: Literal["f16", "q8_0"] = Field(
        default="f16",
        description='Precision of the SLM\'s keys and values: "q8_0" halves the memory of the context (for 8 GB boards '
        'with a long one), "f16" is exact.',
    )
    flash_attention: Literal["auto", "on", "off"] = Field(
        default="auto", description='Flash attention of llama.cpp; "auto" lets it decide, q8_0 needs it.'
    )
    draft_tokens: int = Field(
        default=0,
        ge=0,
        le=64,
        description="Tokens of a freely written answer that are guessed ahead from the passages and checked at once, "
        "at most (15 is a good choice): quicker where the model quotes; none where it would not pay. 0 guesses none.",
    )
    prefix_cache_mb: int = Field(
        default=256,
        ge=0,
        description="Room in MiB for what prompts begin with (instructions, passages), kept on disk in the data folder "
        "as llama.cpp read it, so that it is not read again after a restart; 0 keeps none.",
    )
    isolate_model: bool = Field(
        default=True,
        description="Whether the SLM's file is opened in a process of its own: a crash, or the kernel ending it where "
        "memory runs out, then costs one answer and never the service.",
    )
    quotes: int = Field(
        default=3, ge=1, le=10,
        description="How many passages are quoted for a question; of more than one, two more where none is clearly "
        "right.",
    )  # fmt: skip
    excerpts: int = Field(
        default=1,
        ge=1,
        le=10,
        description="How many of the quoted passages the SLM reads; the bundled one mixes up several.",
    )
    prompt_tokens: int = Field(
        default=640,
        ge=128,
        description="Longest prompt in tokens; the bundled SLM reads no more well, a larger model does. From 1024 on "
        "the turns before a follow-up are in it, too, in at most a quarter of it.",
    )
    answer_seconds: float = Field(
        default=120.0,
        ge=1,
        le=3600,
        description="Longest wait for an answer in seconds, the questions before it included; after that the quotes "
        "stand alone and the reader is told.",
    )
    answers: Literal["auto", "extract", "free"] = Field(
        default="auto",
        description='How the SLM answers: "extract" chooses whole lines of the passages, "free" writes sentences, of '
        'which those that a passage holds are shown; "auto" does what models.toml says of the model, else "free".',
    )
    max_question: int = Field(default=2000, ge=10, description="Longest question in characters.")
    ocr: Literal["auto", "rapidocr", "tesseract", "none"] = Field(
        default="auto",
        description='Which program reads scanned pages: "rapidocr", "tesseract", "none", or "auto" for the first of '
        "them that is installed.",
    )
    max_file_mb: int = Field(default=512, ge=1, description="Largest file that can be uploaded, in MiB.")
    session_hours: int = Field(default=12, ge=1, description="Hours until a sign-in ends.")
    log_days: int = Field(
        default=365,
        ge=0,
        le=36_500,
        description="Days until questions, answers and admin acts are deleted from the log; 0 keeps counts only.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = TomlConfigSettingsSource(settings_cls, toml_file=_file())
        return init_settings, env_settings, file

    @property
    def index_folder(self) -> Path:
        return self.data / "index"

    @property
    def accounts_file(self) -> Path:
        return self.data / "accounts.sqlite3"

    @property
    def records_file(self) -> Path:
        return self.data / "records.sqlite3"


def read_settings(**flags: Any) -> Settings:
    """Settings with ``flags`` on top; flags that are None were not given. "~" is expanded in paths. Raises
    SettingsWrong naming the setting and where it was given; a misspelt name is wrong too, not overlooked."""
    _refuse_unknown_variables()
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise _wrong(error, given) from error
    except SettingsError as error:  # of a variable that holds a table
        raise SettingsWrong(
            f"A variable ANDON_* is no JSON: {error}.",
            'Write tables as {"NAME": "VALUE"}: ANDON_ADAPTERS=\'{"line2": "/models/line2.gguf"}\'.',
        ) from error
    except (ValueError, OSError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise SettingsWrong(
            f"The settings file {_file()} cannot be read: {error}.", "Mend it, or name another in ANDON_CONFIG."
        ) from error
    if settings.adapter not in ("", BARE, *settings.adapters):
        raise SettingsWrong(
            f"The setting adapter names {settings.adapter!r}, which is none of the setting adapters.",
            f"It has: {', '.join(settings.adapters) or 'none'}.", setting="adapter",
        )  # fmt: skip
    paths = {
        "data": settings.data.expanduser().resolve(),
        "models": settings.models.expanduser().resolve(),
        "rkllm_library": settings.rkllm_library and settings.rkllm_library.expanduser(),
        "model": _from_home(settings.model),
        "adapters": {name: path.expanduser() for name, path in settings.adapters.items()},
        "embedder": _from_home(settings.embedder),
        "reranker": _from_home(settings.reranker),
    }
    return settings.model_copy(update=paths)


def _from_home(name_or_path: str) -> str:
    return str(Path(name_or_path).expanduser()) if name_or_path.startswith("~") else name_or_path


def _file() -> Path:
    return Path(os.environ.get("ANDON_CONFIG", "andon.toml"))


def _refuse_unknown_variables() -> None:
    """A misspelt variable would otherwise be overlooked without a word."""
    known = {f"ANDON_{name.upper()}" for name in Settings.model_fields} | _OTHER_VARIABLES
    for name in sorted(os.environ):
        if name.startswith("ANDON_") and name.upper() not in known:
            raise SettingsWrong(f"There is no setting {name}.", _suggestion(name, known), setting=name)


def _wrong(error: ValidationError, flags: dict[str, Any]) -> SettingsWrong:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        where = "a flag" if name in flags else str(_file())
        message = f"There is no setting {name} (in {where})."
        return SettingsWrong(message, _suggestion(name, Settings.model_fields), setting=name)
    variable = f"ANDON_{str(first['loc'][0]).upper()}"
    where = "the flag" if name in flags else variable if variable in os.environ else str(_file())
    return SettingsWrong(
        f"The setting {name} cannot be {first.get('input')!r} (from {where}): {first['msg']}.",
        "See docs/settings.md for what it may be.", setting=name,
    )  # fmt: skip


def _suggestion(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1)
    return f"Did you mean {near[0]}?" if near else "See docs/settings.md for the settings there are."
