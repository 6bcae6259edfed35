"""Hub: one file of a model repository, looked at and fetched by plain HTTP, resumed where it was cut, checked by hash.

No library of the Hub is used: a box has none, and nothing here may reach out but this, when it is asked to.
Interface: huggingface.co/docs/hub/api (GET /api/models/REPO, GET /REPO/resolve/REVISION/FILE).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

from edge.disk_room import disk_full, is_full, need_room
from edge.errors import EndpointFailed, HubAway, HubGated, HubMissing, HubRefused, ModelAltered
from edge.http_address import Address
from edge.http_exchange import Exchange, Request

TRIES = 5  # in a row, each of which brought nothing
WAIT_S = 1.0  # doubles
ANSWER_S = 30.0  # for the next bytes
MOST_REDIRECTS = 5
_SHA256 = re.compile(r"[0-9a-f]{64}")
Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file as the Hub describes it: ``bytes``, ``sha256`` in lower-case hex, the commit, the licence as the
    repository states it ("" where it does not), and whether it must be asked for."""

    hub: str
    repo: str
    name: str
    commit: str
    bytes: int
    sha256: str
    licence: str
    gated: bool

    @property
    def source(self) -> str:
        return f"{self.hub}/{self.repo} {self.name} at {self.commit[:12]}"


def split_name(text: str) -> tuple[str, str]:
    """Repository and file of "owner/name/file.gguf". Errors: HubMissing."""
    parts = text.removeprefix("https://huggingface.co/").replace("/resolve/main/", "/").split("/")
    if len(parts) < 3 or not all(parts) or ".." in parts:
        raise HubMissing(f"{text!r} does not name a file.", "Write OWNER/REPOSITORY/FILE, such as a/b/c.Q4_K_M.gguf")
    return "/".join(parts[:2]), "/".join(parts[2:])


