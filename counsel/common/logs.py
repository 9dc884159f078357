"""Log lines that tell what happened and where, never what somebody wrote."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any, TypeAlias

_ErrorInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


# Links from mails and addresses of calendars carry what opens them; ids and file names are
# shorter, or have a dot in them.
_SECRET = re.compile(r"(?<=/)[\w:=%~-]{40,}")


class QuietFormatter(logging.Formatter):
    """Tells of an error its kind and its place in the code, and leaves out its own words.

    A database names the whole row it refuses, and `int()` the text it was given. Every line
    but a record's first is set in, so that nothing in it can pass for another record. A part of
    an address that is long enough to be a secret is left out.
    """

    def __init__(self, *args: Any, with_words: bool = False, **kwargs: Any) -> None:
        """`with_words` is for developers, whose errors speak of nobody."""
        super().__init__(*args, **kwargs)
        self._with_words = with_words

    def format(self, record: logging.LogRecord) -> str:
        # Another handler may have left its own telling of the error on the record.
        record.exc_text = None
        told = super().format(record)
        record.exc_text = None
        return _SECRET.sub("…", "\n    ".join(told.splitlines()))

    def formatException(self, ei: _ErrorInfo) -> str:
        if self._with_words or ei[1] is None:
            return super().formatException(ei)
        return "\n".join(reversed([_told(error) for error in _chain(ei[1])]))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, what brought it about, and so on."""
    told: set[int] = set()
    while error is not None and id(error) not in told:
        told.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _told(error: BaseException) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{frames}{type(error).__module__}.{type(error).__qualname__}"
