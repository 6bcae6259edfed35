"""EmbedAhead: passages' vectors are made on a thread of their own while the pages behind them are still being read."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from index.embedders.embedder import Embedder, Reading


class EmbedAhead:
    """Takes texts one by one, in order, and gives their readings at the end. They are embedded ``at_once`` at a time.
    Without an embedder it gives none. Use it as a context: leaving it ends the thread, after the batch that is being
    embedded."""

    def __init__(self, embedder: Embedder | None, at_once: int) -> None:
        self._embedder = embedder
        self._at_once = at_once
        self._thread = ThreadPoolExecutor(1, "embed-ahead")
        self._waiting: list[str] = []
        self._batches: list[Future[list[Reading]]] = []

    def take(self, text: str) -> None:
        self._waiting.append(text)
        if len(self._waiting) == self._at_once:
            self._send()

    def readings(self, report: Callable[[int], None]) -> list[Reading] | None:
        """The n texts taken, as the embedder reads them. ``report`` is told how many are embedded, from 0 on, and may
        raise to stop. Raises what the embedder raises."""
        if self._embedder is None:
            return None
        self._send()
        report(0)
        found: list[Reading] = []
        for batch in self._batches:
            found += batch.result()
            report(len(found))
        return found

    def _send(self) -> None:
        embedder, texts, self._waiting = self._embedder, self._waiting, []
        if embedder is not None and texts:
            self._batches.append(self._thread.submit(embedder.read, texts, "passage"))

    def __enter__(self) -> EmbedAhead:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(cancel_futures=True)
