"""EndpointOptions: which model behind which address, and how long to wait for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from edge.http_address import Address


@dataclass(frozen=True, slots=True)
class EndpointOptions:
    """``model`` "" takes the first that the server lists. ``context_tokens`` bounds prompt and answer together; where
    the server tells of a shorter one, that holds. ``first_s``: longest wait for the first token, the reading of the
    prompt included; ``gap_s``: for each one after it; ``back_off_s``: pause before the first request is sent again,
    doubled with each try. ``tokenizer``: the tokenizer.json of the model, for servers that do not count tokens. ``key``
    is sent as a bearer token and never shown."""

    address: Address
    model: str = ""
    context_tokens: int = 2048
    key: str = field(default="", repr=False)
    connect_s: float = 5.0
    first_s: float = 60.0
    gap_s: float = 20.0
    back_off_s: float = 0.5
    ca_file: Path | None = None
    tokenizer: Path | None = None


def is_endpoint(model: str) -> bool:
    """Whether the setting ``model`` is an address rather than a file or an id."""
    return model.startswith(("http://", "https://"))


def split_model(model: str) -> tuple[str, str]:
    """The address and the model's name of "http://127.0.0.1:8080/v1#name"; "" where none is named."""
    url, _, name = model.partition("#")
    return url.rstrip("/"), name
