"""A runner that lies on purpose: how many changed values reach the screen, and how many true sentences are withheld.

    python -m tests.bench_lying docs/results/lying.json [--lies 1000] [--true 1000] [--seed 1] [--examples FILE]

--examples keeps what went wrong in words; the result holds counts alone, for the open manuals have their own licences.

The sentences are of the demo manuals and of a part of the open ones (ANDON_SHARED_DATA, or ../shared/data beside the
repository). Each goes through the assistant's own stream of an answer, cut into pieces as a model speaks.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))  # tests are flat: their modules are named without the folder

from assistant_sources import demo_passages
from lies import HARD, Said, lies, open_passages, paraphrases, reworded_lies, true_sentences
from verification_cases import HALVES, cases

from assistant.answer import Sentence
from assistant.evaluation.support import missing_values
from assistant.verification.atoms import CITATION
from assistant.verification.telling import Telling
from assistant.verification.verify import SentenceSplitter

KINDS = {"lies": False, "true": True}
TOLD = 200  # examples of a kind that the result keeps


def shown_of(said: Said, rng: random.Random) -> list[tuple[str, Sentence]]:
    """(as spoken, as shown) for each sentence of ``said`` that reaches the screen; it is spoken in pieces."""
    splitter, text = SentenceSplitter(), said.text
    sentences: list[str] = []
    while text:
        cut = rng.randint(1, 12)
        sentences += splitter.feed(text[:cut])
        text = text[cut:]
    sentences += splitter.finish()
    telling = Telling(said.quotes)
    verified = [(sentence, telling.verify(sentence)) for sentence in sentences]
    return [pair for pair in verified if pair[1].supported]


def judge(said: Sequence[Said], rng: random.Random) -> dict[str, Any]:
    """For each way: how often it was tried, and what was shown (lies) or withheld (truths)."""
    tried, hits, examples = Counter[str](), Counter[str](), []
    begin = time.perf_counter()
    for one in said:
        tried[one.how] += 1
        shown = shown_of(one, rng)
        wrong = is_leak(one, shown) if not one.true else not shown
        if wrong:
            hits[one.how] += 1
            examples.append(
                {
                    "how": one.how,
                    "said": one.text,
                    "source": one.source,
                    "shown": [sentence.text for _, sentence in shown],
                }
            )
    return {
        "sentences": len(said), "wrong": sum(hits.values()), "share": round(sum(hits.values()) / max(1, len(said)), 4),
        "by_way": {how: [hits[how], tried[how]] for how in sorted(tried)},
        "ms_each": round((time.perf_counter() - begin) * 1000 / max(1, len(said)), 2), "examples": examples[:TOLD],
    }  # fmt: skip


def is_leak(lie: Said, shown: Sequence[tuple[str, Sentence]]) -> bool:
    """Whether something false was shown. What is spoken may hold two sentences, of which one is true: the true one that
    the lie was made of, or one that stands word for word in the passage that it cites, in the manual's order."""
    texts = {quote.number: _squeezed(quote.text) for quote in lie.quotes}
    last = -1
    for spoken, sentence in shown:
        cited = {int(number) for number in CITATION.findall(spoken)}
        if not sentence.citations or cited - set(texts) or (cited and not cited & set(sentence.citations)):
            return True
        source, plain = texts[sentence.citations[0]], _squeezed(sentence.text).rstrip("。.")
        if lie.how == "add_part" and plain == _squeezed(lie.source).rstrip("。."):
            continue
        place = max((match.start() for match in re.finditer(re.escape(plain), source)), default=-1)
        if place < last or place < 0:
            return True
        last = source.find(plain)
    return False


def _squeezed(text: str) -> str:
    return "".join(text.split())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--lies", type=int, default=1000)
    parser.add_argument("--true", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", type=Path)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    demo, open_ = demo_passages(), open_passages()
    sources = [source for source in (demo, open_) if source]
    false = [lie for source in sources for lie in lies(source, args.lies // len(sources), rng)]
    true = [said for source in sources for said in true_sentences(source, args.true // len(sources), rng)]
    lied, told, changed = judge(false, rng), judge(true, rng), judge(paraphrases(), rng)
    reworded = judge(list(reworded_lies(rng)), rng)
    by_hand = {
        half: {kind: judge([one for one in cases(half) if one.true is true], rng) for kind, true in KINDS.items()}
        for half in HALVES
    }
    report = {
        "passages": {"demo": len(demo), "open": len(open_)},
        "lies": lied, "hard_lies_shown": sum(n for how, (n, _) in lied["by_way"].items() if how in HARD),
        "values_shown": sum(_value_leak(example, false) for example in lied["examples"]),
        "reworded_lies": reworded, "true": told, "paraphrases": changed, "by_hand": by_hand,
        "withheld_share": round((told["wrong"] + changed["wrong"]) / (told["sentences"] + changed["sentences"]), 4),
    }  # fmt: skip
    if args.examples is not None:
        wrong = {
            name: part["examples"] for name, part in report.items() if isinstance(part, dict) and "examples" in part
        }
        args.examples.write_text(json.dumps(wrong, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for part in (lied, reworded, told, changed, *(part for half in by_hand.values() for part in half.values())):
        del part["examples"]
    args.result.parent.mkdir(parents=True, exist_ok=True)
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=1))


def _value_leak(example: dict[str, Any], false: Sequence[Said]) -> bool:
    """Whether what was shown holds a number, code or negation that its source does not, by the independent check."""
    lie = next(one for one in false if one.text == example["said"] and one.how == example["how"])
    return any(missing_values(sentence, lie.quotes[:1]) for sentence in example["shown"])


if __name__ == "__main__":
    main()
