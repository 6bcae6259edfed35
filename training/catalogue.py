"""The catalogue of models (models.toml): put in, or replaced, the entry of a model that was just made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from training.provenance import sha256_of

_HEAD = "# Models that may be loaded: role, file beside this one, size and hash, licence, where it comes from.\n"
_MARK = "[[model]]"


@dataclass(frozen=True, slots=True)
class Entry:
    """One model. ``file`` lies in the catalogue's folder; ``style`` ("extract" or none) is how it answers."""

    id: str
    role: str
    file: Path
    licence: str
    source: str
    style: str = ""

    def render(self) -> str:
        return (
            f"{_MARK}\n"
            f'id = "{self.id}"\n'
            f'role = "{self.role}"\n'
            f'file = "{self.file.name}"\n'
            f'sha256 = "{sha256_of(self.file)}"\n'
            f"bytes = {self.file.stat().st_size}\n"
            f'licence = "{self.licence}"\n'
            f'source = "{self.source}"\n' + (f'style = "{self.style}"\n' if self.style else "")
        )


def put_entry(catalogue: Path, entry: Entry) -> None:
    """Write ``entry`` into ``catalogue`` in place of the one with its id, or at the end. The rest stays as it is."""
    text = catalogue.read_text("utf-8") if catalogue.is_file() else _HEAD
    head, *blocks = text.split(_MARK)
    kept = [block for block in blocks if f'id = "{entry.id}"\n' not in block]
    parts = [head.rstrip("\n"), *(f"{_MARK}{block}".strip("\n") for block in kept), entry.render().rstrip("\n")]
    fresh = catalogue.with_suffix(".new")
    fresh.write_text("\n\n".join(part for part in parts if part) + "\n", "utf-8")
    fresh.replace(catalogue)
