"""Served: what an endpoint says of itself: which models, and how long their context is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal

from edge.errors import ModelMissing
from edge.openai_api.door import Door
from edge.runner import Extra

Kind = Literal["llama-server", "vllm", ""]


@dataclass(frozen=True, slots=True)
class Served:
    """``model`` is its id in requests; ``context_tokens`` 0 where the server does not tell. ``kind``: whose server it
    proved to be, "" for another, which may overlook what it does not know."""

    model: str
    context_tokens: int
    kind: Kind = ""

    @property
    def extras(self) -> tuple[Extra, ...]:
        """What it is known to do and not to overlook; grammars in llama.cpp's form are left to llama-server."""
        return ("grammar", "logprobs") if self.kind else ()


def read_served(door: Door, wanted: str) -> Served:
    """The model ``wanted`` ("": the first) at the endpoint. A server without a list of models is believed.

    Errors: ModelMissing where the list does not hold it, or is empty; those of Door.
    """
    said = door.ask("models")
    listed = said.get("data") if isinstance(said, dict) else None
    models = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else None
    if models is None:
        context = _context_of_props(door)
        return Served(wanted or "default", context, "llama-server" if context else "")
    chosen = next((entry for entry in models if not wanted or _is_called(str(entry.get("id")), wanted)), None)
    if chosen is None:
        names = ", ".join(str(entry.get("id")) for entry in models) or "none"
        raise ModelMissing(
            f"{door.origin} has no model {wanted or '(any)'}.", f'It has: {names}. Write model = "ADDRESS#NAME".'
        )
    props = _context_of_props(door)
    kind: Kind = "llama-server" if props else "vllm" if "max_model_len" in chosen else ""
    context = _context_of(chosen) or props or _context_of_running(door, chosen)
    return Served(str(chosen["id"]), context, kind)


def _is_called(identity: str, wanted: str) -> bool:
    """ollama leaves out ":latest"; llama-server lists the file's path."""
    path = PurePosixPath(identity)
    return wanted in (identity, path.name, path.stem) or identity == f"{wanted}:latest"


def _context_of(entry: dict[str, Any]) -> int:
    """vLLM says max_model_len, LM Studio loaded_context_length, llama-server meta.n_ctx in newer versions."""
    meta = entry.get("meta") if isinstance(entry.get("meta"), dict) else {}
    return _first_number(entry.get("max_model_len"), entry.get("loaded_context_length"), (meta or {}).get("n_ctx"))


def _context_of_props(door: Door) -> int:
    """llama-server's: that of one slot, which is what a request has."""
    said = door.ask("/props")
    settings = said.get("default_generation_settings") if isinstance(said, dict) else None
    return _first_number(settings.get("n_ctx")) if isinstance(settings, dict) else 0


def _context_of_running(door: Door, chosen: dict[str, Any]) -> int:
    """ollama's, of a model that is loaded just now."""
    said = door.ask("/api/ps")
    running = said.get("models") if isinstance(said, dict) else None
    for entry in running if isinstance(running, list) else []:
        if isinstance(entry, dict) and entry.get("name") == chosen.get("id"):
            return _first_number(entry.get("context_length"))
    return 0


def _first_number(*values: Any) -> int:
    return next((value for value in values if isinstance(value, int) and value > 0), 0)
