"""andon train task: a task file becomes texts, rows, a tuned model and a judged one."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.terminal import Data, reader_lang, settings_with, tell
from ui.wording import say

if TYPE_CHECKING:
    from edge.runner import Runner
    from training.tasks.task import Lang

app = typer.Typer(
    help="Tune a small model to classify texts by rules, on texts that a larger one writes.", no_args_is_help=True
)
Task = Annotated[str, typer.Argument(help="loto, insurance, or a folder with task.toml and test.jsonl.")]
Out = Annotated[Path, typer.Option("--out", help="Folder for the files.")]
Seed = Annotated[int, typer.Option("--seed", help="Decides what is random; the same seed gives the same cells.")]
Model = Annotated[
    str, typer.Option(help="GGUF file, id of models.toml or address of an OpenAI-compatible endpoint (default: model).")
]


TEACHER_TOKENS = 4096  # room for rules, passages and a text, also where a server does not count tokens itself


@app.command("generate")
def generate(
    task: Task,
    out: Out,
    teacher: Model = "",
    second: Annotated[
        str, typer.Option(help="Model that looks again blind; another one is best (default: the teacher).")
    ] = "",
    count: Annotated[int, typer.Option(min=1, help="Texts to ask for; some are dropped.")] = 320,
    lang: Annotated[str, typer.Option(help="ja, en or ja,en.")] = "ja,en",
    passages: Annotated[
        Path | None, typer.Option(help="Text file of the site's own words; blank lines part its passages.")
    ] = None,
    balance: Annotated[float, typer.Option(min=1, help="Most texts of a category, in times of the rarest.")] = 2.0,
    temperature: Annotated[float, typer.Option(min=0, help="Of the teacher; the second look has 0.")] = 0.9,
    seed: Seed = 1,
    data: Data = None,
) -> None:
    """Let a teacher write texts, category first, have them judged again blind, and keep those that agree.

    Writes texts.jsonl, rejects.jsonl with each reason, replies.jsonl and a data card. Given again, it asks only for
    what is missing.
    """
    from training.tasks.generate import Wanted
    from training.tasks.generate import generate as make
    from training.tasks.task import read_task
    from training.teacher import Teacher

    read = read_task(task)
    wanted = Wanted(count, seed, _langs(lang), _passages(passages), temperature, balance)
    writer = _runner(teacher, data)
    reader = _runner(second, data) if second else writer
    try:
        asked = Teacher(writer, out / "replies.jsonl")
        again = asked if reader is writer else Teacher(reader, out / "replies-second.jsonl")
        made = make(read, wanted, asked, again, out, _story)
    finally:
        writer.close()
        reader.close()
    both = (asked,) if again is asked else (asked, again)
    tell("task.generated", count=count, kept=len(made.kept), asked=sum(one.asked for one in both),
         remembered=sum(one.remembered for one in both))  # fmt: skip
    for reason, dropped in made.rejected.items():
        tell("task.rejected", reason=say(f"task.reason.{reason}", reader_lang()), count=dropped)
    tell("train.written", path=out)


@app.command("rows")
def rows(task: Task, out: Out, seed: Seed = 1) -> None:
    """Make rows of instruction tuning of the texts.jsonl in OUT; people may have mended or added to it.

    A text that is near one of the hand-written test is refused.
    """
    from training.tasks.generate import TEXTS
    from training.tasks.rows import ROWS, make_rows
    from training.tasks.task import read_task

    made = make_rows(read_task(task), out / TEXTS, out / ROWS, seed)
    tell("train.rows", name=out / ROWS, rows=made)


@app.command("tune")
def tune(
    task: Task,
    out: Out,
    base: Annotated[
        Path | None, typer.Option(help="Folder of transformers or GGUF file of a Llama (default: the bundled model).")
    ] = None,
    epochs: Annotated[float, typer.Option(help="How often the rows are read.")] = 3.0,
    rate: Annotated[float, typer.Option(help="Highest learning rate; with LoRA about ten times as high.")] = 1e-5,
    lora: Annotated[int, typer.Option(min=0, help="Rank of a LoRA adapter, merged at the end; 0 trains all.")] = 0,
    max_tokens: Annotated[int, typer.Option(min=64, help="Longest row; the prompt with its rules counts.")] = 2048,
    bf16: Annotated[bool, typer.Option(help="Matrix products in bfloat16.")] = False,
    seed: Seed = 1,
) -> None:
    """Tune a model on the sft.jsonl in OUT. Writes OUT/sft/model and its card; a run that was cut
    off goes on."""
    from training.domain.recipe import AnswerStage, HardwarePart, LoraPart
    from training.tasks.rows import ROWS
    from training.tasks.task import read_task
    from training.tasks.tune import Tuning
    from training.tasks.tune import tune as train

    read = read_task(task)
    stage = AnswerStage(epochs=epochs, learning_rate=rate, tokens_per_step=max(8192, max_tokens), max_tokens=max_tokens)
    report = train(read, out / ROWS, out, Tuning(base, stage, LoraPart(lora), HardwarePart(bf16=bf16), seed), _story)
    tell("task.tuned", rows=report["rows"], steps=report["steps"], seconds=report["seconds"],
         first=report["first_loss"] or report["last_loss"], last=report["last_loss"])  # fmt: skip
    tell("train.written", path=out / "sft" / "model")


@app.command("evaluate")
def evaluate(
    task: Task,
    out: Out,
    model: Model = "",
    folder: Annotated[Path | None, typer.Option(help="Folder of transformers, such as OUT/sft/model.")] = None,
    test: Annotated[Path | None, typer.Option(help="Another file of hand-written texts.")] = None,
    against: Annotated[Path | None, typer.Option(help="Earlier evaluation.json of another model.")] = None,
    data: Data = None,
) -> None:
    """Have a model judge the hand-written texts; accuracy, each category, false alarms, paired test.

    Writes evaluation.json and evaluation.md into OUT.
    """
    from training.tasks.evaluate import Asked, read_result, result_of, write_result
    from training.tasks.handwritten import read_items
    from training.tasks.judges import by_folder, by_runner, judge
    from training.tasks.task import read_task
    from ui.task_page import summary, task_page

    read = read_task(task)
    items = read_items(read, test)
    earlier = read_result(against) if against else None
    runner = None if folder else _runner(model, data)
    try:
        speak = by_runner(read, runner) if runner else by_folder(folder or Path())
        name = runner.name if runner else str(folder)
        start = time.monotonic()
        judged = list(judge(read, items, speak))
    finally:
        if runner:
            runner.close()
    found = result_of(read, judged, Asked(name, time.monotonic() - start, test), earlier)
    write_result(found, out / "evaluation.json")
    (out / "evaluation.md").write_text(task_page(read, found, reader_lang()), "utf-8")
    for line in summary(found, reader_lang()):
        typer.echo(line)
    typer.echo(read.notice[reader_lang()])
    tell("train.written", path=out)


def _runner(model: str, data: Path | None) -> Runner:
    from assistant.build import open_runner
    from edge.openai_api.options import is_endpoint
    from training.errors import TeacherFailed

    given = {"model": model} if model else {}
    settings = settings_with(data=data, **given)
    if is_endpoint(settings.model):  # a server that tells of a shorter context is believed
        settings = settings_with(data=data, **given, context_tokens=max(settings.context_tokens, TEACHER_TOKENS))
    runner = open_runner(settings)
    if runner is None:
        raise TeacherFailed('The setting model is "none".', "Name one, such as --model http://127.0.0.1:8080/v1.")
    runner.load()
    return runner


def _langs(given: str) -> tuple[Lang, ...]:
    from training.errors import TaskInvalid
    from training.tasks.task import LANGS

    found = tuple(lang for lang in LANGS if lang in given.split(","))
    if not found or set(given.split(",")) - set(LANGS):
        raise TaskInvalid(f"--lang is {given!r}.", "Known are: ja, en, and ja,en for both.")
    return found


def _passages(path: Path | None) -> tuple[str, ...]:
    from training.errors import TaskInvalid

    if path is None:
        return ()
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as reason:
        raise TaskInvalid(f"{path} cannot be read: {reason}.", "Name a text file in UTF-8.") from None
    return tuple(" ".join(part.split()) for part in text.split("\n\n") if part.strip())


def _story(news: dict[str, object]) -> None:
    typer.echo(json.dumps(news, ensure_ascii=False), err=True)
