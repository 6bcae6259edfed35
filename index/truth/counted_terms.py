"""Counted terms: which search terms a passage holds, where and how often, as numbers, so that no text need be cut.

Of each term one number of 64 bits: 44 of the term's hash, then how often it stands in the text (12 bits) and in the
place (6 bits: the manual's title and file, the headings), and whether it is of the passage's own heading and of those
above (index.truth.headings). Before them one number says how many terms the text has. A hash needs no list of terms
that would have to agree with the passages; that one of a question's hundred terms has the hash of another one in a
library of 200,000 terms is to be expected once in a million questions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from index.truth.headings import HeadingTerms

FORM = "1"  # raise it whenever the same terms are packed in another way
_COUNTS = 20  # bits behind the hash
_MOST_BODY, _MOST_PLACE = 0xFFF, 0x3F  # what stands more often counts as often as this
_FILTER = 0xFFFF

Entries = NDArray[np.uint64]


@lru_cache(maxsize=1 << 17)
def key_of(term: str) -> int:
    """44 bits of the term's hash."""
    return int.from_bytes(blake2b(term.encode("utf-8", "surrogatepass"), digest_size=6).digest(), "big") >> 4


def packed(place: str, body: str, headings: HeadingTerms) -> bytes:
    """``place`` and ``body``: the two columns of the keyword index, terms with blanks between. 8 bytes a term."""
    bodies, places = Counter(body.split()), Counter(place.split())
    entries = sorted(
        key_of(term) << _COUNTS
        | min(bodies[term], _MOST_BODY) << 8
        | min(places[term], _MOST_PLACE) << 2
        | (term in headings.own) << 1
        | (term in headings.above)
        for term in {*bodies, *places, *headings.own, *headings.above}
    )
    return np.array([bodies.total(), *entries], dtype="<u8").tobytes()


@dataclass(frozen=True, slots=True)
class Counted:
    """How often each of some terms stands in each of some passages: arrays of (term, passage). ``rows``: the place of
    each term, ``columns``: of each passage, by number; ``own``, ``above``: whether the term is of its own heading, of
    those above; ``lengths``: how many terms each text has."""

    rows: Mapping[str, int]
    columns: Mapping[int, int]
    body: NDArray[np.float64]
    place: NDArray[np.float64]
    own: NDArray[np.bool_]
    above: NDArray[np.bool_]
    lengths: NDArray[np.float64]


def counted(held: Mapping[int, bytes], wanted: Collection[str]) -> Counted:
    """The counts of ``wanted`` in the passages of which ``held`` gives what was ``packed``, by number."""
    terms = tuple(dict.fromkeys(wanted))
    shape = (len(terms), len(held))
    entries = np.frombuffer(b"".join(held.values()), dtype="<u8")
    sizes = np.fromiter((len(one) // 8 for one in held.values()), dtype=np.int64, count=len(held))
    starts = np.cumsum(sizes) - sizes
    at, row = _found(entries, terms)
    column = np.searchsorted(starts, at, "right") - 1
    found = entries[at]
    body, place = np.zeros(shape), np.zeros(shape)
    own, above = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    body[row, column] = found >> np.uint64(8) & np.uint64(_MOST_BODY)
    place[row, column] = found >> np.uint64(2) & np.uint64(_MOST_PLACE)
    own[row, column] = found & np.uint64(2)
    above[row, column] = found & np.uint64(1)
    rows, columns = {term: n for n, term in enumerate(terms)}, {number: n for n, number in enumerate(held)}
    return Counted(rows, columns, body, place, own, above, entries[starts].astype(np.float64))


def _found(entries: Entries, terms: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where in ``entries`` there is one of ``terms``, and which. Most are none of them, as 16 bits of the hash say."""
    nothing = np.zeros(0, dtype=np.int64)
    if not entries.size or not terms:
        return nothing, nothing
    keys = np.array([key_of(term) for term in terms], dtype=np.uint64)
    order = np.argsort(keys)
    keys = keys[order]
    may_be = np.zeros(_FILTER + 1, dtype=bool)
    may_be[keys & np.uint64(_FILTER)] = True
    hashes = entries >> np.uint64(_COUNTS)
    at = np.flatnonzero(may_be[hashes & np.uint64(_FILTER)])
    near = np.minimum(np.searchsorted(keys, hashes[at]), keys.size - 1)
    there = keys[near] == hashes[at]
    return at[there], order[near[there]]
