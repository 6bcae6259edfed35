"""andon model pull: a model file fetched from the Hub, when a person asks for it and says that the box may."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ui.acts import note_act
from ui.commands.model_add import Models
from ui.sizes import bytes_text
from ui.terminal import reader_lang, settings_with, tell
from ui.wording import say


def pull(
    name: Annotated[str, typer.Argument(help="OWNER/REPOSITORY/FILE on the Hub.")],
    revision: Annotated[str, typer.Option(help="Branch, tag or commit.")] = "main",
    identity: Annotated[str, typer.Option("--id", help="Its name here; the file's name where left out.")] = "",
    online: Annotated[bool, typer.Option("--online", help="This box may reach out now, this once.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask after showing size and licence.")] = False,
    models: Models = None,
) -> None:
    """Fetch a model file, check its hash and take it into the catalogue. Size and licence are shown first.

    A fetch that was cut goes on where it stopped when the command is given again.
    """
    from edge.catalogue_file import put
    from edge.errors import OfflineRefused
    from edge.hub import Hub, split_name
    from edge.model_file import Told, card_of_file

    settings = settings_with(models=models)
    if settings.offline and not online:
        raise OfflineRefused(
            "The setting offline says that this box reaches out to nothing.",
            "Say --online for this one time, or copy the file by hand and use: andon model add FILE",
        )
    repo, file = split_name(name)
    hub = Hub(settings.hub, settings.hub_key.get_secret_value())
    found = hub.look(repo, file, revision)
    lang = reader_lang()
    tell(
        "model.pull_shown", file=file, size=bytes_text(found.bytes), repo=repo, commit=found.commit[:12],
        licence=found.licence or say("model.licence_unknown", lang), sha=found.sha256[:12],
    )  # fmt: skip
    if not yes and not typer.confirm(say("model.pull_ask", lang)):
        raise typer.Exit(1)
    target = settings.models / Path(file).name
    hub.fetch(found, target, _report)
    told = Told(identity, licence=found.licence or "unknown", source=found.source)
    card = card_of_file(target, told).card
    put(settings.models / "models.toml", card, replace=True)
    note_act(settings, "model", f"+ {card.id} {card.sha256[:12]} ({found.source})")
    tell("model.added", id=card.id, file=target)
    tell("model.use", id=card.id)


def _report(done: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\r\x1b[K" if done >= total else ""
        print(f"\r\x1b[K{bytes_text(done)} / {bytes_text(total)}", end=end, file=sys.stderr)
