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


_FIRST = re.compile(
    r"^(?:(?:まず|最初に|はじめに|初めに)、?\s*|(?:(?:First of all|First|To begin),\s+|First (?=[a-z])))(?=\S)"
)
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
_TOPIC_FIRST = re.compile(
    r"^(?P<topic>[^、。]{1,30}?)は、(?P<cond>[^。は]+?(?:[うくぐすつぬぶむる]と|とき|ときは|ときに|ときには|場合は|場合に|場合には|たら|だら|[てで]から|れば|後は?|前に|まで)、?)\s*"
    r"(?P<rest>[^、。]+)(?P<end>。?)$"
)
_TOPIC_LAST = re.compile(
    r"^(?P<cond>[^。は]+?(?:[うくぐすつぬぶむる]と|ときは?|ときには|場合は?|場合には|たら|だら|れば|後は?|前に|まで)、?)\s*"
    r"(?P<topic>[^、。はがを]{1,30})(?:は|が)、?(?P<rest>[^、。]+)(?P<end>。?)$"
)
_AFTER: tuple[tuple[str, dict[str, str], str], ...] = (
    (r"([てで])から、?", {"て": "た", "で": "だ"}, "ら、"),
    (r"([ただ])(?:後|あと)[にで]?、?", {}, "ら、"),
    (r"([ただ])ら、?", {}, "後、"),
)
_DOES = {"う": "する", "います": "します", "ってください": "してください", "うこと": "すること"}
_DO_NOUN = re.compile(
    r"^(?P<what>[^、。はをが]+?)の(?P<verb>[一-龥]{2,4})[はを]、?\s*(?P<how>[^。]*?)行(?P<end>う|います|ってください|うこと)(?P<stop>。?)$"
)
_DO_VERB = re.compile(
    r"^(?P<what>[^、。はをが]+?)[はを]、?\s*(?P<how>[^。]*?)(?P<verb>[一-龥]{2,4})(?P<end>する|します|してください|すること)(?P<stop>。?)$"
)
_HOW_FIRST = re.compile(
    r"^(?P<how>[^。]*?(?:に|で|まま|から)、?)\s*(?P<what>[^ぁ-ん、。]+(?:の[^ぁ-ん、。]+)*)を(?P<verb>行[うい]?[^、。]*。?)$"
)
_WHAT_FIRST = re.compile(
    r"^(?P<what>[^ぁ-ん、。]+(?:の[^ぁ-ん、。]+)*)[はを]、?\s*(?P<how>[^。]*?(?:に|で|まま|から)、?)\s*(?P<verb>行[うい]?[^、。]*。?)$"
)
_AS_REMEDY = re.compile(r"^(?P<label>処置|対処|対策)として(?:は)?、")
_COUNT = r"(?P<count>(?:\d+|[一二三四五六七八九十])\s?(?:本|個|枚|台|箇所|か所|人|組))"
_THING = r"(?P<what>[一-龥ァ-ヺーA-Za-z0-9 ]*[一-龥ァ-ヺーA-Za-z0-9])"
_COUNTED = re.compile(rf"{_COUNT}の{_THING}(?=[をでがはに])")
_COUNTED_LAST = re.compile(rf"(?:(?<=^)|(?<=[、をでがはにの])){_THING} {_COUNT}(?=[をでがはに])")

