"""Sizes of files and counts as people read them."""

from __future__ import annotations


def bytes_text(count: float) -> str:
    """ "2.24 GB", "39.7 MB", "23.1 kB"; decimal, as disks and downloads are counted."""
    for unit, factor, digits in (("GB", 1e9, 2), ("MB", 1e6, 1)):
        if count >= factor:
            return f"{count / factor:.{digits}f} {unit}"
    return f"{count / 1e3:.1f} kB"


def count_text(count: float) -> str:
    """ "1.87 B", "8.2 M": parameters of a model."""
    return f"{count / 1e9:.2f} B" if count >= 1e9 else f"{count / 1e6:.1f} M"
