"""Service routes of the records: the log, feedback and its pairs, and the gaps in the manuals."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Query, Response
from fastapi import Path as InPath
from pydantic import BaseModel, Field

from assistant.accounts import Account
from assistant.build import Andon
from assistant.errors import RequestRefused
from assistant.http.wire import Json
from assistant.records.audit import Wanted, as_csv, as_jsonl
from assistant.records.entry import entry_json
from assistant.records.feedback import LONGEST, Said, feedback_json
from assistant.records.pairs import make_pairs, pair_lines

MOST_EXPORTED = 1_000_000
_Id = Annotated[int, InPath(ge=1, le=2**63 - 1)]
_Narrow = Annotated[str, Query(max_length=200)]


class Saying(BaseModel):
    """What a reader says of an answer: its id, as /ask gave it, a thumb, and for a thumb down why."""

    answer: str = Field(max_length=100)
    thumb: Literal["up", "down"]
    reason: Literal["", "wrong_page", "wrong_answer", "not_complete", "not_in_manuals", "unclear"] = ""
    comment: str = Field(default="", max_length=LONGEST)
    corrected: str = Field(default="", max_length=LONGEST, description="The answer as it should have been.")


class Review(BaseModel):
    """What an admin makes of it. "accepted": as the reader says; "corrected": ``chosen`` is the right answer."""

    state: Literal["new", "accepted", "corrected", "dismissed"]
    chosen: str = Field(default="", max_length=LONGEST)


class GapState(BaseModel):
    """What is done about a gap; what is left out stays as it is."""

    state: Literal["open", "manual_added", "dismissed"] | None = None
    assigned: str | None = Field(default=None, max_length=200, description='Who sees to it; "" for nobody.')


def add_records(service: FastAPI, andon: Andon, account: Any, admin: Any) -> None:
    """``account`` and ``admin`` say who is signed in, or refuse."""
    _add_log(service, andon, admin)
    _add_feedback(service, andon, account, admin)
    _add_gaps(service, andon, admin)


def _add_log(service: FastAPI, andon: Andon, admin: Any) -> None:
    @service.get("/log", tags=["records"], dependencies=[Depends(admin)], response_model=None)
    def log(
        wanted: Annotated[Wanted, Depends(_wanted)],
        format: Annotated[Literal["json", "jsonl", "csv"], Query()] = "json",
    ) -> Json | Response:
        """Questions with what was shown for them, and what admins did; newest first. ``format`` csv and jsonl give a
        file of all that is wanted, whatever the limit."""
        audit = andon.records.audit
        if format == "json":
            entries = [entry_json(entry) for entry in audit.entries(wanted)]
            return {"entries": entries, "count": audit.count(wanted), "days": andon.records.days}
        return log_file(andon, wanted, format)

    @service.get("/log/counts", tags=["records"], dependencies=[Depends(admin)])
    def counts() -> Json:
        """How many questions and acts a day; kept whatever the retention."""
        return {"counts": andon.records.audit.counts()}


def _wanted(
    since: _Narrow = "", until: _Narrow = "", user: _Narrow = "", kind: _Narrow = "", verdict: _Narrow = "",
    words: _Narrow = "", limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> Wanted:  # fmt: skip
    return Wanted(since, until, user, kind, verdict, words, limit, offset)


def log_file(andon: Andon, wanted: Wanted, form: str) -> Response:
    """The whole log as a file: CSV with a byte order mark for Excel, or JSON lines."""
    everything = Wanted(
        wanted.since, wanted.until, wanted.who, wanted.kind, wanted.verdict, wanted.words, MOST_EXPORTED
    )
    entries = andon.records.audit.entries(everything)
    content = as_csv(entries).encode("utf-8-sig") if form == "csv" else "".join(as_jsonl(entries)).encode()
    return Response(
        content, media_type="text/csv; charset=utf-8" if form == "csv" else "application/x-ndjson",
        headers={"Content-Disposition": f'attachment; filename="andon-log.{form}"', "Cache-Control": "no-store"},
    )  # fmt: skip


def _add_feedback(service: FastAPI, andon: Andon, account: Any, admin: Any) -> None:
    records = andon.records
    reader, reviewer = Depends(account), Depends(admin)

    @service.post("/feedback", tags=["records"], status_code=201)
    def give(body: Saying, who: Account = reader) -> Json:
        """Say whether an answer of yours helped. What is said later replaces what was said before."""
        said = Said(body.answer, body.thumb, body.reason, body.comment, body.corrected)
        return {"id": records.say(said, who.name, is_admin=who.is_admin)}

    @service.get("/feedback", tags=["records"], dependencies=[Depends(admin)])
    def listed(
        state: Annotated[str, Query(max_length=20)] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
    ) -> Json:
        found = records.feedback.all(state, limit, offset)
        return {"feedback": [feedback_json(each) for each in found], "counts": records.feedback.counts()}

    @service.get("/feedback/pairs", tags=["records"], dependencies=[Depends(admin)], response_class=Response)
    def pairs() -> Response:
        """What was accepted and corrected, as training pairs (JSON lines: prompt, chosen, rejected)."""
        made, left = make_pairs(records.feedback.all(limit=MOST_EXPORTED), andon.settings.excerpts)
        return Response(
            "".join(pair_lines(made)), media_type="application/x-ndjson",
            headers={
                "Content-Disposition": 'attachment; filename="andon-pairs.jsonl"', "Cache-Control": "no-store",
                "Andon-Left-Out": ", ".join(f"{rule}={count}" for rule, count in sorted(left.items())),
            },
        )  # fmt: skip

    @service.patch("/feedback/{feedback_id}", tags=["records"])
    def review(feedback_id: _Id, body: Review, who: Account = reviewer) -> Json:
        """Accept, correct or dismiss what was said, or take the review back."""
        reviewed = records.feedback.review(feedback_id, body.state, who.name, body.chosen)
        records.act(who.name, "http", "feedback", f"{feedback_id}: {body.state}")
        return feedback_json(reviewed)


def _add_gaps(service: FastAPI, andon: Andon, admin: Any) -> None:
    records = andon.records
    closer = Depends(admin)

    @service.get("/gaps", tags=["records"], dependencies=[Depends(admin)])
    def gaps(state: Annotated[str, Query(max_length=20)] = "") -> Json:
        """What people asked that the manuals do not hold, like questions together; most asked first."""
        return {"gaps": [asdict(gap) for gap in records.gaps.all(state)], "counts": records.gaps.counts()}

    @service.patch("/gaps/{gap_id}", tags=["records"])
    def set_state(gap_id: _Id, body: GapState, who: Account = closer) -> Json:
        """Say that a manual was added, that nothing needs to be done, or who sees to it. Asked again, the first is open
        once more."""
        changes = [
            *([records.gaps.assign(gap_id, body.assigned, who.name)] if body.assigned is not None else []),
            *([records.gaps.set_state(gap_id, body.state, who.name)] if body.state is not None else []),
        ]
        if not changes:
            raise RequestRefused("Nothing is to be changed.", "Send state or assigned.")
        records.act(who.name, "http", "gap", f"{gap_id}: {body.state or body.assigned}")
        return asdict(changes[-1])