class Hub:
    """``base`` is its address; ``key`` a token for repositories that must be asked for, sent to ``base`` alone.

    Errors: HubAway, HubMissing, HubGated, HubRefused.
    """

    def __init__(self, base: str = "https://huggingface.co", key: str = "", *, wait_s: float = WAIT_S) -> None:
        self._base = base.rstrip("/")
        self._key = key
        self._wait_s = wait_s

    def look(self, repo: str, name: str, revision: str = "main") -> HubFile:
        """What the Hub says of a file; nothing of it is fetched."""
        url = f"{self._base}/api/models/{quote(repo)}/revision/{quote(revision, safe='')}?blobs=true"
        with self._open(url, {}) as exchange:
            self._check(exchange, f"{repo} at {revision}")
            try:
                said = json.loads(exchange.read())
                sibling = next((one for one in said["siblings"] if one.get("rfilename") == name), None)
            except (ValueError, KeyError, TypeError, AttributeError) as exc:
                raise HubRefused(f"{self._base} describes {repo} in a way that is not understood.", "") from exc
        if sibling is None:
            named = sorted(one["rfilename"] for one in said["siblings"] if one["rfilename"].endswith(".gguf"))
            raise HubMissing(f"{repo} has no file {name}.", f"It has: {', '.join(named) or 'no .gguf file'}.")
        digest = str((sibling.get("lfs") or {}).get("sha256") or "").lower()
        if not _SHA256.fullmatch(digest) or not isinstance(sibling.get("size"), int):
            raise HubRefused(f"The Hub gives no hash of {name}, so it could not be checked.", "Take another file.")
        return HubFile(
            Address.of(self._base, remote=True).netloc, repo, name, str(said.get("sha") or revision), sibling["size"],
            digest, _licence(said), bool(said.get("gated")),
        )  # fmt: skip

    def fetch(self, file: HubFile, target: Path, report: Report = lambda _done, _total: None) -> Path:
        """Writes the file to ``target``, which appears only when its hash is right. What was fetched of it lies beside
        it in a file that ends with .part, from which the next call goes on.

        Errors: also DiskFull (asked before, and told when it happens), ModelAltered for another hash; the .part is
        removed then, and kept after all other errors.
        """
        part = target.with_name(f"{target.name}.{file.sha256[:12]}.part")
        have = part.stat().st_size if part.is_file() else 0
        need_room(target.parent, max(0, file.bytes - have))
        target.parent.mkdir(parents=True, exist_ok=True)
        self._fill(file, part, report)
        from edge.models import file_sha256

        if part.stat().st_size != file.bytes or file_sha256(part) != file.sha256:
            part.unlink()
            raise ModelAltered(
                f"What came for {file.name} is not the file that the Hub lists: its hash differs.", "Fetch it again."
            )
        part.replace(target)
        return target

    def _fill(self, file: HubFile, part: Path, report: Report) -> None:
        """Fetches until ``part`` has all bytes; each try goes on where the last one ended."""
        failures = 0
        while (have := part.stat().st_size if part.is_file() else 0) < file.bytes:
            try:
                self._fetch_from(file, part, have, report)
            except HubAway:
                gained = (part.stat().st_size if part.is_file() else 0) > have
                failures = 0 if gained else failures + 1
                if failures >= TRIES:
                    raise
                time.sleep(self._wait_s * 2 ** max(0, failures - 1))
            except OSError as failed:
                if is_full(failed):
                    raise disk_full(part, failed) from failed
                raise

    def _fetch_from(self, file: HubFile, part: Path, have: int, report: Report) -> None:
        url = f"{self._base}/{quote(file.repo)}/resolve/{quote(file.commit, safe='')}/{quote(file.name)}"
        with self._open(url, {"Range": f"bytes={have}-"} if have else {}) as exchange:
            if exchange.status == 416:
                part.unlink()
                raise HubAway(f"{self._base} has no more bytes of {file.name} than came already.", "Start again.")
            self._check(exchange, file.name)
            goes_on = exchange.status == 206 and _begins_at(exchange, have)
            with part.open("ab" if goes_on else "wb") as out:
                done = have if goes_on else 0
                for piece in self._pieces(exchange):
                    out.write(piece)
                    done += len(piece)
                    exchange.deadline = time.monotonic() + ANSWER_S
                    report(done, file.bytes)
                    if done > file.bytes:
                        break

    def _pieces(self, exchange: Exchange) -> Iterator[bytes]:
        try:
            yield from exchange.pieces()
        except EndpointFailed as failed:
            raise HubAway(failed.message, "Start again: it goes on where it was cut.") from failed

    @contextmanager
    def _open(self, url: str, headers: dict[str, str]) -> Iterator[Exchange]:
        """A GET, redirects followed; the key goes to ``base`` alone."""
        for _ in range(MOST_REDIRECTS + 1):
            sent = dict(headers)
            if self._key and url.startswith(f"{self._base}/"):
                sent["Authorization"] = f"Bearer {self._key}"
            request = Request(Address.of(url, remote=True), "GET", sent, connect_s=10.0)
            exchange = Exchange(request, time.monotonic() + ANSWER_S)
            try:
                exchange.__enter__()
            except EndpointFailed as failed:
                raise HubAway(failed.message, "Check the network, then start again.") from failed
            try:
                if exchange.status not in (301, 302, 303, 307, 308):
                    yield exchange
                    return
                url = _next(url, exchange.headers.get("Location", ""))
            finally:
                exchange.close()
        raise HubRefused(f"{self._base} sends the caller round and round.", "Try again later.")

    def _check(self, exchange: Exchange, what: str) -> None:
        status = exchange.status
        if status in (200, 206):
            return
        if status in (401, 403):
            raise HubGated(
                f"{what} must be asked for ({status}).",
                "Accept its licence on the Hub's page, and put your token into hub_key (ANDON_HUB_KEY).",
            )
        if status == 404:
            raise HubMissing(f"{self._base} has no {what}.", "Check how it is spelled on the Hub's page.")
        if status == 429 or status >= 500:
            raise HubAway(f"{self._base} says {status}.", "Wait a little, then start again: it goes on where it was.")
        raise HubRefused(f"{self._base} says {status}.", "Check the name of repository and file.")


def _next(url: str, location: str) -> str:
    target = urljoin(url, location)
    if not location or (url.startswith("https://") and not target.startswith("https://")):
        raise HubRefused(f"The Hub sends the caller to {location or 'nowhere'}.", "Try again later.")
    return target


def _begins_at(exchange: Exchange, have: int) -> bool:
    found = re.match(r"bytes (\d+)-", exchange.headers.get("Content-Range", ""))
    return found is not None and int(found[1]) == have


def _licence(said: dict[str, Any]) -> str:
    """The licence's name where the card has one ("llama3.2"), else its tag."""
    card = said.get("cardData") if isinstance(said.get("cardData"), dict) else {}
    stated = (card or {}).get("license_name") or (card or {}).get("license")
    if isinstance(stated, str):
        return stated
    tags = said.get("tags")
    marks = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    return next((tag.removeprefix("license:") for tag in marks if tag.startswith("license:")), "")
