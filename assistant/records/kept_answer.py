"""KeptAnswer: an answer as JSON, and the same answer again, so that a conversation can be opened as it was."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, is_dataclass, replace
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from assistant.answer import Answer, Precedent, Quote
from index.manuals.coverage import Coverage
from index.passage import Hit


def answer_json(answer: Answer) -> str:
    """The whole answer but for what of its manuals was not read, which may be long and is told elsewhere, and for how
    the same ended before: such a record may be corrected or deleted meanwhile, and is looked for anew."""
    lean = replace(
        answer,
        quotes=tuple(replace(quote, hit=_lean(quote.hit)) for quote in answer.quotes),
        nearest=tuple(_lean(hit) for hit in answer.nearest),
        precedents=(),
    )
    return json.dumps(asdict(lean), ensure_ascii=False, separators=(",", ":"))


def answer_of(text: str) -> Answer:
    """The answer that ``answer_json`` wrote. Raises ValueError for what an Andon with other fields wrote."""
    try:
        made: Answer = _made(Answer, json.loads(text))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"This is no answer as it is kept today: {error}") from error
    return made


def _lean(hit: Hit) -> Hit:
    twins = tuple(replace(twin, manual=replace(twin.manual, coverage=Coverage())) for twin in hit.also)
    return replace(hit, manual=replace(hit.manual, coverage=Coverage()), also=twins)


def _made(kind: Any, value: Any) -> Any:
    """``value``, plain JSON, as a ``kind``: dataclasses with their fields, tuples of one kind or of several."""
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind, localns={"Quote": Quote, "Hit": Hit, "Precedent": Precedent})
        known = {each.name for each in fields(kind)}
        return kind(**{name: _made(hints[name], held) for name, held in value.items() if name in known})
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple:
        kinds = [inner[0]] * len(value) if inner[-1:] == (Ellipsis,) else inner
        return tuple(_made(one, held) for one, held in zip(kinds, value, strict=True))
    if origin in (Union, UnionType) and value is not None:
        return _made(next(one for one in inner if one is not type(None)), value)
    return value
