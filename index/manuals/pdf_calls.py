"""PDF calls: those of pdfium's functions that are called for every character or drawing of a page, without the detours.

pypdfium2 declares them with typed pointers: each call then makes and checks several objects, and lets go of Python's
global lock and takes it back. Here the same functions take plain addresses and keep the lock, since each is done within
a microsecond. ``map(function, repeat(page), places, addresses)`` fills a whole array so, at a fifth of the time.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_HANDLE = ctypes.c_void_p
_PLACE = ctypes.c_int
_OUT = ctypes.c_void_p  # an address that the function writes to
_OK = ctypes.c_int

Call = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Calls:
    """Each by its name in pdfium's headers. Characters: (text page, index, ...); drawings: (page, index) for an object,
    then (object, ...). Handles and places to write to are addresses; what gives an ``_OK`` gives 0 where it failed."""

    unicode: Call
    is_generated: Call
    loose_box: Call
    origin: Call
    angle: Call
    text_object: Call
    font_of: Call
    font_size: Call
    font_info: Call
    font_weight: Call
    fill_color: Call
    char_matrix: Call
    map_error: Call
    count_objects: Call
    object_at: Call
    object_type: Call
    bounds: Call
    matrix: Call
    count_path: Call
    path_part: Call
    part_point: Call
    part_kind: Call
    part_closes: Call


@lru_cache(maxsize=1)
def calls() -> Calls:
    """pdfium's functions, loaded with pypdfium2."""
    import pypdfium2.raw as raw

    def plain(name: str, gives: Any, *takes: Any) -> Call:
        address = ctypes.cast(getattr(raw, name), ctypes.c_void_p).value
        assert address is not None
        return ctypes.PYFUNCTYPE(gives, *takes)(address)

    a_character = (_HANDLE, _PLACE)
    return Calls(
        unicode=plain("FPDFText_GetUnicode", ctypes.c_uint, *a_character),
        is_generated=plain("FPDFText_IsGenerated", ctypes.c_int, *a_character),
        loose_box=plain("FPDFText_GetLooseCharBox", _OK, *a_character, _OUT),
        origin=plain("FPDFText_GetCharOrigin", _OK, *a_character, _OUT, _OUT),
        angle=plain("FPDFText_GetCharAngle", ctypes.c_float, *a_character),
        text_object=plain("FPDFText_GetTextObject", ctypes.c_void_p, *a_character),
        font_of=plain("FPDFTextObj_GetFont", ctypes.c_void_p, _HANDLE),
        font_size=plain("FPDFText_GetFontSize", ctypes.c_double, *a_character),
        font_info=plain("FPDFText_GetFontInfo", ctypes.c_ulong, *a_character, _OUT, ctypes.c_ulong, _OUT),
        font_weight=plain("FPDFText_GetFontWeight", ctypes.c_int, *a_character),
        fill_color=plain("FPDFText_GetFillColor", _OK, *a_character, _OUT, _OUT, _OUT, _OUT),
        char_matrix=plain("FPDFText_GetMatrix", _OK, *a_character, _OUT),
        map_error=plain("FPDFText_HasUnicodeMapError", ctypes.c_int, *a_character),
        count_objects=plain("FPDFPage_CountObjects", ctypes.c_int, _HANDLE),
        object_at=plain("FPDFPage_GetObject", ctypes.c_void_p, _HANDLE, _PLACE),
        object_type=plain("FPDFPageObj_GetType", ctypes.c_int, _HANDLE),
        bounds=plain("FPDFPageObj_GetBounds", _OK, _HANDLE, _OUT, _OUT, _OUT, _OUT),
        matrix=plain("FPDFPageObj_GetMatrix", _OK, _HANDLE, _OUT),
        count_path=plain("FPDFPath_CountSegments", ctypes.c_int, _HANDLE),
        path_part=plain("FPDFPath_GetPathSegment", ctypes.c_void_p, _HANDLE, _PLACE),
        part_point=plain("FPDFPathSegment_GetPoint", _OK, _HANDLE, _OUT, _OUT),
        part_kind=plain("FPDFPathSegment_GetType", ctypes.c_int, _HANDLE),
        part_closes=plain("FPDFPathSegment_GetClose", _OK, _HANDLE),
    )


def address(handle: Any) -> int:
    """Where a handle of pypdfium2 (a page's or a text page's ``raw``) points to."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0
