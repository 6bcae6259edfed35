"""Errors of training, as a tree.

TrainingFailed
├── RecipeInvalid      a recipe that cannot be read, or a value in it that cannot work
├── CorpusMissing      no text to train on where the recipe says
├── StageMissing       a stage needs what an earlier stage did not leave behind
├── TrainingDiverged   the loss is not a number any more
└── ExportDiffers      an exported file does not compute what the trained model does
"""

from __future__ import annotations


class TrainingFailed(Exception):
    """Base of all errors here. ``remedy`` is the sentence or command that helps; ``code`` is stable for programs."""

    code = "training_failed"

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class RecipeInvalid(TrainingFailed):
    code = "recipe_invalid"


class CorpusMissing(TrainingFailed):
    code = "corpus_missing"


class StageMissing(TrainingFailed):
    code = "stage_missing"


class TrainingDiverged(TrainingFailed):
    code = "training_diverged"


class ExportDiffers(TrainingFailed):
    code = "export_differs"
