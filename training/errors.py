"""Errors of training, as a tree.

TrainingFailed
├── RecipeInvalid      a recipe that cannot be read, or a value in it that cannot work
├── CorpusMissing      no text to train on where the recipe says
├── BaseUnfit          a base model that cannot be adapted here
├── AdapterUnfit       a LoRA adapter that llama.cpp could not lay over its base
├── FaqUnusable        a FAQ table of which too little can be used, and which rows are wrong
├── MiningFailed       no rejected answers can be mined from these entries
├── ItemsMissing       a two-choice test cannot be built, or not read
├── TaskInvalid        a task file, or a set of texts for it, that cannot work
├── TextsLeaked        texts to train on that are those of the hand-written test
├── TeacherFailed      the model that writes questions does not answer, or not as it was asked
├── AnswersWrong       a file of answers that cannot be judged
├── LabelsWrong        a table of people's labels that cannot be read, or would be overwritten
├── LabelsTooFew       too few labels to correct a judge, or a judge that knows nothing
├── JudgeRefused       a model that would judge its own answers
├── JudgeFailed        a judge that does not answer any more
├── StageMissing       a stage needs what an earlier stage did not leave behind
├── DiskFull           a stage would not fit on the disk
├── StageBusy          another process is at work on the stage
├── StageDied          the process of a stage was killed or crashed
├── TrainingDiverged   the loss is not a number any more
└── ExportDiffers      an exported file does not compute what the trained model does
"""

from __future__ import annotations


class TrainingFailed(Exception):
    """Base of all errors here. ``remedy`` is the sentence or command that helps; ``code`` is stable for programs, and
    ``case`` tells errors of one code apart where people need other words for them ("" for none)."""

    code = "training_failed"

    def __init__(self, message: str, remedy: str = "", case: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.case = case

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class RecipeInvalid(TrainingFailed):
    code = "recipe_invalid"


class CorpusMissing(TrainingFailed):
    code = "corpus_missing"


class BaseUnfit(TrainingFailed):
    code = "base_unfit"


class AdapterUnfit(TrainingFailed):
    code = "adapter_unfit"


class FaqUnusable(TrainingFailed):
    code = "faq_unusable"


class MiningFailed(TrainingFailed):
    code = "mining_failed"


class ItemsMissing(TrainingFailed):
    code = "items_missing"


class TaskInvalid(TrainingFailed):
    code = "task_invalid"


class TextsLeaked(TrainingFailed):
    code = "texts_leaked"


class TeacherFailed(TrainingFailed):
    code = "teacher_failed"


class AnswersWrong(TrainingFailed):
    code = "answers_wrong"


class LabelsWrong(TrainingFailed):
    code = "labels_wrong"


class LabelsTooFew(TrainingFailed):
    code = "labels_too_few"


class JudgeRefused(TrainingFailed):
    code = "judge_refused"


class JudgeFailed(TrainingFailed):
    code = "judge_failed"


class StageMissing(TrainingFailed):
    code = "stage_missing"


class DiskFull(TrainingFailed):
    code = "disk_full"


class StageBusy(TrainingFailed):
    code = "stage_busy"


class StageDied(TrainingFailed):
    code = "stage_died"


class TrainingDiverged(TrainingFailed):
    code = "training_diverged"


class ExportDiffers(TrainingFailed):
    code = "export_differs"