# English
_CONJUNCTIONS = "if|when|before|after|while|until|as soon as|once|unless|whenever|to|with|for|without|during"
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
_IRREGULAR = {
    "kept": "keep", "held": "hold", "made": "make", "taken": "take", "shown": "show", "drawn": "draw", "sent": "send",
    "brought": "bring", "wound": "wind", "broken": "break", "given": "give", "written": "write", "done": "do",
    "run": "run",
    "put": "put", "set": "set", "cut": "cut", "shut": "shut", "read": "read", "fed": "feed", "built": "build",
}  # fmt: skip
_IS_TO = re.compile(r"^(The (?:\w+ ){1,3})is to (?!be\b)")
_POSSESSIVE = re.compile(
    r"\b(?:(?P<article>the|The|a|an) )?(?P<owner>(?:this |that )?[\w\-]+)['’]s? (?P<owned>[a-z]+(?: [a-z]+){0,2})\b"
)
_CODE = r"[A-Z]+[\-.]?[A-Z]*\d[\w\-]*"
_SMALL = (
    r"(?!(?:is|are|and|or|of|to|in|on|at|by|for|from|with|must|can|may|the|a|an|not|when|if|until|does|has)\b)[a-z]+"
)
_CODE_FIRST = re.compile(rf"\b(?P<code>{_CODE}) (?P<noun>{_SMALL}(?: {_SMALL}){{0,2}})\b")
_TWO_NOUNS = re.compile(rf"\b(?P<article>the|The) (?P<one>{_SMALL}) (?P<other>{_SMALL})\b")
_THREE_NOUNS = re.compile(rf"\b(?P<article>the|The) (?P<one>{_SMALL} {_SMALL}) (?P<other>{_SMALL})\b")
_ADJUNCT_FIRST = re.compile(
    r"^(?P<how>(?:Every|Each|On|In|Under|At|During|From|Without|Using|By|Inside|Behind)\b[^,]+), "
    r"(?P<rest>.+?)(?P<end>\.?)$"
)
_MEASURED = r"(?:at|for|to|by|with|within|in) (?:about )?\d(?:[^,;.]|(?<=\d)[,.](?=\d))*?"
_WAY = r"(?!only\b)[a-z]+(?:ly|wise)"
_HOW_MEASURED = re.compile(
    rf"\s(?:(?P<how>{_WAY}) (?P<to>to \d[\d.,]*\s?[\w·%°]+)|(?P<value>to \d[\d.,]*\s?[\w·%°]+) (?P<way>{_WAY}))\b"
)
_TWO_MEASURED = re.compile(
    rf"\s(?P<one>{_MEASURED})\s(?P<other>{_MEASURED})(?=[,;.](?!\d)|$| (?:and|or|then|before|after|when|if|until)\b)"
)
_CODE_MEANS = re.compile(rf"^(?P<code>(?:Alarm |Error )?{_CODE}) means (?:that )?(?P<what>.+)$")
_ROW_FOR = re.compile(r"^(The [\w ]+? )for (the )")
_PARTICLE = "off|on|out|in|up|down|away|back"
_APART = re.compile(
    rf"\b(?P<verb>[A-Za-z][a-z]+) (?P<what>(?:the|a|an|its|all|both) (?:[\w\-]+ ){{0,2}}[\w\-]+|{_CODE}) "
    rf"(?P<part>{_PARTICLE})\b"
)
_TOGETHER = re.compile(
    rf"\b(?P<verb>[A-Za-z][a-z]+) (?P<part>{_PARTICLE}) (?P<what>the (?:[\w\-]+ )?[\w\-]+|{_CODE})\b"
)


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
            if pattern in (_MUST_SURU, _MUST_GODAN, _MUST_ICHIDAN):
                yield Said(re.sub(r"(?=。?$)", "必要がある", changed, count=1))
            return
    if match := _AS_REMEDY.match(text):
        yield Said(f"{match['label']}: {text[match.end() :]}")
    for match in _COUNTED.finditer(text):
        yield Said(f"{text[: match.start()]}{match['what']} {match['count']}{text[match.end() :]}")
    for match in _COUNTED_LAST.finditer(text):
        yield Said(f"{text[: match.start()]}{match['count']}の{match['what']}{text[match.end() :]}")
    yield from _moved(text)
    yield from _done(text)
    for after, forms, new in _AFTER:
        if match := re.search(after, text):
            yield Said(f"{text[: match.start()]}{forms.get(match[1], match[1])}{new}{text[match.end() :]}")
    if match := _IS_CAUSE.match(text):
        yield Said(f"{match['label']}は{match['what']}ことです{text[match.end() :]}")
    for match in _PHRASES.finditer(text):  # the particles say which is which
        if match["one"][-1] != match["other"][-1]:
            turned = f"{match['before']}{match['other']}{match['one']}{match['verb']}"
            yield Said(text[: match.start()] + turned + text[match.end() :])


