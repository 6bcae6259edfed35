"""Service routes of stoppages: closed by who fixed them, looked up, kept by admins, taken out as records."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Query, Response
from fastapi import Path as InPath
from pydantic import BaseModel, Field

from assistant.accounts import Account
from assistant.build import Andon
from assistant.errors import AdminOnly
from assistant.http.wire import Json
from assistant.precedents import held_back
from assistant.records.errors import RecordUnknown
from assistant.records.stoppages import (
    LONGEST,
    LONGEST_NAME,
    MOST_MINUTES,
    Stoppage,
    incidents_csv,
    incidents_jsonl,
    stoppage_json,
)

MOST_EXPORTED = 1_000_000
_Text = Annotated[str, Field(max_length=LONGEST)]
_Name = Annotated[str, Field(max_length=LONGEST_NAME)]
_Id = Annotated[int, InPath(ge=1, le=2**63 - 1)]


class Closing(BaseModel):
    """How a stoppage ended. ``answer``: the id of the answer that was shown for it, as /ask gave it; "" for none."""

    answer: str = Field(default="", max_length=100)
    minutes_down: int = Field(ge=0, le=MOST_MINUTES)
    cause: _Text = ""
    remedy: _Text
    code: _Name = ""
    symptom: _Text = ""
    line: _Name = ""
    machine: _Name = ""
    lang: Literal["ja", "en"] = "ja"


class Correction(BaseModel):
    """What a stoppage should say; what is left out stays as it is."""

    minutes_down: int | None = Field(default=None, ge=0, le=MOST_MINUTES)
    cause: _Text | None = None
    remedy: _Text | None = None
    code: _Name | None = None
    symptom: _Text | None = None
    line: _Name | None = None
    machine: _Name | None = None


class LineState(BaseModel):
    """Whether a line's stoppages are shown when the same comes again; "" is the line of those that name none."""

    line: _Name
    enabled: bool


def add_stoppages(service: FastAPI, andon: Andon, account: Any, admin: Any) -> None:
    """``account`` and ``admin`` say who is signed in, or refuse."""
    _add_closing(service, andon, account)
    _add_keeping(service, andon, admin)


def _add_keeping(service: FastAPI, andon: Andon, admin: Any) -> None:
    records, keeper = andon.records, Depends(admin)

    @service.get("/stoppages/lines", tags=["records"], dependencies=[Depends(admin)])
    def lines() -> Json:
        """The lines with stoppages: how many, and whether they are shown when the same comes again."""
        return {"lines": [asdict(each) for each in records.stoppages.lines()]}

    @service.put("/stoppages/lines", tags=["records"])
    def switch(body: LineState, who: Account = keeper) -> Json:
        """Show a line's stoppages when the same comes again, or do not; they are kept either way."""
        records.enable_stoppages(body.line, body.enabled)
        records.act(who.name, "http", "stoppage", f"{body.line or '-'}: {'on' if body.enabled else 'off'}")
        return lines()

    @service.patch("/stoppages/{number}", tags=["records"])
    def correct(number: _Id, body: Correction, who: Account = keeper) -> Json:
        """Put right what was written; it is found as it is now from the next question on."""
        before = records.stoppages.some([number]).get(number)
        if before is None:
            raise RecordUnknown(f"There is no stoppage {number}.", "List them with: GET /stoppages")
        after = records.correct_stoppage(number, replace(before, **body.model_dump(exclude_none=True)))
        records.act(who.name, "http", "stoppage", f"{number}: corrected")
        return stoppage_json(after)

    @service.delete("/stoppages/{number}", tags=["records"])
    def delete(number: _Id, who: Account = keeper) -> Json:
        """Delete a stoppage; nobody is shown it any more."""
        records.delete_stoppage(number)
        records.act(who.name, "http", "stoppage", f"{number}: deleted")
        return {"deleted": number}


def _add_closing(service: FastAPI, andon: Andon, account: Any) -> None:
    reader = Depends(account)

    @service.post("/stoppages", tags=["records"], status_code=201)
    def close(body: Closing, who: Account = reader) -> Json:
        """Close a stoppage: when it stopped (now less ``minutes_down``), why, and what fixed it."""
        given = body.model_dump(exclude={"answer"})
        stoppage = Stoppage(entry=body.answer, **given)
        return {"id": andon.records.close_stoppage(stoppage, who.name, is_admin=who.is_admin)}

    @service.get("/stoppages", tags=["records"], response_model=None)
    def listed(
        words: Annotated[str, Query(max_length=200)] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
        format: Annotated[Literal["json", "jsonl", "csv"], Query()] = "json",
        who: Account = reader,
    ) -> Json | Response:
        """Newest first; those that hold all ``words``. ``format`` jsonl and csv give an admin a file of all in the form
        of incident records. Who reported it is told to admins only, and only they see what is held back."""
        table = andon.records.stoppages
        if format == "json":
            found = table.all(words, limit, offset)
            if not who.is_admin:
                found = [replace(each, who="") for each in found if not held_back(each)]
            return {"stoppages": list(map(stoppage_json, found)), "count": table.count()}
        if not who.is_admin:
            raise AdminOnly("This needs an admin.", "Sign in as an admin, or ask one.")
        everything = table.all(words, MOST_EXPORTED)
        text = incidents_csv(everything) if format == "csv" else "".join(incidents_jsonl(everything))
        return Response(
            text.encode("utf-8-sig" if format == "csv" else "utf-8"),
            media_type="text/csv; charset=utf-8" if format == "csv" else "application/x-ndjson",
            headers={
                "Content-Disposition": f'attachment; filename="andon-incidents.{format}"', "Cache-Control": "no-store",
            },
        )  # fmt: skip
