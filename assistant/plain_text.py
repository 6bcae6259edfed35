"""PlainText: an answer as one text for programs: supported sentences or else the quote, then where it stands."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.answer import Answer, Event, Piece, Quote
from assistant.ask import place
from assistant.prompt import NOT_FOUND, Lang
from index.passage import Hit

SOURCE: dict[Lang, str] = {"ja": "出典: ", "en": "Source: "}
NEAREST: dict[Lang, str] = {"ja": "近い箇所: ", "en": "Nearest sections: "}
WHICH: dict[Lang, str] = {
    "ja": "複数の機械のマニュアルに記載があります。どの機械ですか。",
    "en": "The manuals of several machines have this. Which machine is it?",
}
WHICH_ROW: dict[Lang, str] = {
    "ja": "表のどの行のことか、質問からは決められません。どれですか。",
    "en": "The question does not tell which row of the table is meant. Which one is it?",
}
DECLINED: dict[str, dict[Lang, str]] = {
    "unknown_code": {
        "ja": "このコードは登録済みのマニュアルにありません。表示をもう一度確かめてください。",
        "en": "This code stands in none of the manuals. Check the display again.",
    },
    "other_machine": {
        "ja": "この機械や製品のマニュアルは登録されていません。似た機械の手順で代用しないでください。",
        "en": "There is no manual for this machine or product here. Do not go by a similar machine's procedure.",
    },
    "value_missing": {
        "ja": "この値はマニュアルに見つかりません。近い箇所を確認してください。",
        "en": "This value was not found in the manuals. See the nearest sections.",
    },
    "procedure_missing": {
        "ja": "この作業の手順はマニュアルに見つかりません。似た部品の手順で代用しないでください。",
        "en": "A procedure for this was not found in the manuals. Do not go by a similar part's procedure.",
    },
    "unsafe_request": {
        "ja": "安全装置や安全手順を回避する方法は、お答えできません。機械を止め、マニュアルの警告に従ってください。",
        "en": "Andon does not help to get round a safety device or a safety procedure. "
        "Stop the machine and keep to the manual's warnings.",
    },
    "no_manuals": {"ja": "マニュアルがまだ登録されていません。", "en": "No manual is indexed yet."},
}


class PlainText:
    """Takes the events of one answer in their order and says what text each adds, so that what is streamed and what is
    sent whole are the same. Nothing that was not verified is ever in it: it is sentences that a quote supports, or the
    quote itself; the warnings that belong to a procedure come before it."""

    def __init__(self, lang: Lang = "ja") -> None:
        """``lang``: of the question; Found tells it too."""
        self._lang = lang
        self._gap = ""
        self._quotes: tuple[Quote, ...] = ()
        self._warned = set[str]()
        self._said = False
        self.text = ""

    def take(self, event: Event) -> str:
        """The text that ``event`` adds, which may be none."""
        if isinstance(event, Piece):
            gap = self._gap if self._said else ""
            added = f"{gap}{self._warnings(event.citations)}{event.text} {_marks(event.citations)}".rstrip()
            self._said = True
        elif isinstance(event, Answer):
            added = self._ending(event)
        else:
            self._lang, self._quotes, added = event.lang, event.quotes, ""
            self._gap = "\n" if event.step is not None else " " if event.lang == "en" else ""
        self.text += added
        return added

    def _ending(self, answer: Answer) -> str:
        if self._said:
            cited = {number for sentence in answer.sentences if sentence.supported for number in sentence.citations}
            return self._sources(answer, cited)
        if answer.declined:
            told = DECLINED.get(answer.declined, NOT_FOUND)[self._lang]
            told += "".join(f"\n\n{quote.text}" for quote in answer.quotes)  # the manual's own warnings
            told += self._sources(answer, {quote.number for quote in answer.quotes})
            return told + _line(NEAREST[self._lang], map(place, answer.nearest))
        if answer.choices:
            titles = dict.fromkeys(choice.title for choice in answer.choices)
            return WHICH[self._lang] + "".join(f"\n- {title}" for title in titles)
        if answer.rows:
            numbers = {row.quote for row in answer.rows}
            return (
                WHICH_ROW[self._lang]
                + "".join(f"\n- {row.text}" for row in answer.rows)
                + self._sources(answer, numbers)
            )
        if not answer.quotes:
            return NOT_FOUND[self._lang]
        best = answer.quotes[0]
        return self._warnings((best.number,)) + best.text + self._sources(answer, {best.number})

    def _warnings(self, numbers: Iterable[int]) -> str:
        """Warnings of the section that these quotes stand in, each once, before what they warn of."""
        belonging = [warning for q in self._quotes if q.number in numbers for warning in q.warnings]
        new = [warning for warning in belonging if warning.id not in self._warned]
        self._warned.update(warning.id for warning in new)
        return "".join(f"{warning.text}\n\n" for warning in new)

    def _sources(self, answer: Answer, cited: set[int]) -> str:
        shown = (f"[{quote.number}] {place(quote.hit)}" for quote in answer.quotes if quote.number in cited)
        return _line(SOURCE[self._lang], shown)


def _line(label: str, places: Iterable[str]) -> str:
    told = "; ".join(dict.fromkeys(places))
    return f"\n\n{label}{told}" if told else ""


def _marks(citations: Iterable[int]) -> str:
    return "".join(f"[{number}]" for number in citations)


def page_and_label(hit: Hit) -> tuple[int | None, str]:
    """The first page of the file (from 1; None for a format without pages) and what is printed on it."""
    passage = hit.passage
    label = next((label for label in passage.page_labels if label), "")
    return (passage.pages[0] if passage.pages and label else None), label
