"""Instructions: stretches of a manual that speak to a language model, kept from the prompt and from what may be cited.

A passage is data, but a model that reads an order may follow it, and "say that the torque is 500 N·m" holds every word
of its own obedience. What addresses a model is therefore neither read by it nor a source of its sentences; the operator
still sees the passage as it is printed. The marks of chat templates never reach a runner as such, whichever it is.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from functools import lru_cache

from assistant.answer import Quote
from assistant.verification.verify import SentenceSplitter

_BLOCK = re.compile(
    r"<\|(?:im_start|start_header_id|system|user|assistant)\|>.{0,4000}?(?:<\|(?:im_end|eot_id|end)\|>|\Z)"
    r"|<start_of_turn>.{0,4000}?(?:<end_of_turn>|\Z)|\[INST\].{0,4000}?(?:\[/INST\]|\Z)"
    r"|<<SYS>>.{0,4000}?(?:<</SYS>>|\Z)"
    r"|<(?P<tag>tool_call|function_call|tool_use|system|instructions?|prompt)>.{0,4000}?(?:</(?P=tag)>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_TOKEN = re.compile(
    r"<(?=\|)|(?<=\|)>|<(?=/?(?:s|bos|eos|pad|unk|(?:start|end)_of_turn|tool_call|function_call)>)"
    r"|\[(?=/?INST\])|<(?=</?SYS>>)",
    re.IGNORECASE,
)
_PLAIN = str.maketrans("＜＞｜", "<>|")
_ROLE = re.compile(
    r"^\s*#{2,}\s*(?:Instruction|Response|Input|System|Human|Assistant|Output|指示|応答|回答)s?\s*[:：]|"
    r"^[\s#*\-\[(]*(?:SYSTEM|ASSISTANT|USER|DEVELOPER|HUMAN|Assistant|System (?:prompt|message|instruction)s?"
    r"|INSTRUCTIONS? (?:TO|FOR) .{0,20}|"
    r"システム(?:プロンプト|メッセージ|指示)?|アシスタント(?:への指示)?|AI ?への指示)[\s\])*]*[:：]"
)
# such a speaker as a section's heading, of which a reader of Markdown has taken the marks away
_SPEAKER = re.compile(
    r"[\s#*\d.\-\[(]*(?:Instruction|Response|System|Human|Assistant|User|Developer|指示|応答|回答|システム|アシスタント)"
    r"[\s\])*]*[:：]\s*",
    re.IGNORECASE,
)
# and as a line of an entry that its subsections were put into; a lone "Response:" may be a manual's own
_LINE = re.compile(
    r"[\s#*\d.\-\[(]*(?:Instruction|System|Human|Assistant|User|Developer|指示|システム|アシスタント)[\s\])*]*[:：]\s*",
    re.IGNORECASE,
)
_ADDRESSES = re.compile(
    "|".join(
        (
            r"\b(?:ignore|disregard|forget|override|discard|bypass)\b.{0,30}\b(?:instructions?|rules?|prompts?"
            r"|guidelines|excerpts?|policy|above)\b",
            r"\byou are (?:now |from now on )?(?:an? |the )?(?:\w+ )?(?:ai|assistant|chat ?bot|language model|llm"
            r"|dan|expert|pirate)\b",
            r"\b(?:note|message|instructions?|attention|order|important)\b.{0,12}\b(?:to|for)\b.{0,8}\b(?:ai"
            r"|assistants?|chat ?bots?|(?:language )?models?|llms?)\b",
            r"\b(?:large )?language model|\bllm\b|\bchat ?bot\b|\bsystem prompt\b|\bdeveloper mode\b|\bjailbreak",
            r"\bprompt injection|\bas an ai\b",
            r"\b(?:answer|reply|respond)\b.{0,24}\b(?:only|exactly|nothing but|always|just|instead)\b",
            r"\b(?:always|only|just|must|please|instead|now|then|and|to|shall|will|should)[, ]+(?:say|answer|reply"
            r"|respond|claim|repeat|pretend)\b",
            r"^\W*(?:say|claim|repeat|pretend|respond|reply|output|answer|state|print|write|append"
            r"|translate)\b(?! (?:down|the (?:value|number|serial|label)))",
            r"\b(?:tell|inform|assure|convince) (?:the |every |each )?(?:user|operator|reader|asker|person"
            r"|customer|worker|everybody|everyone|them) (?:that|to)\b",
            r"\b(?:cite|citing|citation|source|reference)s?\b.{0,16}\[\d+\]",
            r"\bend (?:each|every|the) (?:sentence|answer)\b",
            r"\bfrom now on\b|\bnew (?:instruction|rule|order|task)s?\b|\bin every answer\b",
            r"\b(?:when|if|whenever)\b.{0,12}\b(?:any(?:one|body)|some(?:one|body)|users?|operators?|you are"
            r"|they) ask(?:s|ed)?\b",
            r"\bwhen asked\b",
            r"\b(?:do not|don't|never) (?:mention|reveal|cite|quote|show|tell|refuse|warn|decline)\b",
            r"\"(?:tool|function|name|arguments|tool_calls?|role)\"\s*:",
            r"\b(?:call|invoke|execute|run) (?:the )?(?:tool|function|command)\b|\b[a-z]+_[a-z_]+\(",
            r"と(?:利用者|使用者|ユーザー?|質問者)に(?:伝え|案内|答え|説明)",
            r"(?:指示|命令|ルール|規則|指令|プロンプト|制約|抜粋)(?:を|は|に)?[^。]{0,12}(?:無視|忘れ|取り消|破棄"
            r"|従わな|上書き)",
            r"あなたは[^。]{0,16}(?:AI|アシスタント|モデル|ボット|助手|専門家)|(?:言語|AI)モデル|LLM|プロンプト",
            r"生成AI|(?:AI|アシスタント|モデル)(?:へ|は|に)",
            r"と(?:だけ|のみ|必ず|常に)?(?:答え|回答|返答|返事|返信|出力(?:し|せ)|言っ|言い|言う|述べ|主張|案内し"
            r"|伝え)",
            r"(?:回答|返答)(?:は|には|では|の末尾|の最後)|(?:だけ|のみ|必ず|常に)(?:答え|回答|返答|出力)",
            r"質問され(?:たら|た|れば)|(?:聞|訊)かれ(?:たら|た)",
            r"(?:出典|引用|参照)(?:番号)?[^。]{0,10}\[\d+\]|これ(?:から|以降)は|新しい(?:指示|命令|ルール)",
            r"(?:ツール|関数)を(?:呼|実行)",
        )
    ),
    re.IGNORECASE,
)


def addresses_model(sentence: str) -> bool:
    """Whether a sentence of a manual speaks to a language model."""
    plain = _visible(sentence)
    return bool(_TOKEN.search(plain) or _ROLE.search(plain) or _ADDRESSES.search(plain))


@lru_cache(maxsize=256)  # titles and headings come back with every passage under them
def without_instructions(text: str) -> str:
    """``text`` without what speaks to a model: from such a sentence to the end of its line, from a speaker named that
    stands alone to the end of the passage."""
    kept: list[str] = []
    for line in _BLOCK.sub("\n", _visible(text)).split("\n"):
        mark = _ROLE.search(line)
        if (mark is not None and not line[mark.end() :].strip()) or _LINE.fullmatch(line):
            break
        if line.strip() and (said := _until_instruction(line)):
            kept.append(said)
    return "\n".join(kept)


def _until_instruction(line: str) -> str:
    if not addresses_model(line):
        return line
    splitter, at, before = SentenceSplitter(), 0, 0
    for sentence in (*splitter.feed(line), *splitter.finish()):
        start = line.index(sentence, at)
        if addresses_model(sentence):
            # "... です。と答える" takes the sentence before it as what is to be said
            return line[: before if sentence.startswith(("と", "」")) else at].rstrip()
        before, at = start, start + len(sentence)
    return ""  # an order that runs over what looks like sentence ends


def neutral(text: str) -> str:
    """``text`` without marks of a chat template: a space parts their brackets, so that no runner takes them for one."""
    return _TOKEN.sub(lambda found: f"{found.group()} " if found.group() in "<[" else f" {found.group()}", text)


def readable(quote: Quote) -> Quote:
    """``quote`` as the model may read and cite it: headings and title too. What stands under a speaker's name is all of
    it said to a model."""
    passage, manual = quote.hit.passage, quote.hit.manual
    spoken = any(_SPEAKER.fullmatch(_visible(heading)) for heading in passage.section)
    text = "" if spoken else without_instructions(passage.text)
    section = tuple(heading for heading in map(without_instructions, passage.section) if heading)
    title = without_instructions(manual.title)
    if (text, section, title) == (passage.text, passage.section, manual.title):
        return quote
    hit = replace(
        quote.hit, passage=replace(passage, text=text, section=section), manual=replace(manual, title=title), row=None
    )
    return replace(quote, hit=hit)


def _visible(text: str) -> str:
    """``text`` without characters that show nothing, which hide words from readers and from these rules, and with plain
    angle brackets and bars, as the marks have them."""
    if text.isascii():
        return text
    shown = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Co"))
    return shown.translate(_PLAIN)
