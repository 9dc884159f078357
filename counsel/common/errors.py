"""The one kind of error a rule may raise at a person."""

from __future__ import annotations


class DomainError(Exception):
    """A rule said no. `message` is shown as it is; `field` names the input it belongs to."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class ConflictError(DomainError):
    """Somebody else was faster: what the caller saw is no longer so."""
