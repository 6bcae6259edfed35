"""make_runner: the runner that fits the model's kind of file."""

from __future__ import annotations

from edge.errors import ModelUnreadable
from edge.openai_api.options import EndpointOptions
from edge.options import EdgeOptions
from edge.runner import Runner


def make_runner(options: EdgeOptions | EndpointOptions) -> Runner:
    """A runner for the model that ``options`` name, in a process of its own where they say so; nothing is loaded yet,
    not even looked for.

    Errors: ModelUnreadable for a kind of file that no runner here takes.
    """
    if isinstance(options, EndpointOptions):
        from edge.openai_api.runner import OpenAiRunner

        return OpenAiRunner(options)
    runner = _runner_here(options)
    if not options.isolate:
        return runner
    from edge.isolated.runner import IsolatedRunner

    return IsolatedRunner(options, keeps_choices=runner.keeps_choices)


def _runner_here(options: EdgeOptions) -> Runner:
    """A runner of the model's file in this process."""
    suffix = options.model.suffix.lower()
    if suffix == ".gguf":
        from edge.llama.runner import LlamaCppRunner

        return LlamaCppRunner(options)
    if suffix == ".rkllm":
        from edge.rkllm.runner import RkllmRunner

        return RkllmRunner(options)
    raise ModelUnreadable(
        f"{options.model} is not a GGUF file, and no .rkllm file either.",
        "Convert it first: a .gguf file runs on every box, a .rkllm file on the NPU of an RK3588.",
    )
