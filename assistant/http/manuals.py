"""Service routes of manuals: list, upload, describe, remove, original; jobs; what a search can be narrowed to."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Form, HTTPException, UploadFile
from fastapi import Path as InPath
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, Field

from assistant.accounts import Account
from assistant.build import Andon
from assistant.http.errors import error_json
from assistant.http.wire import Json, job_json, manual_json
from assistant.records.entry import Act
from index.attributes import UNSET
from index.errors import OriginalLost, UnknownFormat
from index.ingest.jobs import Job
from index.library import Attributes
from index.manuals.choose import suffixes

MAX_NAME = 200  # characters of an uploaded file's name
_SHOWN_AS_TEXT = (".txt", ".text", ".md", ".csv", ".tsv", ".adoc", ".asciidoc", ".asc")


class Describe(BaseModel):
    """What a manual is for; a field that is left out stays as it is, an empty list takes it away."""

    lines: list[str] | None = Field(default=None, max_length=100, examples=[["L1"]])
    machines: list[str] | None = Field(default=None, max_length=100, examples=[["SW-310", "2号機"]])
    enabled: bool | None = Field(default=None, description="Whether the manual is searched.")


def add_manuals(service: FastAPI, andon: Andon, account: Any, admin: Any) -> None:
    """``account`` and ``admin`` say who is signed in, or refuse."""
    library = andon.library
    changer = Depends(admin)

    @service.get("/manuals", tags=["manuals"], dependencies=[Depends(account)])
    def manuals() -> Json:
        return {"manuals": [manual_json(manual) for manual in library.manuals()]}

    @service.post("/manuals", tags=["manuals"], status_code=202)
    def upload(
        file: UploadFile,
        lines: Annotated[list[str] | None, Form(description="lines that the manual is for")] = None,
        machines: Annotated[list[str] | None, Form(description="machines that the manual is for")] = None,
        who: Account = changer,
    ) -> Json:
        """Accept a file; it is on disk and queued when this answers. Follow it with /jobs/{id}."""
        job = accept_upload(andon, file, Attributes.of(lines, machines))
        andon.records.act(who.name, "http", "manual_added", job.name)
        return job_json(job)

    @service.patch("/manuals/{manual_id}", tags=["manuals"])
    def describe(manual_id: str, body: Describe, who: Account = changer) -> Json:
        """Set the lines and machines that a manual is for, and whether it is searched."""
        attributes = Attributes.of(body.lines, body.machines)
        manual = library.manual(manual_id)
        if attributes:
            manual = library.describe(manual_id, attributes)
            andon.records.act(who.name, "http", "manual_described", manual.name)
        if body.enabled is not None:
            manual = library.enable(manual_id, body.enabled)
            act: Act = "manual_enabled" if body.enabled else "manual_disabled"
            andon.records.act(who.name, "http", act, manual.name)
        return manual_json(manual)

    @service.get("/manuals/{manual_id}/revisions", tags=["manuals"], dependencies=[Depends(admin)])
    def revisions(manual_id: str) -> Json:
        """The editions that a manual has had, newest first; the original is kept of the first one listed."""
        return {"revisions": [asdict(revision) for revision in library.revisions(manual_id)]}

    @service.get("/filters", tags=["questions"], dependencies=[Depends(account)])
    def filters() -> Json:
        """What a search or a question can be narrowed to."""
        return asdict(library.filters())

    @service.delete("/manuals/{manual_id}", tags=["manuals"])
    def remove(manual_id: str, who: Account = changer) -> Json:
        manual = library.remove(manual_id)
        andon.records.act(who.name, "http", "manual_deleted", manual.name)
        return manual_json(manual)

    @service.get("/manuals/{manual_id}/original", tags=["manuals"], dependencies=[Depends(account)])
    def original(manual_id: str) -> FileResponse:
        """The original file, shown in the browser where it can (add #page=N to open a PDF at a page)."""
        path, manual = library.original(manual_id), library.manual(manual_id)
        inline = path.suffix == ".pdf" or path.suffix in _SHOWN_AS_TEXT
        media = "text/plain; charset=utf-8" if path.suffix in _SHOWN_AS_TEXT else None
        return FileResponse(
            path, filename=manual.name, media_type=media,
            content_disposition_type="inline" if inline else "attachment",
            # an uploaded HTML manual must never run as a page of this service
            headers={"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
            if path.suffix != ".pdf" else {"X-Content-Type-Options": "nosniff"},
        )  # fmt: skip

    @service.get("/jobs", tags=["manuals"], dependencies=[Depends(admin)])
    def jobs() -> Json:
        return {"jobs": [job_json(job) for job in library.jobs.jobs()]}

    @service.get("/jobs/{job_id}", tags=["manuals"], dependencies=[Depends(admin)])
    def job(job_id: Annotated[int, InPath(ge=1, le=2**63 - 1)]) -> Json:
        found = library.jobs.job(job_id)
        if found is None:
            raise HTTPException(404, f"There is no job {job_id}.")
        return job_json(found)

    @service.post("/jobs/{job_id}/cancel", tags=["manuals"])
    def cancel(job_id: Annotated[int, InPath(ge=1, le=2**63 - 1)], who: Account = changer) -> Json:
        """End a job that waits, at once, or that is being read, at its next page; what has ended stays as it is."""
        found = library.jobs.job(job_id)
        if found is None:
            raise HTTPException(404, f"There is no job {job_id}.")
        if found.state in ("queued", "running"):
            library.jobs.cancel(job_id)
            andon.records.act(who.name, "http", "manual_cancelled", found.name)
        return job_json(library.jobs.job(job_id) or found)

    @service.post("/jobs/{job_id}/retry", tags=["manuals"], status_code=202, response_model=None)
    def retry(job_id: Annotated[int, InPath(ge=1, le=2**63 - 1)], who: Account = changer) -> Json | Response:
        """Queue a job that failed once more; 409 where it has not failed, or its file is no longer kept."""
        if library.jobs.job(job_id) is None:
            raise HTTPException(404, f"There is no job {job_id}.")
        try:
            job = library.jobs.retry(job_id)
        except OriginalLost as lost:
            return JSONResponse(error_json(lost), 409)
        andon.records.act(who.name, "http", "manual_added", job.name)
        return job_json(job)


def accept_upload(andon: Andon, file: UploadFile, attributes: Attributes = UNSET) -> Job:
    """Write an uploaded file to disk and queue it. Raises UnknownFormat for a name that no reader knows."""
    name = _file_name(file.filename or "")
    if Path(name).suffix.lower() not in suffixes():
        raise UnknownFormat(
            f"No reader for the file {name!r}.", f"Its name must end with one of: {', '.join(suffixes())}.", name=name
        )
    with tempfile.TemporaryDirectory(dir=andon.settings.index_folder, prefix=".upload-") as part:
        path = Path(part) / "file"
        with path.open("wb") as target:
            shutil.copyfileobj(file.file, target, 1 << 20)
        return andon.library.jobs.submit(path, name, attributes)


def _file_name(sent: str) -> str:
    """The last part of what a browser sent as a name, printable, short, and never a path."""
    last = sent.encode("utf-8", "replace").decode().replace("\\", "/").rpartition("/")[2]
    printable = "".join(character for character in last if character.isprintable()).strip()
    stem, dot, suffix = printable.rpartition(".")
    if len(printable) > MAX_NAME and dot and len(suffix) < 20:
        printable = f"{stem[: MAX_NAME - len(suffix) - 1]}.{suffix}"
    return printable[:MAX_NAME] or f"upload-{secrets.token_hex(4)}"
