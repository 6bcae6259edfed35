"""Service route of the backup: the data folder as one file, for admins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.responses import StreamingResponse

from assistant.accounts import Account
from assistant.backup.archive import backup_name, stream_backup
from assistant.build import Andon


def add_backup(service: FastAPI, andon: Andon, admin: Any) -> None:
    """``admin`` says which admin is signed in, or refuses."""
    asker = Depends(admin)

    @service.get("/backup", tags=["service"], response_class=StreamingResponse)
    def backup(who: Account = asker) -> StreamingResponse:
        """Manuals, originals, accounts and records in one file, as andon restore takes it."""
        pieces = stream_backup(andon.settings.data)
        first = next(pieces)  # what fails, fails before anything is sent
        name = backup_name()
        andon.records.act(who.name, "http", "backup", name)
        return StreamingResponse(
            _after(first, pieces), media_type="application/x-tar",
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
        )  # fmt: skip


def _after(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
