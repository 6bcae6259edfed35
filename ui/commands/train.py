"""andon train: run a recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.commands import train_data

app = typer.Typer(help="Make better models from a site's own documents.", no_args_is_help=True)


@app.command("run")
def run_recipe(
    recipe: Annotated[Path, typer.Argument(help="A recipe file, such as training/recipes/andon-slm.toml.")],
) -> None:
    """Run the stages of a recipe; a run that was cut off goes on where it stopped."""
    from training.run import run

    run(recipe)


@app.command("embedder")
def run_embedder(
    recipe: Annotated[Path, typer.Argument(help="A recipe file, such as training/recipes/andon-embed.toml.")],
) -> None:
    """Train an embedder for search and export it; what is done already is not done again."""
    from training.embedder.run import run

    run(recipe)


app.command("faq")(train_data.faq)
app.command("mine")(train_data.mine)


@app.callback()
def train() -> None:
    """Make better models from a site's own documents."""
