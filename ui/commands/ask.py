"""andon ask: the quoted passages at once, then the cited answer."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ui.acts import box_user
from ui.narrowed import Kinds, Langs, Lines, Machines, Manuals, scope_of
from ui.terminal import AsJson, Data, page_of, print_json, reader_lang, reason_of, settings_with, tell
from ui.wording import say, say_error

if TYPE_CHECKING:
    from assistant.answer import Answer, Found
    from assistant.settings import Settings
    from index.passage import Hit

EXIT_DECLINED = 3


def ask(
    question: Annotated[str, typer.Argument(help="What happened, in Japanese or English.")],
    line: Lines = None,
    machine: Machines = None,
    manual: Manuals = None,
    kind: Kinds = None,
    lang: Langs = None,
    as_json: AsJson = False,
    model: Annotated[str | None, typer.Option(help='Model id, GGUF file, or "none" for quotes only.')] = None,
    adapter: Annotated[str, typer.Option(help='Name of the setting adapters; "none": the model without one.')] = "",
    data: Data = None,
) -> None:
    """Answer QUESTION: first the manual's own words with the page, then the model's checked answer.

    Exit code 3 means that the manuals do not hold an answer.
    """
    from assistant.answer import Answer, Found, Piece
    from assistant.build import build
    from assistant.http.wire import answer_json
    from assistant.records.entry import Asker

    asked = settings_with(data=data, model=model)
    settings = _without_second_model(asked, asked_for=bool(model or adapter))
    andon = build(settings)
    if andon.model_failure is not None:
        print(say("cli.no_model", reader_lang(), reason=reason_of(andon.model_failure)), file=sys.stderr)
    try:
        last: Answer | None = None
        scope = scope_of(line, machine, manual, kind, lang)
        events = andon.assistant.ask(question, scope, adapter=adapter)
        for event in andon.records.asking(events, Asker(box_user(), "cli", scope)):
            if isinstance(event, Answer):
                last = event
            elif as_json:
                continue
            elif isinstance(event, Found):
                _print_found(event)
            elif isinstance(event, Piece):
                print(f"{event.text} {''.join(f'[{n}]' for n in event.citations)}", flush=True)
    finally:
        andon.close()
    if last is None:
        raise typer.Exit(1)
    if as_json:
        print_json(answer_json(last))
    else:
        _print_verdict(last, explained=andon.model_failure is not None or settings.model != asked.model)
    if last.declined:
        raise typer.Exit(EXIT_DECLINED)


def _without_second_model(settings: Settings, *, asked_for: bool) -> Settings:
    """Where a service runs over the same data, its model is not loaded a second time unless it was asked for by name:
    two of them would not fit into a small box."""
    from assistant.running_service import running_service
    from edge.openai_api.options import is_endpoint

    service = running_service(settings.data)
    if service is None or asked_for or service.model == "none" or settings.model == "none":
        return settings
    if is_endpoint(settings.model):  # nothing is loaded here
        return settings
    told = say("cli.model_in_service", reader_lang(), pid=service.pid, address=service.address, model=settings.model)
    print(told, file=sys.stderr)
    return settings.model_copy(update={"model": "none"})


def _print_choices(found: Found) -> None:
    from ui.follow_up import one_per_manual, printed_code

    lang = reader_lang()
    print(say("cli.choose", lang, code=printed_code(found)))
    chosen = one_per_manual(found.choices)
    for choice in chosen:
        print(f"  - {choice.title}, {' > '.join(choice.section)}")
    print(say("cli.choose.how", lang, manual=shlex.quote(chosen[0].title)) + "\n")


def _print_found(found: Found) -> None:
    if found.choices:
        _print_choices(found)
    if found.declined:
        tell(f"cli.declined.{found.declined}")
        for quote in found.quotes:  # what the manuals warn of
            print(f"\n[{quote.number}] {_where(quote.hit)}\n{quote.text}")
        if found.nearest:
            print(f"\n{say('cli.nearest', reader_lang())}:")
            for hit in found.nearest:
                print(f"  - {_where(hit)}")
        _print_precedents(found)
        return
    if found.rows:
        print(say("cli.rows", reader_lang()), *(f"  - {row.name}" for row in found.rows), "", sep="\n")
    print(f"— {say('cli.quote', reader_lang())} —")
    for quote in found.quotes:
        print(f"[{quote.number}] {_where(quote.hit)}")
        if quote.number == 1 and not found.choices:
            if quote.warnings:
                print("\n" + "\n".join([say("quote.warnings", reader_lang()), *(w.text for w in quote.warnings)]))
            print("\n" + quote.text + "\n")
    _print_precedents(found)
    print(f"\n— {say('cli.answer', reader_lang())} —", flush=True)


def _print_precedents(found: Found) -> None:
    """How the same ended before, plainly apart from the manual's words."""
    lang = reader_lang()
    if found.precedents:
        print(f"\n— {say('before.title', lang)} —\n{say('before.note', lang)}")
    for one in found.precedents:
        about = " ".join(part for part in (one.code, one.line, one.machine) if part)
        print(f"* {say('before.on', lang, date=one.day, minutes=one.minutes_down)} {about}".rstrip())
        for key, text in (("cause", one.cause), ("remedy", one.remedy)):
            if text:
                print(f"  {say(f'before.{key}', lang)}: {' '.join(text.split())}")


def _print_verdict(answer: Answer, *, explained: bool) -> None:
    """``explained``: why there is no model was told before."""
    lang = reader_lang()
    if answer.failure:
        print(say_error(answer.failure, lang) or say("cli.failure", lang, code=answer.failure))
    elif not answer.declined and not explained:
        asked = answer.model or answer.verdict in ("choose", "choose_row")
        tell(f"cli.verdict.{answer.verdict}" if asked else "cli.verdict.no_model")
    print(say("cli.time", lang, found=round(answer.timing.found_ms), total=round(answer.timing.total_ms)))


def _where(hit: Hit) -> str:
    passage = hit.passage
    parts = (hit.manual.title, " > ".join(passage.section), page_of(passage))
    return ", ".join(part for part in parts if part)
