"""Settings: andon.toml, then ANDON_* variables, then flags. The only place that reads file and environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from assistant.errors import SettingsWrong

ROOT = Path(__file__).resolve().parents[1]


class Settings(BaseSettings):
    """Every setting of Andon. A flag wins over ANDON_NAME, which wins over andon.toml, which wins over the default."""

    model_config = SettingsConfigDict(env_prefix="ANDON_", extra="forbid", frozen=True)

    data: Path = Field(
        default=Path("~/.local/share/andon"), description="Folder that holds everything: index, originals, accounts."
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=7860, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    embedder: str = Field(default="minilm", description='Embedder of the index: "minilm", or "none" for keywords only.')
    model: str = Field(
        default="andon-slm-ja-en",
        description='SLM: an id of models/models.toml, the path of a GGUF file, or "none" for quotes only.',
    )
    models: Path = Field(default=ROOT / "models", description="Folder with models.toml and the model files.")
    context_tokens: int = Field(default=2048, ge=256, description="Context of the SLM in tokens.")
    answer_tokens: int = Field(default=200, ge=16, description="Longest answer in tokens.")
    threads: int = Field(default=0, ge=0, description="CPU threads of the SLM; 0 chooses by the machine.")
    gpu_layers: int = Field(default=0, ge=-1, description="Layers of the SLM on the GPU; -1 puts all there (Jetson).")
    quotes: int = Field(default=3, ge=1, le=10, description="How many passages are quoted for a question.")
    max_question: int = Field(default=2000, ge=10, description="Longest question in characters.")
    max_file_mb: int = Field(default=512, ge=1, description="Largest file that can be uploaded, in MiB.")
    session_hours: int = Field(default=12, ge=1, description="Hours until a sign-in ends.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = TomlConfigSettingsSource(settings_cls, toml_file=Path(os.environ.get("ANDON_CONFIG", "andon.toml")))
        return init_settings, env_settings, file

    @property
    def index_folder(self) -> Path:
        return self.data / "index"

    @property
    def accounts_file(self) -> Path:
        return self.data / "accounts.sqlite3"


def read_settings(**flags: Any) -> Settings:
    """Settings with ``flags`` on top; flags that are None were not given. Raises SettingsWrong naming the setting."""
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsWrong(
            f"The setting {name} cannot be {first.get('input')!r}: {first['msg']}.",
            "See docs/settings.md for what it may be.",
            setting=name,
        ) from error
    return settings.model_copy(update={"data": settings.data.expanduser().resolve()})
