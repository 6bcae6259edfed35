"""Record lists: gaps, feedback to review and the log as HTML for the admin page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from urllib.parse import quote, urlencode

from assistant.records.alike_gaps import GapGroup
from assistant.records.audit import Wanted
from assistant.records.entry import ACTS, QUESTION, Entry, Shown
from assistant.records.feedback import LONGEST, Feedback
from ui.wording import Lang, say

_SENTENCE_ENDS = re.compile(r"(\[\d+\])(?=[^\s\[。.])")  # Japanese sentences follow each other without a space
_REVIEWS = (("accepted", "review.accept"), ("dismissed", "review.dismiss"), ("new", "review.back"))


def states_html(name: str, counts: Mapping[str, int], chosen: str, lang: Lang) -> str:
    """Buttons that choose a state, each with how many there are. ``name`` is the wording's: "gaps" or "review"."""
    buttons = "".join(
        f'<button type="button" class="a-pick" data-state="{state}" '
        f'aria-pressed="{"true" if state == chosen else "false"}">'
        f"{_say(f'{name}.state.{state}', lang)} {count}</button>"
        for state, count in counts.items()
    )
    return f'<div class="a-states" role="group" aria-label="{_say("log.state", lang)}">{buttons}</div>'


def gaps_html(
    groups: Sequence[GapGroup], counts: Mapping[str, int], state: str, lang: Lang, admins: Sequence[str] = ()
) -> str:
    """Like questions together, with how often, when last, and where the nearest sections stand. ``admins``: who may
    see to one."""
    head = f'<h2 class="a-title">{_say("gaps.title", lang)}</h2><p class="a-note">{_say("gaps.note", lang)}</p>'
    rows = "".join(_gap(group, lang, admins) for group in groups)
    return head + states_html("gaps", counts, state, lang) + _card(rows, "gaps", lang)


def _gap(group: GapGroup, lang: Lang, admins: Sequence[str]) -> str:
    gap, ids = group.gaps[0], ",".join(str(number) for number in group.ids)
    first, *rest = group.questions or ("",)
    more = f"<ul>{''.join(f'<li>{escape(question)}</li>' for question in rest)}</ul>" if rest else ""
    reasons = "".join(_chip(f"gaps.reason.{reason}", lang) for reason in group.reasons)
    near = ""
    if gap.nearest:
        places = "".join(f"<li>{escape(_where(place, lang))}</li>" for place in gap.nearest)
        near = f"<p>{_say('gaps.nearest', lang)}</p><ul>{places}</ul>"
    buttons = "".join(
        f'<button type="button" class="a-act a-gap-state" data-id="{ids}" data-state="{state}">'
        f"{_say(f'gaps.set.{state}', lang)}</button>"
        for state in ("manual_added", "dismissed", "open") if state != gap.state
    )  # fmt: skip
    again = f'<a class="a-act" href="#search/{quote(first, safe="")}">{_say("gaps.try", lang)}</a>'
    count = _say("gaps.count", lang, count=group.count)
    last = f'<span class="a-whole">{_say("gaps.last", lang, at=when(group.last_at))}</span>'
    return (
        f'<div class="a-record" data-gap="{gap.id}"><h3 lang="und">{escape(first)}</h3>{more}'
        f'<p><span class="a-chip">{count}</span>{reasons}{last}</p>{near}'
        f'<div class="a-row-acts">{again}{_assign(gap.assigned, ids, first, admins, lang)}{buttons}</div></div>'
    )


def _assign(assigned: str, ids: str, question: str, admins: Sequence[str], lang: Lang) -> str:
    """Who sees to it: an admin, or nobody; somebody who is no admin any more stays named until another is."""
    names = [*admins, *([assigned] if assigned and assigned not in admins else [])]
    chosen = {assigned: " selected"}
    options = "".join(f'<option value="{escape(n)}"{chosen.get(n, "")}>{escape(n)}</option>' for n in names)
    return (
        f'<label class="a-assign">{_say("gaps.assigned", lang)} <select data-id="{ids}" '
        f'aria-label="{_say("gaps.assigned_of", lang, question=question)}"><option value="">'
        f"{_say('gaps.nobody', lang)}</option>{options}</select></label>"
    )


