"""make_runner: the runner that fits the model's kind of file."""

from __future__ import annotations

from edge.errors import ModelUnreadable
from edge.options import EdgeOptions
from edge.runner import Runner


def make_runner(options: EdgeOptions) -> Runner:
    """A runner for ``options.model``; nothing is loaded yet, not even looked for.

    Errors: ModelUnreadable for a kind of file that no runner here takes.
    """
    from edge.llama.runner import LlamaCppRunner

    suffix = options.model.suffix.lower()
    if suffix == ".gguf":
        return LlamaCppRunner(options)
    raise ModelUnreadable(
        f"{options.model} is not a GGUF file.", "Convert it first: a .gguf file is what runs on this box."
    )
