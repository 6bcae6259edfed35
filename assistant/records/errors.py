"""Errors of the records, as a tree below assistant.errors.AssistantFailed.

AssistantFailed
└── RecordsFailed           the records' file cannot be read or written
RequestRefused
├── FeedbackRefused         a reason, review or state that there is not, or a text that is too long
└── RecordUnknown           no answer, feedback or gap of that number
"""

from __future__ import annotations

from assistant.errors import AssistantFailed, RequestRefused


class RecordsFailed(AssistantFailed):
    code = "records_failed"


class FeedbackRefused(RequestRefused):
    code = "feedback_refused"


class RecordUnknown(RequestRefused):
    code = "record_unknown"
