"""The andon command: demo, serve, index, search, ask, doctor, bench, bundle, user, log and more."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer

from ui.commands import (
    ask,
    backup,
    bench,
    bundle,
    demo,
    doctor,
    evaluate,
    feedback,
    index,
    log,
    model,
    search,
    serve,
    train,
    user,
    words,
)

app = typer.Typer(
    name="andon",
    help="Offline assistant for factory floors: the manual's own words with the page, then a short cited answer.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("search")(search.search)
app.command("ask")(ask.ask)
app.command("doctor")(doctor.doctor)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("bench")(bench.bench)
app.command("bundle")(bundle.bundle)
app.add_typer(index.app, name="index")
app.add_typer(words.app, name="words")
app.add_typer(user.app, name="user")
app.add_typer(log.app, name="log")
app.add_typer(feedback.app, name="feedback")
app.add_typer(train.app, name="train")
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(model.app, name="model")

EXIT_FAILED = 1
EXIT_DECLINED = 3


def main() -> None:
    """Run the command. Exit codes: 0 done, 1 failed (stderr says why and what helps), 2 wrong usage, 3 no answer in
    the manuals, 130 interrupted."""
    from ui.terminal import reader_lang

    try:
        if reader_lang() == "ja":
            _main_in_japanese()
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as failure:
        from ui.terminal import expected, print_failure

        told = expected(failure)
        if told is None:
            raise
        print_failure(told)
        sys.exit(EXIT_FAILED)


def _main_in_japanese() -> NoReturn:
    from typer.main import get_command

    from ui.help import in_japanese
    from ui.usage import run

    sys.exit(run(in_japanese(get_command(app))))
