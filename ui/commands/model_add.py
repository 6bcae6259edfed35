"""andon model add, check: a model file taken into the catalogue, and looked at again."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.acts import note_act
from ui.sizes import bytes_text, count_text
from ui.terminal import AsJson, print_failure, print_json, reader_lang, settings_with, tell
from ui.wording import say

if TYPE_CHECKING:
    from assistant.settings import Settings
    from edge.gguf_file import GgufFile
    from edge.models import ModelCard

Models = Annotated[Path | None, typer.Option("--models", help="Folder with models.toml (default: the setting models).")]


class StyleName(str, Enum):
    free = "free"
    extract = "extract"


def add(
    file: Annotated[Path, typer.Argument(help="A GGUF file, or a .rkllm file for RK3588.")],
    identity: Annotated[str, typer.Option("--id", help="Its name here; the file's name where left out.")] = "",
    licence: Annotated[str, typer.Option(help="Its licence; what the file says where left out.")] = "",
    source: Annotated[str, typer.Option(help="Where it comes from; what the file says where left out.")] = "",
    role: Annotated[str, typer.Option(help="What it is for.")] = "slm",
    style: Annotated[StyleName, typer.Option(help="How it answers best.")] = StyleName.free,
    replace: Annotated[bool, typer.Option("--replace", help="Write an entry of that id anew.")] = False,
    models: Models = None,
) -> None:
    """Take a model file into the catalogue, with hash, size, licence and source; it is looked into first.

    The file stays where it is. What stands in models.toml besides, comments too, is kept.
    """
    from edge.catalogue_file import put
    from edge.model_file import Told, card_of_file

    settings = settings_with(models=models)
    found = card_of_file(file, Told(identity, role, licence, source, style.value))
    written = put(settings.models / "models.toml", found.card, replace=replace)
    note_act(settings, "model", f"+ {found.card.id} {found.card.sha256[:12]}")
    tell("model.replaced" if written.replaced else "model.added", id=found.card.id, file=file)
    for line in _looked(found.card.path, found.gguf, settings):
        print(f"  {line}")
    if role == "slm":
        tell("model.use", id=found.card.id)


def check(
    name: Annotated[str | None, typer.Argument(help="An id of the catalogue or a file; all where left out.")] = None,
    as_json: AsJson = False,
    models: Models = None,
) -> None:
    """Read model files whole: hash, whether anything is missing, what is inside, how much memory it will take.

    Exit code 1 where one is not as it should be.
    """
    from edge.errors import EdgeFailed

    settings = settings_with(models=models)
    results: list[dict[str, Any]] = []
    bad = 0
    for card, path in _wanted(settings, name):
        title = card.id if card is not None else str(path)
        try:
            lines = _check_one(card, path, settings)
        except EdgeFailed as failed:
            bad += 1
            results.append({"model": title, "ok": False, "code": failed.code, "message": failed.message})
            if not as_json:
                print(f"✗ {title}")
                print_failure(failed)
            continue
        results.append({"model": title, "ok": True, "found": lines})
        if not as_json:
            print("\n    ".join([f"✓ {title}", *lines]))
    if as_json:
        print_json({"ok": not bad, "models": results})
    elif not bad:
        tell("model.good")
    if bad:
        raise typer.Exit(1)


def _wanted(settings: Settings, name: str | None) -> list[tuple[ModelCard | None, Path]]:
    """The entries to look at; an entry of None for a file that none lists. Errors: ModelMissing."""
    from edge.errors import ModelMissing
    from edge.models import load_catalogue

    cards = load_catalogue(settings.models / "models.toml")
    if name is None:
        return [(card, card.path) for card in cards]
    chosen: list[tuple[ModelCard | None, Path]] = [(card, card.path) for card in cards if card.id == name]
    if chosen:
        return chosen
    if not Path(name).is_file():
        raise ModelMissing(f"There is no model {name} and no such file.", "List them with: andon model list")
    return [(None, Path(name))]


def _check_one(card: ModelCard | None, path: Path, settings: Settings) -> list[str]:
    """Lines about a file that is as it should be. Errors: EdgeFailed."""
    from edge.model_file import look_into
    from edge.models import verify

    if card is not None:
        verify(card)
        if path.suffix.lower() not in (".gguf", ".rkllm"):
            return [say("model.state.ok", reader_lang())]
    return _looked(path, look_into(path), settings)


def _looked(path: Path, head: GgufFile | None, settings: Settings) -> list[str]:
    """What a person wants to know of a file that is whole."""
    from edge.forecast import forecast
    from edge.options import EdgeOptions

    lang = reader_lang()
    if head is None:
        return [say("model.not_looked_into", lang), *_npu_problem(path, settings)]
    found = forecast(path, EdgeOptions(path, context_tokens=settings.context_tokens, gpu_layers=settings.gpu_layers))
    lines = [
        say(
            "model.is", lang, architecture=head.architecture, parameters=count_text(head.parameters), kind=head.kind,
            context=head.number("context_length") or "?",
        ),
        say(
            "model.memory", lang, needed=bytes_text(found.needed), weights=bytes_text(found.weights),
            tokens=found.context_tokens, kv=bytes_text(found.keys_values),
            free="?" if found.free is None else bytes_text(found.free.available),
        ),
    ]  # fmt: skip
    if not found.fits:
        lines.append(say("model.too_large", lang, context=found.fitting_context))
    if "tokenizer.chat_template" not in head.keys:
        lines.append(say("model.no_template", lang))
    return lines


def _npu_problem(path: Path, settings: Settings) -> list[str]:
    """Why this box cannot run a .rkllm file; nothing where its runtime is there."""
    from edge.errors import EdgeFailed
    from edge.rkllm.library import find_library

    try:
        find_library(settings.rkllm_library, path)
    except EdgeFailed as failed:
        return [str(failed)]
    return []
