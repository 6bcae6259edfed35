"""Service routes of stoppages: closed by who fixed them, looked up by everybody, taken out as incident records."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Query, Response
from pydantic import BaseModel, Field

from assistant.accounts import Account
from assistant.build import Andon
from assistant.errors import AdminOnly
from assistant.http.wire import Json
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


def add_stoppages(service: FastAPI, andon: Andon, account: Any) -> None:
    """``account`` says who is signed in, or refuses."""
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
        of incident records. Who reported it is told to admins only."""
        table = andon.records.stoppages
        if format == "json":
            found = [stoppage_json(each) for each in table.all(words, limit, offset)]
            if not who.is_admin:
                found = [{**each, "who": ""} for each in found]
            return {"stoppages": found, "count": table.count()}
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
