"""Cards made of real pages: sections, tables and step lists, with questions derived from their own wording.

Every rule below turns a sentence, row or list into a question whose answer is that very text: "If the door is open,
close it." answers "What if the door is open?". Nothing is paraphrased, so nothing can be wrong about the answer.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from training.cards.card import Ask, Card, Span
from training.corpus import Document, sentences

LENGTH = {"ja": (30, 420), "en": (80, 900)}
SHAPED_SHARE = 0.85  # of the sentences are asked by their shape, where they have one
SENTENCE = {"ja": (12, 130), "en": (25, 260)}

_TERM = {
    "ja": re.compile(r"[A-Za-z_][A-Za-z0-9_.]{2,24}|[ァ-ヴー]{3,14}[一-龥]{0,3}|[一-龥]{2,6}[ァ-ヴー]{0,8}"),
    "en": re.compile(r"\b(?:[A-Za-z_][A-Za-z0-9_]*[A-Z_0-9][A-Za-z0-9_]*|[a-z]{6,16}(?: [a-z]{5,14})?)\b"),
}
_ABOUT = {
    "ja": (
        "{t}とは?",
        "{t}について教えて",
        "{t}は?",
        "{t}はどうなりますか?",
        "{t}の説明",
        "{t}について何と書いてありますか?",
        "{t}はどうする?",
        "{t}って何ですか",
    ),
    "en": (
        "What is {t}?",
        "Tell me about {t}.",
        "{t}?",
        "What about {t}?",
        "What does the manual say about {t}?",
        "What is {t} used for?",
        "How does {t} work?",
        "Explain {t}.",
    ),
}
_ABOUT_TWO = {
    "ja": ("{t}と{s}の関係は?", "{t}の{s}は?", "{t}で{s}はどうなる?", "{s}のとき{t}は?"),
    "en": ("What is the {t} of {s}?", "How do {t} and {s} relate?", "What about {t} with {s}?", "{t} when {s}?"),
}
_FRAGMENT = {"ja": ("{f}は?", "{f}について", "{f}とは?"), "en": ("{f}?", "What about {f}?", "Tell me: {f}?")}
_HOW = {
    "ja": ("{g}の手順は?", "{g}の方法は?", "{g}にはどうする?", "{g}のやり方を教えて"),
    "en": ("How do I {g}?", "What are the steps to {g}?", "Steps for {g}?", "How can I {g}?"),
}
_SHAPES: dict[str, tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]] = {
    # the group of each pattern is what its questions ask about
    "ja": (
        (
            re.compile(r"^(.{4,50}?(?:場合|とき|際))(?:に)?は?、"),
            ("{0}は?", "{0}はどうすればよいですか?", "{0}、どうする?"),
        ),
        (
            re.compile(r"^(.{3,40}?)(?:する)?(?:には|ために)は?、"),
            ("{0}するには?", "{0}にはどうしますか?", "{0}の方法は?"),
        ),
        (
            re.compile(r"^([^、。はを]{2,30}?)(?:とは|は)、"),
            ("{0}とは?", "{0}とは何ですか?", "{0}は何をしますか?", "{0}について"),
        ),
    ),
    "en": (
        (
            re.compile(r"^(?:If|When) ([^,]{6,90}),"),
            ("What if {0}?", "What happens when {0}?", "What should I do if {0}?", "{0}. What now?"),
        ),
        (re.compile(r"^To ([a-z][^,]{5,80}),"), ("How do I {0}?", "How can I {0}?", "What do I do to {0}?")),
        (
            re.compile(r"^((?:The |A |An )?[\w`. -]{3,50}?) (?:is|are|contains|specifies|defines|provides|returns) "),
            ("What is {0}?", "{0}?", "What does {0} do?", "Tell me about {0}"),
        ),
    ),
}
_ROW = {
    "ja": ("{k}とは?", "{k}の説明は?", "{k}の{c}は?", "{k}は何ですか?", "{k} が出た", "{k}の{c}を教えて"),
    "en": ("What is {k}?", "What does {k} mean?", "What is the {c} of {k}?", "{k}?", "{c} for {k}?", "Describe {k}."),
}
_EMPTY_HEADINGS = frozenset(
    [
        "説明",
        "引数",
        "返り値",
        "戻り値",
        "例",
        "注釈",
        "参考",
        "解説",
        "構文",
        "概要",
        "備考",
        "変更履歴",
        "関連項目",
        "必要条件",
        "パラメーター",
        "機能",
        "remarks",
        "description",
        "parameters",
        "returns",
        "notes",
        "examples",
        "example",
        "syntax",
        "overview",
        "changelog",
        "requirements",
        "introduction",
    ]
) | {"return values", "return value", "see also"}  # headings that say nothing about their section
_STEP = re.compile(r"^(\d{1,2}[.)] |\* |- )(.{8,200})$")
_NAMES = {"ja": ("取扱説明書", "マニュアル", "", "ガイド"), "en": ("Manual", "User Guide", "", "Reference")}


def document_cards(document: Document, rng: random.Random) -> list[Card]:
    """The cards of one page, in reading order."""
    cards = []
    for heading, body in sections(document.text):
        for text in _chunks(body, document.lang):
            asks = _asks(heading, text, document.lang, rng)
            if asks:
                place = _place(document.title, heading, document.lang, rng)
                cards.append(Card(document.lang, place, text, tuple(asks), "page"))
    return cards


def sections(text: str) -> Iterator[tuple[str, str]]:
    """(heading, body) of each section; the heading is empty before the first one."""
    heading, body = "", list[str]()
    for line in text.split("\n"):
        if line.startswith("#"):
            yield heading, "\n".join(body).strip("\n")
            heading, body = line.lstrip("# ").strip(), []
        else:
            body.append(line)
    yield heading, "\n".join(body).strip("\n")


def _chunks(body: str, lang: str) -> Iterator[str]:
    """Runs of whole lines of a length that fits an excerpt; longer lines are left out."""
    low, high = LENGTH[lang]
    kept: list[str] = []
    length = 0
    for line in [*re.sub(r"\n{2,}", "\n", body).split("\n"), None]:
        if line is None or length + len(line) > high:
            if length >= low:
                yield "\n".join(kept)
            kept, length = [], 0
        if line is not None and len(line) <= high:
            kept.append(line)
            length += len(line) + 1


def _place(title: str, heading: str, lang: str, rng: random.Random) -> str:
    name = f"{title} {rng.choice(_NAMES[lang])}".strip() if rng.random() < 0.3 else title
    label = rng.choice((str(rng.randint(1, 300)), f"{rng.randint(1, 15)}-{rng.randint(1, 50)}"))
    return f"{name[:60]}, {heading[:60]}, p. {label}" if heading and heading != title else f"{name[:60]}, p. {label}"


def _asks(heading: str, text: str, lang: str, rng: random.Random) -> list[Ask]:
    asks = [*_row_asks(text, lang, rng), *_step_asks(heading, text, lang, rng)]
    low, high = SENTENCE[lang]
    spans = [(a, b) for a, b in sentences(text, lang) if low <= b - a <= high and "|" not in text[a:b]]
    if spans and 3 <= len(heading) <= 60 and heading.lower() not in _EMPTY_HEADINGS and not asks:
        asked = heading if heading[-1] in "?。？" else rng.choice(_ABOUT[lang]).format(t=heading)
        asks.append(Ask(asked, heading, tuple(spans[: rng.choice((1, 1, 2))])))
    for span in rng.sample(spans, min(len(spans), 4)):
        ask = _sentence_ask(text, span, lang, rng)
        if ask:
            asks.append(ask)
    return [a for a in asks if 2 <= len(a.question) <= 160]


def _sentence_ask(text: str, span: Span, lang: str, rng: random.Random) -> Ask | None:
    """A question on one sentence: by its shape where it has one, else by words that stand only in it."""
    sentence = text[span[0] : span[1]]
    if rng.random() < SHAPED_SHARE:
        for shape, templates in _SHAPES[lang]:
            match = shape.match(sentence)
            if match and text.count(match[1]) == 1:
                return Ask(rng.choice(templates).format(match[1]), match[1], (span,))
    if rng.random() < 0.5:
        return None
    terms = [t for t in dict.fromkeys(_TERM[lang].findall(sentence)) if text.count(t) == 1]
    if not terms:
        return None
    key = rng.choice(terms)
    choice = rng.random()
    if choice < 0.25 and len(terms) > 1:
        other = rng.choice([t for t in terms if t != key])
        return Ask(rng.choice(_ABOUT_TWO[lang]).format(t=key, s=other), key, (span,))
    if choice < 0.4:
        return Ask(rng.choice(_FRAGMENT[lang]).format(f=_fragment(sentence, key, lang)), key, (span,))
    return Ask(rng.choice(_ABOUT[lang]).format(t=key), key, (span,))


def _fragment(sentence: str, key: str, lang: str) -> str:
    """Some words around ``key``, the way people type half a sentence into a search box."""
    at = sentence.index(key)
    if lang == "ja":
        return sentence[max(0, at - 8) : at + len(key) + 6].strip("、。 「」()（）")
    words_before = sentence[:at].split()[-3:]
    words_after = sentence[at + len(key) :].split()[:2]
    return " ".join([*words_before, key, *words_after]).strip(" .,;:()")


def _row_asks(text: str, lang: str, rng: random.Random) -> list[Ask]:
    """Questions on table rows: the first cell is asked, a later cell with words in it answers."""
    asks, header, at = [], list[str](), 0
    for line in text.split("\n"):
        cells = [c.strip() for c in line.strip("| ").split(" | ")] if line.startswith("| ") else []
        if cells and not header:
            header = cells
        elif len(cells) == len(header) and len(cells) > 1 and 2 <= len(cells[0]) <= 40 and text.count(cells[0]) == 1:
            column = max(range(1, len(cells)), key=lambda i: len(cells[i]))
            answer = cells[column]
            if 8 <= len(answer) <= SENTENCE[lang][1] and text.count(answer) == 1:
                start = text.index(answer, at)
                question = rng.choice(_ROW[lang]).format(k=cells[0], c=header[column])
                asks.append(Ask(question, cells[0], ((start, start + len(answer)),)))
        at += len(line) + 1
    rng.shuffle(asks)
    return asks[:4]


def _step_asks(heading: str, text: str, lang: str, rng: random.Random) -> list[Ask]:
    """The question for a list of two to four steps under a heading: the steps, each on its line."""
    spans, at = [], 0
    for line in text.split("\n"):
        match = _STEP.match(line)
        if match and match[1][0].isdigit():
            spans.append((at + match.start(2), at + len(line.rstrip())))
        at += len(line) + 1
    if not (2 <= len(spans) <= 4 and heading and sum(b - a for a, b in spans) < SENTENCE[lang][1] * 2):
        return []
    return [Ask(goal_question(heading, lang, rng), heading, tuple(spans), True)]


def goal_question(heading: str, lang: str, rng: random.Random) -> str:
    """The question that a heading over steps answers."""
    goal = re.sub(r"^(To|How to|Step \d+:?) ", "", heading)
    goal = goal[:1].lower() + goal[1:] if lang == "en" else re.sub(r"(する|する方法|の手順|には|方法)$", "", goal)
    return rng.choice(_HOW[lang]).format(g=goal)
