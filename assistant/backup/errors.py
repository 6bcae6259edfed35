"""Errors of backup and restore, as a tree below assistant.errors.AssistantFailed.

AssistantFailed
├── BackupFailed            the backup cannot be written: no room, no such folder
├── BackupDamaged           the file is no backup, not whole, or not as it was written
└── RestoreRefused          the data folder holds something already, or the backup is a newer Andon's
"""

from __future__ import annotations

from assistant.errors import AssistantFailed


class BackupFailed(AssistantFailed):
    code = "backup_failed"


class BackupDamaged(AssistantFailed):
    code = "backup_damaged"


class RestoreRefused(AssistantFailed):
    code = "restore_refused"
