from __future__ import annotations


class BackupError(Exception):
    """A backup that could not be made, restored or verified. The message names nobody."""