def reviews_html(feedback: Sequence[Feedback], counts: Mapping[str, int], state: str, lang: Lang) -> str:
    """What readers said, each with the answer and passages that were shown, and what can be made of it."""
    head = f'<h2 class="a-title">{_say("review.title", lang)}</h2><p class="a-note">{_say("review.note", lang)}</p>'
    rows = "".join(_review(each, lang) for each in feedback)
    pairs = f'<p class="a-links"><a class="a-open" href="/feedback/pairs" download>{_say("review.pairs", lang)}</a></p>'
    return head + states_html("review", counts, state, lang) + _card(rows, "review", lang) + pairs


def _review(said: Feedback, lang: Lang) -> str:
    reason = _chip(f"feedback.reason.{said.reason}", lang) if said.reason else ""
    shown = _one_a_line(said.answer) or say("review.only_quotes", lang)
    fields = [("review.shown", shown), ("review.corrected", said.corrected), ("review.comment", said.comment),
              ("review.chosen", said.chosen)]  # fmt: skip
    listed = "".join(f"<dt>{_say(key, lang)}</dt><dd>{escape(text)}</dd>" for key, text in fields if text)
    passages = "".join(
        f"<p>[{p.number}] {escape(_where(p.place, lang))}</p><pre>{escape(p.text)}</pre>" for p in said.excerpts
    )
    more = f"<details><summary>{_say('review.passages', lang)}</summary>{passages}</details>" if passages else ""
    buttons = "".join(_act("a-review", said.id, to, key, lang) for to, key in _REVIEWS if to != said.state)
    who = "".join(f"<span>{escape(part)}</span>" for part in (said.who, when(said.at), said.model) if part)
    return (
        f'<div class="a-record" data-feedback="{said.id}"><h3 lang="und">{escape(said.question)}</h3>'
        f'<p class="a-by">{_chip(f"feedback.{said.thumb}", lang)}{reason}{who}</p>'
        f"<dl>{listed}</dl>{more}"
        f'<details class="a-correct"><summary>{_say("review.correct", lang)}</summary><form data-id="{said.id}">'
        f'<label class="a-field">{_say("review.chosen", lang)}<textarea name="chosen" rows="4" maxlength="{LONGEST}">'
        f"{escape(said.chosen or said.corrected or said.answer)}</textarea></label>"
        f'<button type="submit" class="a-act a-save">{_say("review.save", lang)}</button></form></details>'
        f'<div class="a-row-acts">{buttons}</div></div>'
    )


def log_form_html(days: int, lang: Lang) -> str:
    """Title and the fields that narrow the log."""
    note = _say("log.note", lang, days=days) if days else _say("log.note_counts", lang)
    kinds = [("", "log.all"), (QUESTION, "log.kind.question"), ("acts", "log.acts")]
    kinds += [(act, f"log.kind.{act}") for act in ACTS]
    options = "".join(f'<option value="{value}">{_say(key, lang)}</option>' for value, key in kinds)
    inputs = "".join(
        f'<label class="a-field">{_say(f"log.{name}", lang)}<input name="{name}" type="{kind}" maxlength="200"></label>'
        for name, kind in (("words", "text"), ("who", "text"), ("since", "date"))
    )
    return (
        f'<h2 class="a-title">{_say("log.title", lang)}</h2><p class="a-note">{note}</p><form class="a-filter">{inputs}'
        f'<label class="a-field">{_say("log.kind", lang)}<select name="kind">{options}</select></label>'
        f'<button type="submit" class="a-act a-save">{_say("log.look", lang)}</button></form>'
    )


