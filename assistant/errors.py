"""Errors of the assistant, as a tree. Same shape as index.errors: a stable code, a message, a remedy.

AssistantFailed
├── QuestionRefused
│   ├── QuestionEmpty       nothing was asked
│   └── QuestionTooLong     more characters than the limit
├── NotAllowed              signed out, or a wrong name or password
│   ├── AdminOnly               an operator asked for what only an admin may do
│   ├── TooManyAttempts         this name was tried with wrong passwords too often
│   └── AccountRefused          a name, password or role that cannot be given
│       └── LastAdmin               without this account nobody could sign in as an admin
├── TokenUnknown            no token has that number
├── RequestRefused          a request to the service that cannot be understood
│   ├── RequestTooLarge         more bytes than the limit
│   ├── ParameterRefused        a parameter of OpenAI's that makes no sense here
│   └── ModelUnknown            a model of another name than Andon answers to
├── QuestionsWrong          a file of questions to evaluate by, or an earlier result, cannot be read
└── SettingsWrong           andon.toml, ANDON_* or a flag has a value that cannot be used
"""

from __future__ import annotations


class AssistantFailed(Exception):
    code = "assistant_failed"

    def __init__(self, message: str, remedy: str = "", **details: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.details = details

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class QuestionRefused(AssistantFailed):
    code = "question_refused"


class QuestionEmpty(QuestionRefused):
    code = "question_empty"


class QuestionTooLong(QuestionRefused):
    code = "question_too_long"


class NotAllowed(AssistantFailed):
    code = "not_allowed"


class AdminOnly(NotAllowed):
    code = "admin_only"


class TooManyAttempts(NotAllowed):
    code = "too_many_attempts"


class AccountRefused(NotAllowed):
    code = "account_refused"


class LastAdmin(AccountRefused):
    code = "last_admin"


class TokenUnknown(AssistantFailed):
    code = "token_unknown"


class RequestRefused(AssistantFailed):
    code = "request_refused"


class RequestTooLarge(RequestRefused):
    code = "request_too_large"


class ParameterRefused(RequestRefused):
    code = "parameter_refused"


class ModelUnknown(RequestRefused):
    code = "model_not_found"


class QuestionsWrong(AssistantFailed):
    code = "questions_wrong"


class SettingsWrong(AssistantFailed):
    code = "settings_wrong"
