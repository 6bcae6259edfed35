"""Service routes of conversations: one's own, listed, searched, opened and deleted."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query
from fastapi import Path as InPath

from assistant.accounts import Account
from assistant.build import Andon
from assistant.http.wire import Json, event_json

_Id = Annotated[str, InPath(max_length=100)]


def add_conversations(service: FastAPI, andon: Andon, account: Any) -> None:
    """``account`` says who is signed in, or refuses. Everybody sees their own only, admins too."""
    own = Depends(account)

    @service.get("/conversations", tags=["conversations"])
    def listed(
        words: Annotated[str, Query(max_length=200)] = "",
        limit: Annotated[int, Query(ge=1, le=300)] = 50,
        who: Account = own,
    ) -> Json:
        """Your conversations on the operator page, latest first; those that hold all ``words``."""
        found = andon.records.conversations(who.name).all(words, limit)
        return {"conversations": [asdict(each) for each in found], "days": andon.records.days}

    @service.get("/conversations/{conversation}", tags=["conversations"])
    def opened(conversation: _Id, who: Account = own) -> Json:
        """What was asked and shown, oldest first; each turn as the event "answer" of /ask."""
        return {"turns": [event_json(each)[1] for each in andon.records.conversations(who.name).turns(conversation)]}

    @service.delete("/conversations/{conversation}", tags=["conversations"])
    def delete(conversation: _Id, who: Account = own) -> Json:
        """Delete one of yours; the log that admins keep is another matter and stays."""
        andon.records.conversations(who.name).delete(conversation)
        return {"deleted": 1}

    @service.delete("/conversations", tags=["conversations"])
    def delete_all(who: Account = own) -> Json:
        """Delete all of yours."""
        return {"deleted": andon.records.conversations(who.name).delete_all()}
