"""Synthetic manuals for measuring scale: Zipf words in Japanese and English, codes, titles; seeded, the same each time.

Words are the glossary's first (what manuals speak of most), then made ones: pairs of kanji, katakana names, English
syllables. A manual takes half of its words from a few hundred of its own, so that passages of one manual are alike, and
its sentences from a bank, so that a million passages are written in minutes. Manual n is the same in an index of any
size, so the same questions, made of the first manuals, have answers in all.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from index.codes.find import find_codes
from index.passage import Kind, Lang, Manual, Passage
from index.search.glossary import FILE

A_MANUAL = 250  # passages
WORDS = 30_000  # of a language
OWN_WORDS = 300  # of a manual
OWN_SHARE = 0.5
BANK = 8000  # sentences of a language
QUESTIONS = 216
_VERBS: dict[Lang, tuple[str, ...]] = {
    "ja": (
        "確認する",
        "交換する",
        "取り外す",
        "締め付ける",
        "清掃する",
        "調整する",
        "点検する",
        "接続する",
        "設定する",
    ),
    "en": ("check", "replace", "remove", "tighten", "clean", "adjust", "inspect", "connect", "set"),
}
_SENTENCES: dict[Lang, tuple[str, ...]] = {
    "ja": ("{0}の{1}を{v}。", "{0}が{1}に達したときは、{2}を{v}。", "{0}と{1}の間の{2}を{v}ことを確認してください。",
           "{v}前に、必ず{0}を切り、{1}の{2}が{n}以下であることを確かめてください。", "{0}は{1}で{n} mmです。",
           "{0}が異常な場合は{1}または{2}の{3}を{v}必要があります。"),
    "en": ("{v} the {0} of the {1}.", "When the {0} reaches the {1}, {v} the {2}.",
           "Make sure that the {0} between the {1} and the {2} is not loose.",
           "Before you {v} the {0}, turn off the {1} and wait until the {2} is below {n}.",
           "The {0} of the {1} is {n} mm.",
           "If the {0} is abnormal, {v} the {1} or the {2} that belongs to the {3}."),
}  # fmt: skip
_FAMILIES = ("AL.{}", "E-{}", "F{:04}", "ERR{}", "A{:03}")
_ASKED: dict[str, tuple[Lang, str]] = {
    "ja words": ("ja", "{0} {1}"),
    "ja short": ("ja", "{0}の{1}はどうやって{v}のですか"),
    "ja long": ("ja", "昨日から{0}の調子が悪く、{1}と{2}を見ましたが直りません。{3}の{4}を{v}にはどうすればよいですか"),
    "ja common": ("ja", "{c0}の{c1}の{c2}"),
    "ja code": ("ja", "{code}の処置を教えてください"),
    "ja machine": ("ja", "{machine}の{0}を{v}手順は"),
    "en words": ("en", "{0} {1}"),
    "en short": ("en", "How do I {v} the {0} of the {1}?"),
    "en long": ("en", "Since yesterday the {0} makes trouble, we looked at the {1} and the {2} without success; what "
                "must be done to {v} the {3} of the {4}?"),
    "en common": ("en", "{c0} {c1} {c2}"),
    "en code": ("en", "What does {code} mean and what is the remedy?"),
    "en machine": ("en", "How to {v} the {0} on the {machine}"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the kind it is of, and the passage whose words it takes."""

    kind: str
    text: str
    passage: str


@dataclass(frozen=True, slots=True)
class _Words:
    """Words, the usual first, drawn as Zipf has it: the n-th as often as 1/n."""

    held: tuple[str, ...]
    reach: tuple[float, ...]

    @classmethod
    def of(cls, held: Sequence[str], flat: float = 20.0) -> _Words:
        return cls(tuple(held), tuple(accumulate(1 / (rank + flat) for rank in range(len(held)))))

    def draw(self, chance: random.Random) -> str:
        return self.held[bisect_left(self.reach, chance.random() * self.reach[-1])]


@lru_cache(maxsize=2)
def _vocabulary(lang: Lang) -> _Words:
    chance = random.Random(f"words {lang}")
    known = dict[str, None]()
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            english, japanese = line.split("\t")
            known |= dict.fromkeys(word.strip() for word in (japanese if lang == "ja" else english).split("|"))
    words = list(known)
    chance.shuffle(words)
    kanji = sorted({letter for word in words for letter in word if "一" <= letter <= "鿿"})
    while len(known) < WORDS:
        known[_made(lang, kanji, chance)] = None
    return _Words.of([*words, *list(known)[len(words) :]])


def _made(lang: Lang, kanji: Sequence[str], chance: random.Random) -> str:
    if lang == "en":
        parts = ("con", "ver", "tor", "ma", "lin", "pre", "sta", "der", "ro", "tic", "fle", "ser", "po", "gan", "mit")
        return "".join(
            chance.choices(
                (*parts, "bra", "cle", "dun", "fi", "gre", "hal", "jo", "ku", "wen"), k=chance.choice((2, 3, 4))
            )
        )
    if chance.random() < 0.5:
        return "".join(chance.choices(kanji, k=chance.choice((2, 2, 3, 4))))
    return "".join(
        chance.choices(
            "アイウエオカキクケコサシスセソタチツテトナニネノハヒフヘホマミムメモラリルレロワン",
            k=chance.choice((3, 4, 5)),
        )
    )


