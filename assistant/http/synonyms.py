"""Service routes of the site's own words: read by all who are signed in, changed by admins."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Query, Response, UploadFile
from fastapi import Path as InPath
from pydantic import BaseModel, Field

from assistant.accounts import Account
from assistant.build import Andon
from assistant.http.wire import Json, group_json
from index.search.synonym_file import MOST_BYTES, file_of_groups, read_groups
from index.search.synonym_table import Put

LARGEST_FILE = MOST_BYTES + (64 << 10)  # with what a form puts around it
_Id = Annotated[int, InPath(ge=1, le=2**63 - 1)]


class Words(BaseModel):
    """Words that mean the same on this site."""

    words: list[str] = Field(max_length=100, examples=[["2号機", "梱包機", "SW-310"]])


def add_synonyms(service: FastAPI, andon: Andon, account: Any, admin: Any) -> None:
    """``account`` and ``admin`` say who is signed in, or refuse."""
    table, changer = andon.library.synonyms, Depends(admin)

    def note(who: Account, words: object) -> None:
        andon.records.act(who.name, "http", "words", str(words))

    @service.get("/synonyms", tags=["synonyms"], dependencies=[Depends(account)])
    def synonyms() -> Json:
        """All groups of words that mean the same on this site."""
        return {"groups": [group_json(group) for group in table.groups()]}

    @service.post("/synonyms", tags=["synonyms"], status_code=201)
    def add(body: Words, who: Account = changer) -> Json:
        """Add a group; where one of its words stands in a group already, they are joined. The next question goes by
        it."""
        put = table.add(body.words)
        note(who, put.group)
        return _put_json(put)

    @service.put("/synonyms/{group_id}", tags=["synonyms"])
    def edit(group_id: _Id, body: Words, who: Account = changer) -> Json:
        """Give a group other words."""
        put = table.edit(group_id, body.words)
        note(who, put.group)
        return _put_json(put)

    @service.delete("/synonyms/{group_id}", tags=["synonyms"])
    def remove(group_id: _Id, who: Account = changer) -> Json:
        group = table.remove_group(group_id)
        note(who, f"- {group}")
        return group_json(group)

    @service.get("/synonyms/file", tags=["synonyms"], dependencies=[Depends(account)], response_class=Response)
    def export(format: Annotated[Literal["csv", "tsv"], Query()] = "csv") -> Response:
        """The list as a file, one group a line, in UTF-8 with a byte order mark for Excel."""
        return Response(
            file_of_groups(table.groups(), tabs=format == "tsv"),
            media_type="text/csv; charset=utf-8" if format == "csv" else "text/tab-separated-values; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="andon-words.{format}"'},
        )

    @service.post("/synonyms/file", tags=["synonyms"])
    def take(file: UploadFile, replace: Annotated[bool, Query()] = False, who: Account = changer) -> Json:
        """Add the groups of a CSV or TSV file, all or none; ``replace`` forgets those that were there."""
        groups = read_groups(file.file.read(MOST_BYTES + 1), file.filename or "file")
        done = table.add_all(groups, replace=replace)
        changes = [put.change for put in done]
        note(who, file.filename or "file")
        return {change: changes.count(change) for change in ("added", "joined", "unchanged")}


def _put_json(put: Put) -> Json:
    return {"group": group_json(put.group), "change": put.change, "joined": [group_json(old) for old in put.joined]}