def log_html(entries: Sequence[Entry], count: int, wanted: Wanted, lang: Lang) -> str:
    """The entries, newest first, and the ways to take all of them home."""
    if not entries:
        return f'<div class="a-card"><p class="a-blank" role="status">{_say("log.none", lang)}</p></div>'
    head = "".join(f'<th scope="col">{_say(f"log.{name}", lang)}</th>' for name in ("at", "who", "subject", "result"))
    rows = "".join(_entry(entry, lang) for entry in entries)
    query = {"since": wanted.since, "user": wanted.who, "kind": wanted.kind, "words": wanted.words}
    given = {name: value for name, value in query.items() if value}
    links = "".join(
        f'<a class="a-open" href="/log?{escape(urlencode({**given, "format": form}))}" download>'
        f"{_say(f'log.as_{form}', lang)}</a>"
        for form in ("csv", "jsonl")
    )
    told = "log.more" if count > len(entries) else "log.whole"
    return (
        f'<p class="a-note" role="status">{_say(told, lang, count=f"{count:,}", shown=len(entries))}</p>'
        f'<div class="a-card a-taller" tabindex="0" role="region" aria-label="{_say("log.title", lang)}">'
        f'<table class="a-list a-log"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
        f'<p class="a-links">{links}</p>'
    )


def _entry(entry: Entry, lang: Lang) -> str:
    told, more = "", ""
    if entry.kind == QUESTION:
        total = say("log.seconds", lang, seconds=_seconds(entry.timing.get("total_ms", 0)))
        told = f"{_say(f'log.verdict.{entry.verdict}', lang)}<small>{escape(total)}</small>"
        told += f"<small>{escape(entry.model)}</small>"
        more = f'<small class="a-wrote">{escape(_one_a_line(entry.answer))}</small>' if entry.answer else ""
        more += "".join(
            f"<small>[{q.number}] {escape(_place(q, lang))} ({_say('log.revision', lang, revision=q.revision)})</small>"
            for q in entry.quotes
        )
    return (
        f'<tr><td class="a-m">{when(entry.at)}</td><td>{escape(entry.who)}<small>{_say(f"log.door.{entry.door}", lang)}'
        f"</small></td><td><small>{_say(f'log.kind.{entry.kind}', lang)}</small>{escape(entry.subject)}{more}</td>"
        f"<td>{told}</td></tr>"
    )


def _one_a_line(answer: str) -> str:
    """An answer with a sentence a line."""
    return _SENTENCE_ENDS.sub(r"\1\n", answer)


def _seconds(ms: float) -> str:
    """Never 0.0, which no answer takes."""
    return f"{ms / 1000:.1f}" if ms >= 950 else f"{max(0.01, ms / 1000):.2f}"


def _place(shown: Shown, lang: Lang) -> str:
    """Where a quote stands; a manual whose first heading is its title is named once."""
    return _where(shown.place.replace(f"{shown.title}, {shown.title}", shown.title, 1), lang)


def _where(place: str, lang: Lang) -> str:
    """A place as records hold it ("SC-200, 5 Alarms > 5.2, p. 5-3") with its page as readers are told it."""
    before, found, label = place.rpartition(", p. ")
    return f"{before}{say('log.page', lang, label=label)}" if found else place


def when(at: str) -> str:
    """UTC in ISO 8601 -> the box's own time, to the minute."""
    return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M")


def _card(rows: str, name: str, lang: Lang) -> str:
    inner = rows or f'<p class="a-blank">{_say(f"{name}.none", lang)}</p>'
    title = _say(f"{name}.title", lang)
    return f'<div class="a-card a-taller" tabindex="0" role="region" aria-label="{title}">{inner}</div>'


def _act(kind: str, number: int, state: str, key: str, lang: Lang) -> str:
    text = _say(key, lang)
    return f'<button type="button" class="a-act {kind}" data-id="{number}" data-state="{state}">{text}</button>'


def _chip(key: str, lang: Lang) -> str:
    return f'<span class="a-chip">{_say(key, lang)}</span>'


def _say(key: str, lang: Lang, **values: object) -> str:
    return escape(say(key, lang, **values))
