"""TokenReport: what a tokenizer makes of a site's text beside general text, before anything is trained on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from training.tokens.terms import LEAST_HITS, LEAST_PIECES, Term, found_terms, worth_adding

_CODES = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,5}[-.]?[0-9]{1,5}(?![A-Za-z0-9])")
_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
_BYTE = re.compile(r"<0x[0-9A-F]{2}>")
SHOWN = 30
GAINS = (50, 200, 1000)  # terms, for which the report says what adding them would save


@dataclass(frozen=True, slots=True)
class Cutter:
    """A tokenizer as far as it is needed here: ids of a text without marks, the text of ids, the name of an id."""

    ids: Callable[[str], Sequence[int]]
    text: Callable[[Sequence[int]], str]
    name: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Cut:
    """A kind of text: how many, their characters and UTF-8 bytes, the tokens they become, those of them that are single
    bytes of a character without a token, and the texts that do not come back as they were."""

    texts: int
    characters: int
    bytes: int
    tokens: int
    byte_tokens: int
    lost: int

    @property
    def characters_a_token(self) -> float:
        return self.characters / max(1, self.tokens)


@dataclass(frozen=True, slots=True)
class TokenReport:
    """``kinds``: cuts by kind of text; ``code_pieces``: tokens of an alarm or part code, mean; ``terms``: those that
    cost most; ``gains``: number of terms added -> share of the site's tokens saved, of terms with hits enough."""

    kinds: dict[str, Cut]
    code_pieces: float
    terms: tuple[Term, ...]
    gains: dict[int, float]
    examples_lost: tuple[str, ...]

    def as_plain(self) -> dict[str, Any]:
        kinds = {
            name: asdict(cut) | {"characters_a_token": round(cut.characters_a_token, 3)}
            for name, cut in self.kinds.items()
        }
        return {
            "kinds": kinds,
            "tokens_a_code": round(self.code_pieces, 2),
            "terms": [asdict(term) | {"saved": term.saved} for term in self.terms[:SHOWN]],
            "saved_by_adding": {str(count): round(share, 4) for count, share in self.gains.items()},
            "texts_that_do_not_come_back": list(self.examples_lost),
        }


def report_of(cutter: Cutter, site: Sequence[str], general: Sequence[str]) -> TokenReport:
    """Cuts ``site`` (passages, restatements, questions) and ``general`` text with one tokenizer."""
    groups = {
        "site, Japanese": [text for text in site if _is_japanese(text)],
        "site, other languages": [text for text in site if not _is_japanese(text)],
        "general, Japanese": [text for text in general if _is_japanese(text)],
        "general, other languages": [text for text in general if not _is_japanese(text)],
    }
    kinds: dict[str, Cut] = {}
    lost: list[str] = []
    for name, texts in groups.items():
        if texts:
            kinds[name], gone = _cut(cutter, texts)
            lost += gone
    codes = [code for text in site for code in _CODES.findall(text)]
    terms = found_terms(site, cutter.ids)
    total = max(1, sum(cut.tokens for name, cut in kinds.items() if name.startswith("site")))
    gains = {most: sum(term.saved for term in worth_adding(terms, most)) / total for most in GAINS}
    pieces = sum(len(cutter.ids(code)) for code in codes) / max(1, len(codes))
    return TokenReport(kinds, pieces, tuple(terms), gains, tuple(lost[:5]))


def page(name: str, report: TokenReport) -> str:
    """The report for people, as Markdown."""
    lines = [
        f"# {name}: how its tokenizer cuts the site's text",
        "",
        "| text | texts | characters | tokens | characters a token | bytes a token | single bytes | do not come back |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kind, cut in report.kinds.items():
        share = 100 * cut.byte_tokens / max(1, cut.tokens)
        lines.append(
            f"| {kind} | {cut.texts:,} | {cut.characters:,} | {cut.tokens:,} | {cut.characters_a_token:.2f} | "
            f"{cut.bytes / max(1, cut.tokens):.2f} | {share:.1f} % | {cut.lost} |"
        )
    lines += [
        "",
        "Few characters a token on the site's text beside general text mean a longer context and slower answers,",
        "and weights spent on spelling. Single bytes are characters without a token. A text that does not come back",
        "as it was cannot be quoted verbatim.",
        "",
        f"A code (AL.32, F-021) becomes {report.code_pieces:.1f} tokens on average.",
        "",
        "## Terms that cost most",
        "",
        "| term | hits | tokens | saved, were it one |",
        "|---|---|---|---|",
        *(f"| {term.text} | {term.hits:,} | {term.pieces} | {term.saved:,} |" for term in report.terms[:SHOWN]),
        "",
        "## What adding terms would save",
        "",
        f"Japanese terms of {LEAST_PIECES} tokens or more that stand there {LEAST_HITS} times or more ([tokenizer] of "
        "a recipe):",
        "",
        *(f"- {count:,} terms: {100 * share:.1f} % of the site's tokens" for count, share in report.gains.items()),
    ]
    if report.examples_lost:
        lines += ["", "## Texts that do not come back", "", *(f"- {text[:100]!r}" for text in report.examples_lost)]
    return "\n".join(lines) + "\n"


def _cut(cutter: Cutter, texts: Sequence[str]) -> tuple[Cut, list[str]]:
    tokens = single = 0
    lost: list[str] = []
    for text in texts:
        ids = cutter.ids(text)
        tokens += len(ids)
        single += sum(_BYTE.fullmatch(cutter.name(one)) is not None for one in ids)
        if cutter.text(ids) != text:
            lost.append(text)
    size = sum(len(text.encode()) for text in texts)
    return Cut(len(texts), sum(map(len, texts)), size, tokens, single, len(lost)), lost


def _is_japanese(text: str) -> bool:
    return 20 * len(_JAPANESE.findall(text)) >= len(text)
