"""andon search: hits alone, with file, page, text, score and why."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.narrowed import Kinds, Langs, Lines, Machines, Manuals, scope_of
from ui.terminal import AsJson, Data, page_of, print_json, reader_lang, settings_with, tell
from ui.wording import say


def search(
    question: Annotated[str, typer.Argument(help="What to look for, in Japanese or English.")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many hits.")] = 10,
    line: Lines = None,
    machine: Machines = None,
    manual: Manuals = None,
    kind: Kinds = None,
    lang: Langs = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Print the passages found for QUESTION: file, page, text, score and why each was found."""
    from assistant.build import open_library
    from assistant.http.wire import results_json

    library = open_library(settings_with(data=data))
    try:
        results = library.search(question, k, scope_of(line, machine, manual, kind, lang))
    finally:
        library.close()
    if as_json:
        print_json({"question": question, **results_json(results)})
        return
    for choice in results.choices:
        tell("cli.choice", code=choice.code, title=choice.title, section=" > ".join(choice.section))
    if not results.hits:
        tell("cli.no_hits")
    for rank, hit in enumerate(results.hits, start=1):
        passage = hit.passage
        why = ", ".join(f"{why.by} {why.rank}" + (f" ({why.detail})" if why.detail else "") for why in hit.why)
        place = ", ".join(part for part in (hit.manual.name, page_of(passage)) if part)
        print(f"{rank}. {place}  [{passage.kind}]  score {hit.score:.3f}  ({why})")
        print(f"   {' > '.join(passage.section)}")
        if hit.also:
            places = "; ".join(", ".join(filter(None, (t.manual.name, page_of(t.passage)))) for t in hit.also)
            print("   " + say("words.also", reader_lang(), places=places))
        print("   " + passage.text.replace("\n", "\n   ") + "\n")
