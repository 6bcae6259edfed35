"""Service route of pages: a page of a manual's original as a picture."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request
from fastapi import Path as InPath
from fastapi.responses import FileResponse, Response

from assistant.build import Andon
from index.page_images import SCALES


def add_pages(service: FastAPI, andon: Andon, account: Any) -> None:
    """``account`` says who is signed in, or refuses: who may search the manuals may see their pages."""

    @service.get("/manuals/{manual_id}/pages/{page}.png", tags=["manuals"], dependencies=[Depends(account)])
    def page_image(
        request: Request,
        manual_id: str,
        page: Annotated[int, InPath(ge=1, le=100_000, description="physical page, from 1")],
        scale: Annotated[float, Query(ge=0.1, le=SCALES[-1], description="pixels a point (1/72 inch)")] = 2.0,
    ) -> Response:
        """A page of a PDF or a picture file, as people see it. 404 for formats without such pages (Word, HTML, CSV,
        text). ``Andon-Page-Size`` tells its size in points, in which passages have their boxes."""
        image = andon.library.page_image(manual_id, page, scale)
        # the browser asks each time, so that a sign-in that has ended shows nothing and a new revision is seen
        headers = {
            "Cache-Control": "private, no-cache", "ETag": f'"{image.path.stem}"', "X-Content-Type-Options": "nosniff",
            "Andon-Page-Size": f"{image.width:g} {image.height:g}",
        }  # fmt: skip
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return FileResponse(image.path, media_type="image/png", headers=headers)
