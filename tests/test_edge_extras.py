"""What llama.cpp can do beyond speaking freely: grammars, JSON Schemas, log-probabilities; and what it refuses."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from contract_runner import ASK, text_of
from test_edge_runners import tiny, tiny_gguf

from edge.errors import AskRefused, GrammarWrong
from edge.llama.chances import chance_of
from edge.llama.runner import LlamaCppRunner
from edge.llama.sampler import Sampler
from edge.runner import Choice, Choices, Sampling

__all__ = ["tiny", "tiny_gguf"]
ROOT = Path(__file__).resolve().parents[1]
CAUSES = 'root ::= ("電源" | "モーター") " AL-" [0-9] [0-9] "。"'
ALARM = json.dumps({
    "type": "object",
    "properties": {
        "code": {"enum": ["AL-16", "E5101"]},
        "原因": {"enum": ["過熱", "断線", "油\n切れ"]},
        "wait": {"type": "boolean"},
    },
    "required": ["code", "原因", "wait"],
    "additionalProperties": False,
})  # fmt: skip


def said(runner: LlamaCppRunner, **sampling: object) -> str:
    return text_of(list(runner.stream(ASK, Sampling(**({"max_tokens": 120} | sampling)))))  # type: ignore[arg-type]


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_an_answer_keeps_to_its_grammar(tiny: LlamaCppRunner, temperature: float) -> None:
    free = said(tiny, temperature=temperature)
    bound = said(tiny, grammar=CAUSES, temperature=temperature)
    assert re.fullmatch(r"(電源|モーター) AL-\d\d。", bound)
    assert said(tiny, grammar=CAUSES, temperature=temperature) == bound
    assert said(tiny, temperature=temperature) == free, "the grammar ends with its answer"


def test_an_answer_keeps_to_its_schema_in_its_own_characters(tiny: LlamaCppRunner) -> None:
    pieces = list(tiny.stream(ASK, Sampling(max_tokens=200, json_schema=ALARM, temperature=1.0, seed=4)))
    text = text_of(pieces)
    found = json.loads(text)
    assert found["code"] in ("AL-16", "E5101") and found["原因"] in ("過熱", "断線", "油\n切れ")
    assert isinstance(found["wait"], bool)
    assert "原因" in text, "written as it is, not as an escape"
    assert len(pieces) > 5, "it streams"


def test_a_stop_string_ends_a_bound_answer(tiny: LlamaCppRunner) -> None:
    pieces = list(tiny.stream(ASK, Sampling(max_tokens=60, grammar='root ::= "電源を OFF。" [a-z]+', stop=("OFF",))))
    assert text_of(pieces) == "電源を " and pieces[-1].finish == "stop"


ODD = [
    "電源",
    "🔥 AL",
    "a\\u96fb",
    "tab\there",
    "\x01",
    'say "ON"',
    "line\nbreak",
    "é",
    3,
    1.5,
    None,
    [1, "二"],
    {"a": "\\"},
]


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_constants_of_a_schema_come_out_as_they_are(tiny: LlamaCppRunner, value: object) -> None:
    text = said(tiny, json_schema=json.dumps({"const": value}))
    assert json.loads(text) == value
    assert "\\u" not in text.replace("\\\\u", "") or value == "\x01", "in its own characters, not as escapes"
    named = said(tiny, json_schema=json.dumps({"properties": {str(value): {"const": 1}}, "required": [str(value)]}))
    assert json.loads(named) == {str(value): 1}


@pytest.mark.parametrize(
    "wrong",
    [" ", "root ::= other", 'other ::= "a"', 'root ::= root "a"', "root ::= [", "nothing like it", "(" * 70_000,
     'root ::= "a"{3,1}'],
)  # fmt: skip
def test_a_wrong_grammar_is_told_before_anything_is_read(tiny: LlamaCppRunner, wrong: str) -> None:
    with pytest.raises(GrammarWrong) as caught:
        said(tiny, grammar=wrong)
    assert caught.value.remedy
    assert tiny._memory is None or not tiny._memory.held
    assert said(tiny, grammar='root ::= "OFF"') == "OFF"


@pytest.mark.parametrize(
    "wrong",
    ["{", "[]", "3", '{"$ref": "https://example.org/a.json"}', '{"$ref": "#/nowhere"}', '{"type": "colour"}',
     '{"pattern": "a", "type": "string"}', '{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}'],
)  # fmt: skip
def test_a_wrong_schema_is_told(tiny: LlamaCppRunner, wrong: str) -> None:
    with pytest.raises(GrammarWrong):
        said(tiny, json_schema=wrong)
    with pytest.raises(GrammarWrong, match="one answer"):
        said(tiny, json_schema="{}", grammar=CAUSES)


def test_a_grammar_that_the_vocabulary_cannot_write_is_told(tiny: LlamaCppRunner) -> None:
    """Here the model has all bytes, so that only a grammar without any text is such a one."""
    assert said(tiny, grammar='root ::= "髙橋 ㍿ 🔥"') == "髙橋 ㍿ 🔥", "by its bytes"


def test_given_lines_take_no_extras(tiny: LlamaCppRunner) -> None:
    lines = Choices((Choice("電源を切る。"), Choice("Wait.")))
    with pytest.raises(AskRefused, match="grammar"):
        said(tiny, choices=lines, grammar=CAUSES)
    with pytest.raises(AskRefused, match="logprobs"):
        said(tiny, choices=lines, logprobs=0)


@pytest.mark.parametrize("others", [0, 3])
def test_chances_are_told_of_every_token(tiny: LlamaCppRunner, others: int) -> None:
    plain = list(tiny.stream(ASK, Sampling(max_tokens=12)))
    pieces = list(tiny.stream(ASK, Sampling(max_tokens=12, logprobs=others)))
    assert [(p.text, p.tokens, p.finish) for p in pieces] == [(p.text, p.tokens, p.finish) for p in plain]
    assert not any(piece.chances for piece in plain)
    chances = [chance for piece in pieces for chance in piece.chances]
    assert len(chances) == pieces[-1].tokens == 12
    spelled = b"".join(chance.token for chance in chances).decode("utf-8", "replace")
    assert spelled.startswith(text_of(pieces))
    for chance in chances:
        assert chance.logprob < 0 and len(chance.others) == others
        if others:  # greedy: the one chosen is the likeliest
            assert chance.others[0] == (chance.token, chance.logprob)
            assert list(chance.others) == sorted(chance.others, key=lambda one: -one[1])


def test_chances_add_up_and_ties_go_by_id() -> None:
    logits = np.log(np.array([0.1, 0.4, 0.1, 0.4], np.float32)) + 7
    told = chance_of(logits, 2, 9, lambda token: bytes([token]))
    assert [token for token, _ in told.others] == [b"\x01", b"\x03", b"\x00", b"\x02"]
    assert math.isclose(sum(math.exp(share) for _, share in told.others), 1.0, rel_tol=1e-6)
    assert math.isclose(told.logprob, math.log(0.1), rel_tol=1e-5)
    few = chance_of(logits, 2, 3, lambda token: bytes([token]))
    assert few.others == told.others[:3]


class Only:
    """A binding that allows some tokens."""

    def __init__(self, *tokens: int) -> None:
        self.tokens = tokens

    def allows(self, token: int) -> bool:
        return token in self.tokens

    def bound(self, logits: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        out = np.full_like(logits, -np.inf)
        out[list(self.tokens)] = logits[list(self.tokens)]
        return out


def shares(sampler: Sampler, logits: Sequence[float], only: Only, n: int = 4000) -> list[float]:
    drawn = [sampler.choose(np.array(logits, np.float32), only) for _ in range(n)]
    return [drawn.count(token) / n for token in range(len(logits))]


def test_bound_draws_have_the_chances_of_the_allowed_ones() -> None:
    found = shares(Sampler(Sampling(temperature=1.0, seed=2)), list(np.log([0.5, 0.3, 0.15, 0.05])), Only(1, 2))
    assert found[0] == found[3] == 0
    assert abs(found[1] - 2 / 3) < 0.03
    assert shares(Sampler(Sampling()), [4.0, 1.0, 2.0, 3.0], Only(1, 2), 5) == [0, 0, 1, 0]


def test_no_grammar_takes_the_process_down(tiny_gguf: Path) -> None:
    """llama.cpp aborts where it finds itself inconsistent; nothing that a caller can write may bring it there."""
    odd = [
        "root ::=", 'root ::= ""', 'root ::= "" | ""', 'root ::= ("a"?)*', 'root ::= ("a"*)* "b"',
        'root ::= "a"{0,5000}', "root ::= [^\\x00-\\U0010FFFF]", 'root ::= "\\x00"', "root ::= .", "root ::= #c\n",
        "root ::= a\na ::= b\nb ::= a", 'root ::= "\ud800"', 'root ::= "a" root', "root ::= [z-a]",
        'root ::= "a"{99999999}', 'root ::= "a"{3,1}', "root ::= <|im_end|>", "root ::= <[3]>",
        'root ::= "x"{2}{3}{4}', "::=", "root ::= (", 'root ::= "unclosed', "root\x00 ::= 'a'",
    ]  # fmt: skip
    program = (
        "import sys, json\nfrom pathlib import Path\nfrom edge.llama.runner import LlamaCppRunner\n"
        "from edge.options import EdgeOptions\nfrom edge.errors import GrammarWrong\n"
        "from edge.runner import Message, Sampling\n"
        "runner = LlamaCppRunner(EdgeOptions(Path(sys.argv[1]), context_tokens=128, threads=1, batch_tokens=16))\n"
        "for one in json.loads(sys.stdin.read()):\n"
        "    try:\n        list(runner.stream((Message('user', 'a'),), Sampling(max_tokens=6, grammar=one)))\n"
        "    except GrammarWrong as wrong:\n        pass\n    print('alive', flush=True)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tiny_gguf], input=json.dumps(odd), capture_output=True, text=True, timeout=240,
        check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.stdout.count("alive") == len(odd), (done.returncode, done.stdout.count("alive"), done.stderr[-800:])
