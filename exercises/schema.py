"""Reading plain data, as TOML or JSON give it, and telling all that is wrong with it.

Pure: knows nothing of exercises, only of names, values and places.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, TypeVar

from django.utils.translation import gettext

_KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")
# NUL is refused by PostgreSQL, half a surrogate pair by every encoder.
_UNSAVABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_ABSENT = object()
MAX_SHOWN = 60

_Word = TypeVar("_Word", bound=StrEnum)


class Problem(str):
    """A sentence that still knows the table it is about, by the names and numbers that lead there.

    `repeated` is the value that stands more than once below that table, if it is about one.
    """

    path: tuple[str | int, ...] = ()
    placed: bool = False
    repeated: str = ""


class SchemaError(ValueError):
    """All that is wrong with the data, one sentence each, with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def unsavable_at(text: str) -> int | None:
    """The position, counted from 1, of the first character no database keeps."""
    found = _UNSAVABLE.search(text)
    return found.start() + 1 if found else None


def shown(text: str) -> str:
    """A piece of a stranger's file, fit to stand in a sentence."""
    plain = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
    return plain if len(plain) <= MAX_SHOWN else plain[: MAX_SHOWN - 1] + "…"


def plain_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


class Table:
    """One table of the data, read name by name.

    What is wrong is noted and reading goes on, so that all of it is told at once.
    A value returned for a wrong one only fills the gap until refuse_problems().
    """

    def __init__(
        self, data: object, place: str, problems: list[str], path: tuple[str | int, ...] = ()
    ) -> None:
        self.sound = True
        self._place = place
        self._path = path
        self._problems = problems
        self._data: dict[object, object] = data if isinstance(data, dict) else {}
        self._names: set[object] = set()
        if not isinstance(data, dict):
            self.note(gettext("should be a table of names and values"))

    def note(self, problem: str, *, repeated: str = "") -> None:
        self.sound = False
        noted = Problem(f"{self._place}: {problem}" if self._place else problem)
        noted.path, noted.placed, noted.repeated = self._path, bool(self._place), repeated
        self._problems.append(noted)

    def refuse_problems(self) -> None:
        """Raise SchemaError with what was noted here and in every table below."""
        if self._problems:
            raise SchemaError(self._problems)

    def note_unknown_names(self) -> None:
        for name in self._data:
            if name not in self._names:
                self._note_value(shown(str(name)), gettext("is not a known name"))

    def text(self, name: str, limit: int, *, required: bool = False) -> str:
        value = self._take(name, required=required)
        if value is _ABSENT:
            return ""
        if not isinstance(value, str):
            self._note_value(name, gettext("should be text"))
            return ""
        if (position := unsavable_at(value)) is not None:
            problem = gettext("cannot be kept: look at character %(position)s")
            self._note_value(name, problem % {"position": position})
        text = plain_newlines(value).strip()
        if required and not text:
            self._note_value(name, gettext("is empty"))
        if len(text) > limit:
            problem = gettext("is longer than %(limit)s characters")
            self._note_value(name, problem % {"limit": limit})
        return text

    def key(self, name: str) -> str:
        """A stable name: what answers are stored under, so never translated."""
        value = self._take(name, required=True)
        if isinstance(value, str) and _KEY.fullmatch(value):
            return value
        if value is not _ABSENT:
            rule = gettext("should be 1 to 40 of a-z, 0-9, - and _, a letter first")
            self._note_value(name, rule)
        return ""

    def keys(self, name: str, limit: int) -> tuple[str, ...]:
        """A list of stable names, each once."""
        value = self._take(name)
        if value is _ABSENT:
            return ()
        is_list = isinstance(value, list) and len(value) <= limit
        if isinstance(value, list) and is_list and all(_is_key(item) for item in value):
            self.note_repeated(value, gettext("'%(name)s' names '%%s' twice") % {"name": name})
            return tuple(value)
        self._note_value(name, gettext("should be a list of names: a-z, 0-9, - and _"))
        return ()

    def whole(
        self,
        name: str,
        low: int,
        high: int,
        *,
        default: int | None = None,
        required: bool = False,
    ) -> int | None:
        value = self._take(name, required=required)
        if value is _ABSENT:
            return default
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if isinstance(value, int) and is_whole and low <= value <= high:
            return value
        problem = gettext("should be a whole number from %(low)s to %(high)s")
        self._note_value(name, problem % {"low": low, "high": high})
        return default

    def wholes(self, name: str, low: int, high: int) -> tuple[int, ...]:
        """The whole numbers listed under a name; none may be there twice."""
        values = self._list(name)
        if any(isinstance(v, bool) or not isinstance(v, int) for v in values) or not all(
            low <= v <= high for v in values
        ):
            problem = gettext("should be a list of whole numbers from %(low)s to %(high)s")
            self._note_value(name, problem % {"low": low, "high": high})
            return ()
        if len(set(values)) < len(values):
            self._note_value(name, gettext("has a number twice"))
        return tuple(values)

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts listed under a name, as they are."""
        values = self._list(name)
        if any(not isinstance(v, str) for v in values):
            self._note_value(name, gettext("should be a list of texts"))
            return ()
        return tuple(values)

    def flag(self, name: str) -> bool:
        value = self._take(name)
        if value is _ABSENT or isinstance(value, bool):
            return value is True
        self._note_value(name, gettext("should be true or false"))
        return False

    def one_of(self, name: str, words: type[_Word], *, required: bool = True) -> _Word | None:
        value = self._take(name, required=required)
        if value is _ABSENT:
            return None
        if isinstance(value, str) and value in set(words):
            return words(value)
        problem = gettext("should be one of: %(words)s")
        self._note_value(name, problem % {"words": ", ".join(words)})
        return None

    def tables(self, name: str, word: str, limit: int, *, by_key: bool = False) -> list[Table]:
        """The tables listed under a name.

        A place says `word` and the table's number, or its own key where it has one.
        """
        value = self._list(name)
        if len(value) > limit:
            problem = gettext("has more than %(limit)s entries")
            self._note_value(name, problem % {"limit": limit})
        return [
            self._below((name, index), item, word, _own_key(item) if by_key else None)
            for index, item in enumerate(value[:limit])
        ]

    def note_repeated(self, names: Iterable[str], problem: str) -> None:
        for name, count in Counter(names).items():
            if name and count > 1:
                self.note(problem % name, repeated=name)

    def _list(self, name: str) -> list[Any]:
        value = self._take(name)
        if value is _ABSENT:
            return []
        if not isinstance(value, list):
            self._note_value(name, gettext("should be a list"))
            return []
        return value

    def _below(self, way: tuple[str, int], item: object, word: str, key: str | None) -> Table:
        place = f"{word} '{key}'" if key else f"{word} {way[1] + 1}"
        above = f"{self._place}, " if self._place else ""
        return Table(item, above + place, self._problems, (*self._path, *way))

    def _take(self, name: str, *, required: bool = False) -> object:
        self._names.add(name)
        value = self._data.get(name, _ABSENT)
        if required and value is _ABSENT and self._data:
            self._note_value(name, gettext("is missing"))
        return value

    def _note_value(self, name: str, problem: str) -> None:
        self.note(f"'{name}' {problem}")


def _is_key(value: object) -> bool:
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


def _own_key(item: object) -> str | None:
    key = item.get("key") if isinstance(item, dict) else None
    return key if isinstance(key, str) and _is_key(key) else None
