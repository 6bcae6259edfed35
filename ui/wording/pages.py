"""Wording of the pages."""

from __future__ import annotations

from ui.wording import Entry

PAGES: dict[str, Entry] = {}
