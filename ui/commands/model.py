"""andon model: the models of this box, listed, added, converted, quantised, fetched, checked."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.commands import model_add, model_make, model_pull, model_rkllm
from ui.commands.model_add import Models
from ui.sizes import bytes_text
from ui.terminal import AsJson, print_json, reader_lang, settings_with, tell
from ui.wording import say

if TYPE_CHECKING:
    from assistant.settings import Settings
    from edge.file_state import FileState
    from edge.models import ModelCard

app = typer.Typer(help="The models of this box: what there is, where it comes from, what is in use.")
app.command("add")(model_add.add)
app.command("check")(model_add.check)
app.command("convert")(model_make.convert)
app.command("quantize")(model_make.quantize)
app.command("match")(model_make.match)
app.command("pull")(model_pull.pull)
app.command("convert-rk3588")(model_rkllm.convert_rk3588)


@dataclass(frozen=True, slots=True)
class Listed:
    """A catalogue entry, what became of its file, and whether the settings choose it."""

    card: ModelCard
    state: FileState
    in_use: bool

    def as_json(self) -> dict[str, Any]:
        card = self.card
        return {
            "id": card.id, "role": card.role, "file": str(card.path), "bytes": card.bytes, "sha256": card.sha256,
            "licence": card.licence, "source": card.source, "style": card.style, "state": self.state,
            "in_use": self.in_use,
        }  # fmt: skip


class BoardName(str, Enum):
    jetson = "jetson"
    jetson_super = "jetson-super"
    rk3588 = "rk3588"
    rk3588_npu = "rk3588-npu"


@app.callback()
def model() -> None:
    """The models of this box: what there is, where it comes from, what is in use."""


@app.command("list")
def list_models(
    verify: Annotated[bool, typer.Option("--verify", help="Read large files too, to check their SHA-256.")] = False,
    show: Annotated[bool, typer.Option("--recommended", help="Open models that fit a small box, instead.")] = False,
    board: Annotated[BoardName, typer.Option(help="With --recommended: which box.")] = BoardName.jetson,
    as_json: AsJson = False,
    models: Models = None,
) -> None:
    """List the catalogue: role, size, licence, source, whether each file is the listed one, and which are in use."""
    if show:
        _recommend(board.value, as_json)
        return
    from edge.openai_api.options import is_endpoint

    settings = settings_with(models=models)
    found = _listed(settings, verify)
    unlisted = _unlisted(settings, [one.card for one in found])
    if as_json:
        print_json({"models": [one.as_json() for one in found], "not_listed": unlisted, "model": settings.model})
        return
    if not found:
        tell("model.none")
    else:
        tell("model.head")
    for one in found:
        print(_line(one))
    for name in unlisted:
        tell("model.unlisted", name=name)
    if is_endpoint(settings.model):
        tell("model.endpoint", address=settings.model)
    if any(one.state == "not_read" for one in found):
        tell("model.more")


def _recommend(board_id: str, as_json: bool) -> None:
    """What to expect of open models on a board."""
    from edge.recommended import expect, recommended
    from ui.models_page import expected_line

    found, boards = recommended()
    board = next(one for one in boards if one.id == board_id)
    expected = [expect(one, board) for one in found]
    if as_json:
        print_json({"board": asdict(board), "measured": False, "models": [asdict(one) for one in expected]})
        return
    tell("model.recommended_head", board=board.name, runtime=board.runtime)
    for one in expected:
        print(expected_line(one, reader_lang()))


def _listed(settings: Settings, verify: bool) -> list[Listed]:
    from edge.file_state import READ_UP_TO_BYTES, file_state
    from edge.models import load_catalogue

    limit = None if verify else READ_UP_TO_BYTES
    cards = load_catalogue(settings.models / "models.toml")
    chosen = _in_use(settings, cards)
    return [Listed(card, file_state(card, read_up_to=limit), card.id in chosen) for card in cards]


def _in_use(settings: Settings, cards: tuple[ModelCard, ...]) -> set[str]:
    """Ids of the entries that the settings name, by id or by path; of a role that no setting names, the first."""
    chosen: set[str] = set()
    for name in _named(settings):
        chosen |= {card.id for card in cards if card.id == name or _same_file(name, card.path)}
    for role in {card.role for card in cards} - {"slm", "embedder"}:
        chosen |= {next(card.id for card in cards if card.role == role)}
    return chosen


def _named(settings: Settings) -> list[str]:
    return [name for name in (settings.model, settings.embedder) if name != "none"]


def _same_file(name: str, path: Path) -> bool:
    given = Path(name).expanduser()
    return given.is_file() and path.is_file() and given.samefile(path)


def _unlisted(settings: Settings, cards: list[ModelCard]) -> list[str]:
    """Model files that the settings name by path and no entry knows."""
    return [
        name for name in _named(settings)
        if Path(name).expanduser().is_file() and not any(_same_file(name, card.path) for card in cards)
    ]  # fmt: skip


def _line(one: Listed) -> str:
    card = one.card
    state = say(f"model.state.{one.state}", reader_lang())
    mark = "*" if one.in_use else " "
    return f"{mark} {card.id:<22} {card.role:<9} {bytes_text(card.bytes):>9}  {state}  {card.licence}  {card.source}"
