"""CatalogueFile: models.toml written, an entry at a time; what else stands in it stays as it was, comments too."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from edge.errors import EntryRefused, ModelUnreadable
from edge.models import ModelCard, parse_catalogue

HEAD = "# Models that may be loaded: role, file, size and hash, licence, where it comes from.\n"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_ENTRY = re.compile(r"(?m)^[ \t]*\[\[[ \t]*model[ \t]*\]\][ \t]*(?:#.*)?$")
_TABLE = re.compile(r"(?m)^[ \t]*\[")


@dataclass(frozen=True, slots=True)
class Written:
    """What ``put`` did: whether an entry of that id was there before."""

    replaced: bool


def put(catalogue: Path, card: ModelCard, *, replace: bool = False) -> Written:
    """Writes the entry of ``card``, at the end, or with ``replace`` where that of its id stands. The file appears whole
    or not at all. A file inside the catalogue's folder is listed by its name, another by its whole path.

    Errors: EntryRefused for an id that cannot be, or that is there already; ModelUnreadable for a catalogue that is not
    as it should be, which then stays as it is; OSError.
    """
    if not _ID.fullmatch(card.id):
        raise EntryRefused(f"{card.id!r} cannot be an id.", "Use up to 80 letters, digits, dots, dashes: --id NAME")
    text = catalogue.read_text(encoding="utf-8") if catalogue.is_file() else HEAD
    known = {one.id for one in parse_catalogue(text, catalogue)}
    entry = _entry(card, catalogue.parent)
    if card.id in known and not replace:
        raise EntryRefused(
            f"{catalogue} lists a model {card.id} already.", "Give another id with --id NAME, or --replace it."
        )
    new = _replaced(text, card.id, entry) if card.id in known else f"{text.rstrip()}\n\n{entry}"
    after = parse_catalogue(new, catalogue)
    if {one.id for one in after} != known | {card.id} or not any(one.sha256 == card.sha256 for one in after):
        raise ModelUnreadable(
            f"{catalogue} is written in a way that cannot be changed here.", f"Write the entry yourself:\n{entry}"
        )
    _write(catalogue, new)
    return Written(card.id in known)


def _entry(card: ModelCard, folder: Path) -> str:
    path = card.path.resolve()
    home = folder.resolve()
    file = path.relative_to(home).as_posix() if path.is_relative_to(home) else str(path)
    fields: dict[str, object] = {"id": card.id, "role": card.role, "file": file, "sha256": card.sha256}
    fields |= {"bytes": card.bytes, "licence": card.licence, "source": card.source}
    if card.style != "free":
        fields["style"] = card.style
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
    return "\n".join(["[[model]]", *lines]) + "\n"


def _replaced(text: str, identity: str, entry: str) -> str:
    """``text`` with the entry of ``identity`` written anew; comments behind it, before the next table, stay."""
    for begin in _ENTRY.finditer(text):
        following = _TABLE.search(text, begin.end())
        block = text[begin.start() : following.start() if following else len(text)]
        if not re.search(rf"(?m)^[ \t]*id[ \t]*=[ \t]*[\"']{re.escape(identity)}[\"']", block):
            continue
        lines = block.split("\n")
        last = max(n for n, line in enumerate(lines) if line.strip() and not line.strip().startswith("#"))
        behind = "\n".join(lines[last + 1 :])
        return text[: begin.start()] + entry + behind + text[begin.start() + len(block) :]
    return text


def _write(catalogue: Path, text: str) -> None:
    catalogue.parent.mkdir(parents=True, exist_ok=True)
    part = catalogue.with_name(f".{catalogue.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(catalogue)
    finally:
        part.unlink(missing_ok=True)
