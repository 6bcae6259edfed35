"""andon train: run a recipe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ui.commands import train_answer, train_data, train_judge, train_task

app = typer.Typer(help="Make better models from a site's own documents.", no_args_is_help=True)


@app.command("run")
def run_recipe(
    recipe: Annotated[Path, typer.Argument(help="A recipe file, such as training/recipes/demo-plant.toml.")],
    accelerate: Annotated[
        Path | None, typer.Option(help="Config file of accelerate, for several GPUs or machines (kind domain).")
    ] = None,
) -> None:
    """Run the stages of a recipe; a run that was cut off goes on where it stopped.

    A recipe with kind = "domain" adapts a model to a site's manuals and FAQ and shows in a table what each stage is
    worth; any other makes the bundled model anew.
    """
    from training.domain.recipe import is_domain_recipe

    if is_domain_recipe(recipe):
        from training.domain.run import run_domain

        out = run_domain(recipe, say=_story, accelerate=accelerate)
        typer.echo((out / "table.md").read_text("utf-8"))
        return
    from training.bundled.run import run

    run(recipe)


@app.command("embedder")
def run_embedder(
    recipe: Annotated[Path, typer.Argument(help="A recipe file, such as training/recipes/andon-embed.toml.")],
) -> None:
    """Train an embedder for search and export it; what is done already is not done again."""
    from training.embedder.run import run

    run(recipe)


app.command("faq")(train_data.faq)
app.command("text")(train_data.text)
app.command("tokens")(train_data.tokens)
app.command("mine")(train_data.mine)
app.command("two-choice")(train_data.two_choice)
app.command("score")(train_data.score)
app.command("answer")(train_answer.answer)
app.command("judge")(train_judge.judge)
app.command("facets")(train_judge.facets)
app.command("export-items")(train_judge.export_items)
app.add_typer(train_task.app, name="task")


def _story(news: dict[str, object]) -> None:
    """A line of progress, as JSON for those who keep it."""
    typer.echo(json.dumps(news, ensure_ascii=False), err=True)


@app.callback()
def train() -> None:
    """Make better models from a site's own documents."""