def _moved(text: str) -> Iterator[Said]:
    """ "A は、B が出ると C する" is "B が出ると A は C する"."""
    if match := _TOPIC_FIRST.match(text):
        cond = re.sub(r"(?<=とき|場合)に?$", "は、", match["cond"])
        yield Said(f"{cond}{match['topic']}は{match['rest']}{match['end']}")
    if match := _TOPIC_LAST.match(text):
        yield Said(f"{match['topic']}は、{match['cond']}{match['rest']}{match['end']}")


def _done(text: str) -> Iterator[Said]:
    """ "電池の交換は…行う" is "電池は…交換する"; what is done stands before or behind how."""
    if match := _DO_NOUN.match(text):
        yield Said(f"{match['what']}は、{match['how']}{match['verb']}{_DOES[match['end']]}{match['stop']}")
    if match := _DO_VERB.match(text):
        end = next(noun for noun, verb in _DOES.items() if verb == match["end"])
        yield Said(f"{match['what']}の{match['verb']}は、{match['how']}行{end}{match['stop']}")
    if match := _HOW_FIRST.match(text):
        yield Said(f"{match['what']}は、{match['how']}{match['verb']}")
    if match := _WHAT_FIRST.match(text):
        yield Said(f"{match['how']}{match['what']}を{match['verb']}")


def _en(text: str) -> Iterator[Said]:
    yield from _orders(text)
    yield from _passives(text)
    yield from _clauses(text)
    yield from _nouns(text)
    if match := _ADJUNCT_FIRST.match(text):
        yield Said(f"{match['rest']} {match['how'][:1].lower()}{match['how'][1:]}{match['end']}")
    for match in _HOW_MEASURED.finditer(text):
        yield Said(
            f"{text[: match.start()]} {match['to'] or match['value']} "
            f"{match['how'] or match['way']}{text[match.end() :]}"
        )
    if re.search(r"\b(?:not|never)\b", text, re.IGNORECASE):  # what must not be before it must not be until it
        for one, other in ((" until ", " before "), (" before ", " until ")):
            if one in text:
                yield Said(text.replace(one, other, 1))
    for match in _TWO_MEASURED.finditer(text):
        yield Said(f"{text[: match.start()]} {match['other']} {match['one']}{text[match.end() :]}")
    if match := _CODE_MEANS.match(text):
        yield from (
            Said(f"{match['code']} {comes} when {match['what']}") for comes in ("appears", "occurs", "is raised")
        )
    for match in _APART.finditer(text):
        yield Said(f"{text[: match.start()]}{match['verb']} {match['part']} {match['what']}{text[match.end() :]}")
    for match in _TOGETHER.finditer(text):
        article, *words = match["what"].split(" ")
        for count in range(1, len(words) + 1):
            what, rest = " ".join([article, *words[:count]]), "".join(f" {word}" for word in words[count:])
            yield Said(f"{text[: match.start()]}{match['verb']} {what} {match['part']}{rest}{text[match.end() :]}")


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
    if verb in _IRREGULAR:
        return (_IRREGULAR[verb], verb)
    if verb in _IRREGULAR.values():
        return tuple(done for done, now in _IRREGULAR.items() if now == verb)
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
    for match in (*_TWO_NOUNS.finditer(text), *_THREE_NOUNS.finditer(text)):
        turned = f"{match['article']} {match['other']} of the {match['one']}"
        yield Said(text[: match.start()] + turned + text[match.end() :])