@lru_cache(maxsize=2)
def _bank(lang: Lang) -> tuple[str, ...]:
    common = _vocabulary(lang)
    writer = _Writer(lang, common, common, random.Random(f"bank {lang}"))
    return tuple(writer.sentence() for _ in range(BANK))


def _codes(text: str, kind: Kind) -> tuple[str, ...]:
    """The codes of ``text``; the bank and the words have none, so only the line that may hold one is read."""
    line = text.partition("\n")[0] if kind == "alarm" else text.rpartition("\n")[2]
    return tuple(dict.fromkeys(found.canonical for found in find_codes(line)))


def manual(number: int) -> tuple[Manual, list[Passage]]:
    """Manual ``number`` with its ``A_MANUAL`` passages; even ones are Japanese."""
    lang: Lang = "en" if number % 2 else "ja"
    chance = random.Random(f"manual {number}")
    common = _vocabulary(lang)
    own = _Words.of(list(dict.fromkeys(common.draw(chance) for _ in range(4 * OWN_WORDS)))[:OWN_WORDS], 5.0)
    letters = "".join(chance.choices("ABCDEFGHJKLMNPRSTVWXYZ", k=2))
    machine = f"{letters}-{100 + number}"
    title = f"{own.held[0]}{'取扱説明書' if lang == 'ja' else ' manual'} {machine}"
    identity = f"m{number:08}"
    made = Manual(
        id=identity, name=f"{machine}.pdf", title=title, revision=1, sha256=f"{number:064x}", pages=A_MANUAL // 3 + 1,
        passages=A_MANUAL, lang=lang, added_at="2026-01-01T00:00:00+00:00",
    )  # fmt: skip
    writer = _Writer(lang, common, own, chance, chance.choice(_FAMILIES))
    return made, [writer.passage(made, ordinal) for ordinal in range(A_MANUAL)]


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes passages in the words ``own`` to a manual and in those of all."""

    lang: Lang
    common: _Words
    own: _Words
    chance: random.Random
    family: str = ""

    def passage(self, manual: Manual, ordinal: int) -> Passage:
        kind: Kind = self.chance.choices(("prose", "steps", "alarm", "table", "warning"), (50, 20, 12, 12, 6))[0]
        chapter = f"{ordinal // 25 + 1} {self.noun()}"
        heading = f"{self.noun()}{' ' if self.lang == 'en' else 'の'}{self.noun()}"
        code = self.family.format(ordinal + 1)
        if kind == "alarm":
            names = ("アラーム", "名称", "原因", "処置") if self.lang == "ja" else ("Alarm", "Name", "Cause", "Remedy")
            cells = (code, f"{self.noun()} {self.noun()}", self.line(), self.line())
            text = "\n".join(f"{name}: {cell}" for name, cell in zip(names, cells, strict=True))
        elif kind == "table":
            text = " / ".join(f"{self.noun()}: {self.chance.randint(1, 999)}" for _ in range(6))
        elif kind == "steps":
            text = "\n".join([*(self.line() for _ in range(self.chance.randint(3, 7))), self.words()])
        else:
            lines = [self.line() for _ in range(max(1, round(self.chance.lognormvariate(1.3, 0.5))))]
            text = "\n".join([*lines, self.words(), *([f"({code})"] if self.chance.random() < 0.1 else [])])
        return Passage(
            id=f"{manual.id}.r1.{ordinal}", manual_id=manual.id, revision=1, ordinal=ordinal, text=text,
            pages=(ordinal // 3 + 1,), page_labels=(str(ordinal // 3 + 1),), section=(chapter, heading), kind=kind,
            lang=self.lang, codes=_codes(text, kind),
        )  # fmt: skip

    def words(self) -> str:
        """A line of words, of which some are rare."""
        return "\n".join(self.noun() for _ in range(6))

    def noun(self) -> str:
        return (self.own if self.chance.random() < OWN_SHARE else self.common).draw(self.chance)

    def line(self) -> str:
        """A sentence of the bank."""
        return self.chance.choice(_bank(self.lang))

    def sentence(self) -> str:
        form = self.chance.choice(_SENTENCES[self.lang])
        told = form.format(
            *(self.noun() for _ in range(4)), v=self.chance.choice(_VERBS[self.lang]), n=self.chance.randint(1, 500)
        )
        return told[0].upper() + told[1:]


def questions(among: int = 4, count: int = QUESTIONS, seed: str = "questions") -> Iterator[Asked]:
    """``count`` questions of all kinds in turn, made of words of the first ``among`` manuals."""
    chance = random.Random(seed)
    kinds = list(_ASKED)
    held = {n: manual(n) for n in range(among)}
    for number in range(count):
        kind = kinds[number % len(kinds)]
        lang, form = _ASKED[kind]
        made, passages = held[chance.choice([n for n in held if held[n][0].lang == lang])]
        passage = chance.choice([p for p in passages if p.kind == "alarm"] if "code" in kind else passages)
        vocabulary = _vocabulary(lang)
        lines = passage.text.split("\n")
        nouns = [line for line in lines if line in set(vocabulary.held)] or list(passage.section)
        yield Asked(kind, form.format(
            *chance.choices(nouns, k=5), v=chance.choice(_VERBS[lang]), code=(passage.codes or ("AL.1",))[0],
            machine=made.name.removesuffix(".pdf"), **{f"c{n}": chance.choice(vocabulary.held[:60]) for n in range(3)},
        ), passage.id)  # fmt: skip
