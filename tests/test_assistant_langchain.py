"""LangChain: our parts in theirs and theirs in ours, by their own fakes; nothing is loaded or sent unasked."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from contract_runner import ASK, RunnerContract, text_of
from fake_runner import FakeRunner, cut
from service_site import Site

from assistant.answer import Answer
from assistant.ask import Assistant
from assistant.errors import ParameterRefused, RequestRefused
from assistant.langchain import TRACING, make_chain, make_chat_model, make_retriever
from assistant.langchain_theirs import ChatModelRunner, RetrieverSource, assistant_over
from edge.errors import GenerationFailed
from edge.runner import Runner, Sampling
from index.library import Scope

pytest_plugins = ("service_visitors",)

ROOT = Path(__file__).resolve().parents[1]
QUESTION = "AL.32 過電流で止まった。何をすればよいですか"
STEP = "主電源 QS1 を OFF にして 15 分以上待つ。"


def heavy_after(script: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_nothing_of_theirs_is_loaded_before_it_is_asked_for() -> None:
    script = (
        "import sys, assistant.langchain, assistant.langchain_theirs, assistant.http.service, ui.cli\n"
        "print([name for name in sys.modules if name.partition('.')[0] in ('langchain_core', 'langsmith', 'openai')])"
    )
    assert heavy_after(script) == "[]"


def test_questions_are_never_traced() -> None:
    """Even where the environment asks for it, and langsmith has looked there before."""
    script = (
        "import langsmith.utils as utils\nassert utils.tracing_is_enabled()\n"
        "from assistant.langchain import keep_inside\nkeep_inside()\n"
        "from langchain_core.callbacks import CallbackManager\n"
        "print(utils.tracing_is_enabled(), CallbackManager.configure().handlers)"
    )
    asked = dict.fromkeys(TRACING, "true")  # all of them: another test may have had them switched off here
    assert heavy_after(script, **asked) == "False []"


# ours in theirs: the retriever


def test_the_retriever(site: Site) -> None:
    retriever = make_retriever(site.library, k=2)
    documents = retriever.invoke(QUESTION)
    assert 1 <= len(documents) <= 2
    hit = site.library.search(QUESTION, 2).hits[0]
    best = documents[0]
    assert (best.id, best.page_content) == (hit.passage.id, hit.passage.text)
    assert best.metadata["source"] == "sc9.md"
    assert best.metadata["manual"] == "コンベヤ SC-9 取扱説明書"
    assert best.metadata["section"].endswith("5.1 AL.32 過電流")
    assert best.metadata["score"] == hit.score
    assert {"page", "label", "why", "kind", "lang", "revision", "warnings"} <= set(best.metadata)
    assert any(why.startswith("code ") for why in best.metadata["why"])
    assert retriever.batch([QUESTION, "絶縁抵抗"])[0] == documents


def test_the_retriever_narrows_and_declines(site: Site) -> None:
    assert make_retriever(site.library, scope=Scope.of(langs=["en"])).invoke(QUESTION) == []
    assert make_retriever(site.library).invoke("AL.99 の意味は?") != []
    assert make_retriever(site.library, answerable_only=True).invoke("AL.99 の意味は?") == []
    assert make_retriever(site.library, answerable_only=True).invoke(QUESTION) != []


def test_the_retriever_in_a_chain_of_theirs(site: Site) -> None:
    from langchain_core.language_models import FakeListChatModel
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.runnables import RunnablePassthrough

    prompt = ChatPromptTemplate.from_template("{context}\n{question}")
    seen: list[str] = []

    def look(asked: Any) -> Any:
        seen.append(asked.to_string())
        return asked

    chain: Any = (
        {"context": make_retriever(site.library), "question": RunnablePassthrough()}
        | prompt | look | FakeListChatModel(responses=["はい"]) | StrOutputParser()
    )  # fmt: skip
    assert chain.invoke(QUESTION) == "はい"
    assert STEP in seen[0]


# ours in theirs: the runner


@pytest.fixture
def runner() -> FakeRunner:
    return FakeRunner(lambda messages: f"{messages[-1].role}: {messages[-1].content} を確認する。")


def test_the_chat_model(runner: FakeRunner) -> None:
    model = make_chat_model(runner, max_tokens=64)
    said = model.invoke([("system", "短く。"), ("human", "AL-16")])
    assert said.content == "user: AL-16 を確認する。"
    assert said.usage_metadata == {
        "input_tokens": len(cut("短く。")) + len(cut("AL-16")), "output_tokens": len(cut(said.content)),
        "total_tokens": len(cut("短く。")) + len(cut("AL-16")) + len(cut(said.content)),
    }  # fmt: skip
    assert said.response_metadata["finish_reason"] == "stop"
    assert said.response_metadata["model_name"] == "fake"
    assert [message.role for message in runner.asked[0]] == ["system", "user"]
    assert model.get_num_tokens("AL-16 を") == runner.count_tokens("AL-16 を")


def test_the_chat_model_streams(runner: FakeRunner) -> None:
    from langchain_core.messages import AIMessageChunk

    model = make_chat_model(runner)
    chunks = list(model.stream("AL-16"))
    assert len(chunks) > 5
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole += chunk
    assert isinstance(whole, AIMessageChunk)
    said = model.invoke("AL-16")
    assert (whole.content, whole.usage_metadata) == (said.content, said.usage_metadata)


def test_the_chat_model_stops_where_it_is_told(runner: FakeRunner) -> None:
    model = make_chat_model(runner)
    assert model.invoke("AL-16", stop=["を"]).content == "user: AL-16 "
    short = model.bind(max_tokens=2).invoke("AL-16")
    assert short.response_metadata["finish_reason"] == "length"
    assert short.usage_metadata is not None
    assert short.usage_metadata["output_tokens"] == 2


def test_who_stops_listening_frees_the_runner(runner: FakeRunner) -> None:
    stream = make_chat_model(runner).stream("AL-16")
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert make_chat_model(runner).invoke("AL-17").content  # or it would wait for ever


def test_callbacks_hear_each_token(runner: FakeRunner) -> None:
    from langchain_core.callbacks import BaseCallbackHandler

    class Listens(BaseCallbackHandler):
        heard = ""

        def on_llm_new_token(self, token: str, **rest: Any) -> None:
            self.heard += token

    listens = Listens()
    said = make_chat_model(runner).invoke("AL-16", {"callbacks": [listens]})
    assert listens.heard == said.content


def test_what_the_runner_cannot_do_is_refused(runner: FakeRunner) -> None:
    from langchain_core.messages import HumanMessage, ToolMessage

    model = make_chat_model(runner)
    with pytest.raises(ParameterRefused, match="logit_bias"):
        model.invoke("x", logit_bias={})
    with pytest.raises(ParameterRefused, match="temprature"):
        make_chat_model(runner, temprature=1)
    with pytest.raises(RequestRefused, match="tool"):
        model.invoke([ToolMessage("x", tool_call_id="1")])
    with pytest.raises(RequestRefused, match="image"):
        model.invoke([HumanMessage([{"type": "image", "url": "x"}])])
    assert model.invoke([HumanMessage([{"type": "text", "text": "AL-16"}])]).content.startswith("user: AL-16")
    with pytest.raises(GenerationFailed):
        make_chat_model(FakeRunner(lambda messages: "a b c", fail_after=1)).invoke("x")


# ours in theirs: the chain


def test_the_chain(site: Site) -> None:
    chain = make_chain(site.andon.assistant)
    done = chain.invoke(QUESTION)
    assert done["input"] == QUESTION
    assert done["answer"].startswith(f"{STEP} [1]\n\n出典: [1] ")
    assert "QS1 を ON" not in str(done)
    assert done["context"][0].metadata["source"] == "sc9.md"
    assert (done["andon"]["verdict"], done["andon"]["declined"]) == ("partly_supported", None)
    *_, declined = chain.stream({"input": "AL.99 の意味は?"})
    assert declined["andon"]["declined"] == "unknown_code"


def test_the_chain_streams_quotes_first(site: Site) -> None:
    chain = make_chain(site.andon.assistant)
    first, *rest = chain.stream(QUESTION)
    assert STEP in first["context"][0].page_content
    whole = first
    for chunk in rest:
        whole = whole + chunk
    done = chain.invoke(QUESTION)
    assert (whole["answer"], whole["context"]) == (done["answer"], done["context"])


def test_the_chain_in_a_conversation_and_a_scope(site: Site) -> None:
    from langchain_core.messages import AIMessage, HumanMessage

    chain = make_chain(site.andon.assistant)
    history = [HumanMessage(QUESTION), AIMessage(STEP)]
    done = chain.invoke({"input": "2番目の手順は?", "chat_history": history, "scope": {"manuals": ["sc9.md"]}})
    assert "絶縁抵抗を測る。" in done["answer"]
    assert chain.invoke({"input": QUESTION, "scope": Scope.of(langs=["en"])})["context"] == []
    for wrong in (5, {}, {"question": QUESTION}):
        with pytest.raises(RequestRefused, match="question"):
            chain.invoke(wrong)


def test_the_chain_composes(site: Site) -> None:
    from langchain_core.runnables import RunnableLambda

    chain = make_chain(site.andon.assistant) | RunnableLambda(lambda done: done["andon"]["verdict"])
    assert chain.batch([QUESTION, "AL.99 の意味は?"]) == ["partly_supported", "declined"]


# theirs in ours: a chat model as a Runner


def their_model(says: str, **options: Any) -> Any:
    from langchain_core.language_models import FakeListChatModel

    return FakeListChatModel(responses=[says], **options)


class TestChatModelRunner(RunnerContract):
    @pytest.fixture
    def make(self) -> Callable[[], Runner]:
        return lambda: ChatModelRunner(their_model("アラーム AL-16 を確認する。"), context_tokens=512)


class TestAndonRunnerThereAndBack(RunnerContract):
    """A runner of ours as their model, as a runner of ours again, keeps to the contract all the way."""

    @pytest.fixture
    def make(self) -> Callable[[], Runner]:
        def made() -> Runner:
            inner = FakeRunner(lambda messages: f"{messages[-1].content} を 確認 する 。 次 に 点検 する 。")
            return ChatModelRunner(make_chat_model(inner, max_tokens=64), context_tokens=1024)

        return made


def test_their_model_that_breaks() -> None:
    broken = ChatModelRunner(their_model("abc", error_on_chunk_number=1))
    pieces = broken.stream(ASK, Sampling(max_tokens=16))
    assert next(pieces).text == "a"
    with pytest.raises(GenerationFailed, match="FakeListChatModelError"):
        next(pieces)
    assert list(pieces) == []


def test_their_model_whole_without_streaming() -> None:
    from langchain_core.language_models import GenericFakeChatModel
    from langchain_core.messages import AIMessage

    model = GenericFakeChatModel(messages=iter([AIMessage("AL-16 を 確認 する")]), disable_streaming=True)
    assert text_of(list(ChatModelRunner(model).stream(ASK, Sampling()))) == "AL-16 を 確認 する"


def test_their_own_count_of_tokens_is_used() -> None:
    counted = ChatModelRunner(their_model("x", custom_get_token_ids=lambda text: list(range(len(text) * 2))))
    assert counted.count_tokens("abc") == 6
    assert ChatModelRunner(their_model("x"), count_tokens=len).count_tokens("abc") == 3
    assert ChatModelRunner(their_model("x")).count_tokens("コンベヤ SC-9") >= 6


# theirs in ours: a retriever as what is searched


def their_retriever() -> Any:
    """Theirs, over documents that know nothing of Andon."""
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever

    class Words(BaseRetriever):
        documents: list[Document]

        def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
            return [document for document in self.documents if any(word in query for word in ("AL", "cover"))]

    return Words(
        documents=[
            Document(f"AL.32 過電流のとき\n1. {STEP}\n2. 絶縁抵抗を測る。", metadata={"source": "a.pdf", "page": 4}),
            Document("Close the cover.", metadata={"title": "B", "page_label": "2-1", "section": ["1", "1.2"]}),
        ]
    )


def test_their_retriever_is_searched() -> None:
    source = RetrieverSource(their_retriever())
    assert source.manuals()
    found = source.search(QUESTION)
    assert (found.codes, found.unknown_codes) == (("AL32",), ())
    first, second = found.hits
    assert (first.manual.title, first.passage.pages, first.passage.page_labels) == ("a.pdf", (4,), ("4",))
    assert (second.manual.title, second.passage.section, second.passage.page_labels) == ("B", ("1", "1.2"), ("2-1",))
    assert first.support > second.support
    assert [manual.title for manual in source.manuals()] == ["a.pdf", "B"]
    assert source.passages("B") == [second.passage]
    assert source.search("AL.99 とは").unknown_codes == ("AL99",)
    assert source.search(QUESTION, 1).hits == (first,)
    assert [hit.manual.title for hit in source.search(QUESTION, scope=Scope.of(manuals=["B"])).hits] == ["B"]
    assert source.search(QUESTION, scope=Scope.of(kinds=["alarm"])).hits == ()


def test_an_assistant_over_their_search_and_their_model(site: Site) -> None:
    """What their model says is verified like anything else: the changed number never comes out."""
    says = f"{STEP}[1]主電源 QS1 を OFF にして 5 分以上待つ。[1]"
    assistant = assistant_over(their_retriever(), their_model(says))
    *_, answer = assistant.ask(QUESTION)
    assert isinstance(answer, Answer)
    assert answer.text == f"{STEP} [1]"
    assert answer.verdict == "partly_supported"
    assert answer.quotes[0].hit.manual.title == "a.pdf"
    *_, declined = assistant.ask("AL.99 の意味は?")
    assert isinstance(declined, Answer)
    assert declined.declined == "unknown_code"
    done = make_chain(assistant_over(their_retriever(), None)).invoke(QUESTION)
    assert done["andon"]["verdict"] == "quote_only"
    assert isinstance(assistant_over(make_retriever(site.library), site.runner), Assistant)
