"""ModelCard: what models.toml says of the models that may be loaded, and whether a file is really that model."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from edge.errors import ModelAltered, ModelMissing, ModelUnreadable

_REQUIRED = {"id": str, "role": str, "file": str, "sha256": str, "bytes": int, "licence": str, "source": str}
_READ_BYTES = 1 << 20
Style = Literal["free", "extract"]


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One ``[[model]]``. ``path`` is its file, found from the catalogue's folder; ``role`` says what it is for ("slm",
    "embedder"); ``sha256`` in lower-case hex; ``source`` where it comes from. ``style``: how an SLM answers best, in
    its own words or ("extract") by choosing lines of what it has read; "free" where the entry does not say."""

    id: str
    role: str
    path: Path
    sha256: str
    bytes: int
    licence: str
    source: str
    style: Style = "free"


def load_catalogue(path: Path) -> tuple[ModelCard, ...]:
    """The cards of the catalogue ``path`` in its order. The files themselves need not be there.

    Errors: ModelMissing without the catalogue; ModelUnreadable where it is not as it should be.
    """
    if not path.is_file():
        raise ModelMissing(f"The catalogue {path} is missing.", "Restore models/models.toml.")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as exc:
        raise ModelUnreadable(f"{path} cannot be read: {exc}.", "Restore models/models.toml.") from exc
    return parse_catalogue(text, path)


def parse_catalogue(text: str, path: Path) -> tuple[ModelCard, ...]:
    """The cards that ``text``, which stands or will stand in ``path``, lists. Errors: ModelUnreadable."""
    entries = _parse(text, path).get("model", [])
    cards = tuple(_card(entry, path) for entry in entries)
    ids = [card.id for card in cards]
    if twice := {i for i in ids if ids.count(i) > 1}:
        raise ModelUnreadable(f"{path} lists {min(twice)!r} twice.", "Give every model its own id.")
    return cards


def find(cards: Sequence[ModelCard], role: str) -> ModelCard:
    """The first card of ``role`` whose file is there. Errors: ModelMissing."""
    named = [card for card in cards if card.role == role]
    for card in named:
        if card.path.is_file():
            return card
    what = f"The file {named[0].path} of model {named[0].id}" if named else f"A model with role {role!r}"
    raise ModelMissing(f"{what} is missing.", "Copy the models folder of the release beside the program.")


def resolve(name: str, models: Path) -> Path:
    """The file that ``name`` means: a path that exists is itself, else the id of a card in ``models``/models.toml,
    whose file is verified. Errors: ModelMissing; ModelAltered."""
    given = Path(name).expanduser()
    if given.is_file():
        return given
    cards = load_catalogue(models / "models.toml")
    for card in cards:
        if card.id == name:
            verify(card)
            return card.path
    known = ", ".join(card.id for card in cards) or "none"
    raise ModelMissing(
        f"There is no file {name}, and no model of that id in {models / 'models.toml'}.", f"Known ids: {known}."
    )


def style_of(name: str, models: Path) -> Style:
    """How the model that ``name`` means (see ``resolve``) answers best; "free" for a file that no card lists. Errors:
    ModelMissing without the catalogue, ModelUnreadable."""
    given = Path(name).expanduser()
    catalogue = models / "models.toml"
    if given.is_file() and not catalogue.is_file():
        return "free"
    for card in load_catalogue(catalogue):
        if card.id == name or (given.is_file() and card.path.is_file() and given.samefile(card.path)):
            return card.style
    return "free"


def verify(card: ModelCard) -> None:
    """Reads the whole file. Errors: ModelMissing; ModelAltered when size or SHA-256 are not those of the card."""
    if not card.path.is_file():
        raise ModelMissing(f"The file {card.path} of model {card.id} is missing.", "Copy it there again.")
    size = card.path.stat().st_size
    if size != card.bytes:
        raise ModelAltered(f"{card.path} has {size} bytes, not {card.bytes}.", "Copy it there again.")
    found = file_sha256(card.path)
    if found != card.sha256:
        raise ModelAltered(
            f"{card.path} is not the file of the catalogue: its SHA-256 begins with {found[:12]}, not "
            f"{card.sha256[:12]}.",
            "Copy it there again; if you replaced it on purpose, update models.toml.",
        )


def file_sha256(path: Path) -> str:
    """SHA-256 of a file in lower-case hex, read in pieces of 1 MiB."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_READ_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def _parse(text: str, path: Path) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(text)
    except ValueError as exc:
        raise ModelUnreadable(f"{path} cannot be read: {exc}.", "Restore models/models.toml.") from exc


def _card(entry: dict[str, Any], path: Path) -> ModelCard:
    for key, kind in _REQUIRED.items():
        if not isinstance(entry.get(key), kind):
            raise ModelUnreadable(
                f"{path}: model {entry.get('id', '?')!r} lacks {key}, or it is not of type {kind.__name__}.",
                "See the comment at the top of the catalogue.",
            )
    style = entry.get("style", "free")
    if style not in get_args(Style):
        raise ModelUnreadable(
            f"{path}: model {entry['id']!r} has the style {style!r}.", f"Write one of {', '.join(get_args(Style))}."
        )
    return ModelCard(
        id=entry["id"],
        role=entry["role"],
        path=path.parent / entry["file"],
        sha256=entry["sha256"].lower(),
        bytes=entry["bytes"],
        licence=entry["licence"],
        source=entry["source"],
        style=style,
    )
