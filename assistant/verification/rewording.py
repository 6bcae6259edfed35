"""Rewording: what else a sentence might have said in the same sense: clauses turned round, the passive, "you must"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

MOST = 40  # rewordings of a sentence; a model's sentence needs two or three
LONGEST = 400  # characters; a longer sentence is compared as it is
Claim = Literal["", "order", "first", "later"]


@dataclass(frozen=True, slots=True)
class Said:
    """``text`` says what the sentence said, provided that ``claim`` holds where it stands in the source: it is an order
    there ("order": a must is no report), the beginning of a procedure ("first") or not its beginning ("later").
    Where words have ``moved``, one sentence of the source must hold it: over two the order would be another."""

    text: str
    claim: Claim = ""
    moved: bool = False


_FIRST = re.compile(r"^(?:(?:まず|最初に|はじめに|初めに)、?\s*|(?:First of all|First|To begin),\s+)(?=\S)")
_LATER = re.compile(
    r"^(?:(?:次に|その後|続いて|それから|最後に)、?\s*|(?:Next|Then|After that|Afterwards|Finally),?\s+)(?=\S)"
)
_OPENERS: tuple[tuple[re.Pattern[str], Claim], ...] = ((_FIRST, "first"), (_LATER, "later"))

# Japanese: a must that is said of an order
_MUST_JA = r"なければ(?:なりません|ならない|いけません|いけない)(?=。|$)"
_A_ROW = dict(zip("かがさたなばまらわ", "くぐすつぬぶむるう", strict=True))
_MUST_SURU = re.compile(rf"し{_MUST_JA}")
_MUST_GODAN = re.compile(rf"([{''.join(_A_ROW)}]){_MUST_JA}")
_MUST_ICHIDAN = re.compile(rf"(?<=[ぁ-ん一-龥]){_MUST_JA}")
_NEEDS = re.compile(r"(?<=[うくぐすつぬぶむる])(?:必要があります|必要がある|必要です)(?=。|$)")
_NEEDS_NOUN = re.compile(r"(?<=[一-龥])が必要です?(?=。|$)")
_IS_CAUSE = re.compile(r"^(?P<what>.+)ことが(?P<label>[一-龥]{2,4})です(?=。|$)")
_PHRASES = re.compile(
    r"(?P<before>^|[、。])(?P<one>[^ぁ-ん、。（(]+(?:の[^ぁ-ん、。（(]+)*(?:を|が|に|で|へ|から|まで))\s*"
    r"(?P<other>[^ぁ-ん、。（(]+(?:の[^ぁ-ん、。（(]+)*(?:を|が|に|で|へ|から|まで))(?P<verb>\s*(?:[一-龥][ぁ-ん一-龥]*|ある|あり))"
)

# English
_CONJUNCTIONS = "if|when|before|after|while|until|as soon as|once|unless|whenever|to|with|for"
_CLAUSE_FIRST = re.compile(rf"^(?P<conj>{_CONJUNCTIONS})\s(?P<one>[^,]+),\s(?P<other>.+?)(?P<end>\.?)$", re.IGNORECASE)
_CONJUNCTION = re.compile(rf"(?<=[\w\])%]),?\s({_CONJUNCTIONS})\s(?=\w)")
_OPEN_END = re.compile(r"\b(?:and|or|but|then|not|only|is|are|be)$", re.IGNORECASE)
_SEQUENCE = re.compile(r"\b(?:then|after that|afterwards|finally)\b", re.IGNORECASE)
_FIRST_LAST = re.compile(r"^First,?\s(?P<rest>.+?)(?P<end>\.?)$")
_YOU_NOT = re.compile(r"\b(?:you|You) (?:must|should|may) (?:not|never) ")
_YOU_MUST = re.compile(r"(?:^|(?<=, ))(?:[Yy]ou (?:must|should|have to|need to) (?!not\b|never\b)|(?:Be|be) sure to )")
_PASSIVE = re.compile(
    r"(?P<opens>^|, )(?P<what>(?:[\w\-/.·']+ ){1,9}?)(?:must|should|has to|have to|needs to|need to|is to|are to)"
    r"(?P<no> not| never)? be (?P<verb>[a-z]+)(?P<rest>.*)$"
)
_IMPERATIVE = re.compile(
    r"(?P<opens>^|, )(?P<no>Do not |Never )?(?P<verb>[A-Za-z][a-z]+) (?P<rest>[^.]+?)(?P<end>\.?)$"
)
_YOU_CAN = re.compile(r"^You (?P<modal>can|may|must) (?P<only>only )?(?P<verb>[a-z]+) (?P<rest>.+?)(?P<end>\.?)$")
_IS_TO = re.compile(r"^(The (?:\w+ ){1,3})is to (?!be\b)")
_POSSESSIVE = re.compile(
    r"\b(?:(?P<article>the|The|a|an) )?(?P<owner>[\w\-]+)['’]s (?P<owned>[a-z]+(?: [a-z]+){0,2})\b"
)
_CODE = r"[A-Z]+[\-.]?[A-Z]*\d[\w\-]*"
_SMALL = (
    r"(?!(?:is|are|and|or|of|to|in|on|at|by|for|from|with|must|can|may|the|a|an|not|when|if|until|does|has)\b)[a-z]+"
)
_CODE_FIRST = re.compile(rf"\b(?P<code>{_CODE}) (?P<noun>{_SMALL}(?: {_SMALL}){{0,2}})\b")
_TWO_NOUNS = re.compile(rf"\b(?P<article>the|The) (?P<one>{_SMALL}) (?P<other>{_SMALL})\b")
_PARTICLE = "off|on|out|in|up|down|away|back"
_APART = re.compile(
    rf"\b(?P<verb>[A-Za-z][a-z]+) (?P<what>(?:the |a )?(?:[\w\-]+ ){{0,2}}[\w\-]+) (?P<part>{_PARTICLE})\b"
)
_TOGETHER = re.compile(rf"\b(?P<verb>[A-Za-z][a-z]+) (?P<part>{_PARTICLE}) (?P<what>the (?:[\w\-]+ )?[\w\-]+)\b")


def rewordings(text: str) -> Iterator[Said]:
    """``text`` first, then what else it might have said in the same sense, at most ``MOST`` in all; each is made when
    it is asked for, and most sentences are found as they are."""
    out = [Said(text)]
    yield out[0]
    if len(text) > LONGEST:
        return
    for opener, claim in _OPENERS:
        if match := opener.match(text):
            rest = text[match.end() :]
            out.append(Said(rest[0].upper() + rest[1:], claim))
            yield out[-1]
    seen = {said.text for said in out}
    change = _ja if re.search(r"[ぁ-んァ-ヺ一-龥]", text) else _en
    done = 0
    for _ in range(2):  # a clause moved and a passive turned
        until = len(out)
        for said in out[done:until]:
            for changed in change(said.text):
                if changed.text not in seen and len(out) < MOST:
                    seen.add(changed.text)
                    out.append(Said(changed.text, said.claim or changed.claim, moved=True))
                    yield out[-1]
        done = until


def _ja(text: str) -> Iterator[Said]:
    for pattern, new in (
        (_MUST_SURU, "する"), (_MUST_GODAN, lambda match: _A_ROW[match[1]]), (_MUST_ICHIDAN, "る"), (_NEEDS, ""),
        (_NEEDS_NOUN, "する"),
    ):  # fmt: skip
        changed = pattern.sub(new, text)
        if changed != text:
            yield Said(changed, "order")
            return
    if match := _IS_CAUSE.match(text):
        yield Said(f"{match['label']}は{match['what']}ことです{text[match.end() :]}")
    for match in _PHRASES.finditer(text):  # the particles say which is which
        if match["one"][-1] != match["other"][-1]:
            turned = f"{match['before']}{match['other']}{match['one']}{match['verb']}"
            yield Said(text[: match.start()] + turned + text[match.end() :])


def _en(text: str) -> Iterator[Said]:
    yield from _orders(text)
    yield from _passives(text)
    yield from _clauses(text)
    yield from _nouns(text)
    for match in _APART.finditer(text):
        yield Said(f"{text[: match.start()]}{match['verb']} {match['part']} {match['what']}{text[match.end() :]}")
    for match in _TOGETHER.finditer(text):
        yield Said(f"{text[: match.start()]}{match['verb']} {match['what']} {match['part']}{text[match.end() :]}")


def _orders(text: str) -> Iterator[Said]:
    if _YOU_NOT.search(text):
        yield Said(_YOU_NOT.sub("do not ", text, count=1))
    if _YOU_MUST.search(text):
        yield Said(_YOU_MUST.sub("", text, count=1))
    if _IS_TO.match(text):
        yield Said(_IS_TO.sub(r"\1is ", text))


def _passives(text: str) -> Iterator[Said]:
    """ "The bolts must be tightened to 9 N·m" is "Tighten the bolts to 9 N·m", and the other way round. Stems are
    compared, so "tightened" stands for "tighten"."""
    if match := _PASSIVE.search(text):
        no = "do not " if match["no"] else ""
        for verb in _forms(match["verb"]):
            yield Said(f"{text[: match.start()]}{match['opens']}{no}{verb} {match['what'].strip()}{match['rest']}")
    if (match := _YOU_CAN.match(text)) and not match["rest"].startswith("not "):
        only = match["only"] or ""
        for what, rest in _cuts(match["rest"]):
            for verb in _forms(match["verb"]):
                yield Said(f"{only}{what} {match['modal']} be {verb}{rest}{match['end']}")
    elif (match := _IMPERATIVE.search(text)) and " " in match["rest"]:
        no = "not " if match["no"] else ""
        before = text[: match.start()] + match["opens"]
        for what, rest in _cuts(match["rest"]):
            yield Said(f"{before}{what} must {no}be {match['verb'].lower()}{rest}{match['end']}")


def _cuts(text: str) -> Iterator[tuple[str, str]]:
    """What a verb may be done to, and the rest."""
    words = text.split(" ")
    for cut in range(1, min(6, len(words)) + 1):
        yield " ".join(words[:cut]), "".join(f" {word}" for word in words[cut:])


def _forms(verb: str) -> tuple[str, ...]:
    """Short verbs have no stem of their own ("use", "used")."""
    if len(verb) > 5:
        return (verb,)
    return (verb, verb[:-1], verb[:-2]) if verb.endswith("ed") else (verb, f"{verb}d", f"{verb}ed")


def _clauses(text: str) -> Iterator[Said]:
    """A clause moves together with its conjunction; what is told as a sequence keeps it."""
    if _SEQUENCE.search(text):
        return
    if match := _FIRST_LAST.match(text):
        yield Said(f"{match['rest']} first{match['end']}")
    if match := _CLAUSE_FIRST.match(text):
        yield Said(f"{match['other']} {match['conj'].lower()} {match['one']}{match['end']}")
        return
    end = "." if text.endswith(".") else ""
    for match in _CONJUNCTION.finditer(text):
        other = text[: match.start()].rstrip(", ")
        if not _OPEN_END.search(other):
            yield Said(f"{match[1]} {text[match.end() :].removesuffix('.')}, {other}{end}")


def _nouns(text: str) -> Iterator[Said]:
    """ "the inverter's display" is "the display of the inverter", "the INV3 display" "the display of INV3"."""
    for match in _POSSESSIVE.finditer(text):
        owner = f"{match['article'].lower()} {match['owner']}" if match["article"] else match["owner"]
        words = match["owned"].split(" ")
        for count in range(1, len(words) + 1):
            owned, rest = " ".join(words[:count]), "".join(f" {word}" for word in words[count:])
            yield Said(f"{text[: match.start()]}the {owned} of {owner}{rest}{text[match.end() :]}")
    for match in _CODE_FIRST.finditer(text):
        words = match["noun"].split(" ")
        for count in range(1, len(words) + 1):
            noun, rest = " ".join(words[:count]), "".join(f" {word}" for word in words[count:])
            for of in (" of ", " "):
                yield Said(f"{text[: match.start()]}{noun}{of}{match['code']}{rest}{text[match.end() :]}")
    for match in _TWO_NOUNS.finditer(text):
        turned = f"{match['article']} {match['other']} of the {match['one']}"
        yield Said(text[: match.start()] + turned + text[match.end() :])
