"""Where in a TOML text each table and value begins, which `tomllib` does not tell.

Pure. The lexer below only finds its way; whether a text is right is for tomllib to say.
It stops where it cannot go on, and tomllib is to be given no more than it went through:
a name of a hundred thousand parts would cost tomllib gigabytes.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from typing import NoReturn, TypeAlias

from django.utils.translation import gettext

from exercises.schema import SchemaError

Path: TypeAlias = tuple[str | int, ...]

MAX_KEY_PARTS = 8
MAX_DEPTH = 20
MAX_BARE = 200

_SPACE = re.compile(r"[ \t]*+")
_BLANK = re.compile(r"(?:[ \t\n]++|#[^\n]*+)*+")
_KEY_PART = re.compile(r"""[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+'""")
# Texts of several lines may end in one or two quotes of their own.
_TEXT = re.compile(
    r'''"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+"{3,5}'''
    r"""|'''(?:[^']++|'{1,2}(?!'))*+'{3,5}"""
    r"""|"(?!"")(?:[^"\\\n]++|\\.)*+"|'(?!'')[^'\n]*+'""",
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}\n#]++")


class _Stop(Exception):
    """The text cannot be followed any further."""


class TomlLines:
    """The lines of a text with plain newlines.

    Raises SchemaError for what is nested too deep or too long to be of use.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._begins = [0, *(found.end() for found in re.finditer("\n", text))]
        self._lines: dict[Path, int] = {(): 1}
        # How many tables each array of tables has so far.
        self._tables: dict[Path, int] = {}
        self.stopped = False
        # The sign that is missing where the text ends inside a list or an inline table.
        self.unended = ""
        try:
            self._document()
        except _Stop:
            self.stopped = True

    @property
    def read(self) -> str:
        """What was gone through, and the rest of the line where it ended."""
        if not self.stopped:
            return self._text
        end = self._text.find("\n", self._at)
        return self._text if end < 0 or self.unended else self._text[: end + 1]

    @property
    def last(self) -> int:
        """The line where reading ended, or where what does not end begins."""
        return bisect_right(self._begins, self._at)

    def line(self, path: Path) -> int:
        """Where something begins; where it is not there, where the table around it does."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def has(self, path: Path) -> bool:
        return path in self._lines

    def _document(self) -> None:
        table: Path = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            if self._takes("[["):
                table = self._heading("]]")
            elif self._takes("["):
                table = self._heading("]")
            else:
                self._pair(table, 0)
            self._skip(_SPACE)
            if self._at < len(self._text) and self._text[self._at] not in "#\n":
                raise _Stop
            self._skip(_BLANK)

    def _heading(self, end: str) -> Path:
        """Notes a heading and gives the path of its table: the newest one of each array."""
        line = self.last
        path: Path = ()
        self._skip(_SPACE)
        *above, name = self._key()
        for part in above:
            path = self._newest((*path, part))
            self._lines.setdefault(path, line)
        path = (*path, name)
        if end == "]]":
            self._lines.setdefault(path, line)
            self._tables[path] = self._tables.get(path, 0) + 1
            path = self._newest(path)
        self._lines.setdefault(path, line)
        if not self._takes(end):
            raise _Stop
        return path

    def _newest(self, path: Path) -> Path:
        return (*path, self._tables[path] - 1) if path in self._tables else path

    def _pair(self, table: Path, depth: int) -> None:
        line = self.last
        for part in self._key():
            table = (*table, part)
            self._lines.setdefault(table, line)
        if not self._takes("="):
            raise _Stop
        self._skip(_SPACE)
        self._value(table, depth)

    def _key(self) -> list[str]:
        parts: list[str] = []
        while True:
            found = _KEY_PART.match(self._text, self._at)
            if not found:
                raise _Stop
            if len(parts) == MAX_KEY_PARTS:
                self._refuse(gettext("a name has too many parts"))
            parts.append(_unquoted(found[0]))
            self._at = found.end()
            self._skip(_SPACE)
            if not self._takes("."):
                return parts
            self._skip(_SPACE)

    def _value(self, path: Path, depth: int) -> None:
        if depth > MAX_DEPTH:
            self._refuse(gettext("lists and tables lie too deep in one another"))
        if self._takes("["):
            self._list(path, depth)
        elif self._takes("{"):
            self._inline_table(path, depth)
        elif found := _TEXT.match(self._text, self._at):
            self._at = found.end()
        elif self._text.startswith(('"', "'"), self._at):
            raise _Stop
        elif found := _BARE.match(self._text, self._at):
            if len(found[0].rstrip()) > MAX_BARE:
                self._refuse(gettext("a number is too long, or a quote is missing"))
            self._at = found.end()
        else:
            raise _Stop

    def _list(self, path: Path, depth: int) -> None:
        number, begin = 0, self._at
        self._skip(_BLANK)
        while not self._ends("]", begin):
            self._lines[(*path, number)] = self.last
            self._value((*path, number), depth + 1)
            number += 1
            self._skip(_BLANK)
            self._between("]")

    def _inline_table(self, path: Path, depth: int) -> None:
        begin = self._at
        self._skip(_BLANK)
        while not self._ends("}", begin):
            self._pair(path, depth + 1)
            self._skip(_BLANK)
            self._between("}")

    def _ends(self, sign: str, begin: int) -> bool:
        if self._at < len(self._text):
            return self._takes(sign)
        self._at, self.unended = begin, sign
        raise _Stop

    def _between(self, end: str) -> None:
        # Where the text ends instead, the loop notices.
        goes_on = self._takes(",") or self._text.startswith(end, self._at)
        if not goes_on and self._at < len(self._text):
            raise _Stop
        self._skip(_BLANK)

    def _skip(self, what: re.Pattern[str]) -> None:
        if found := what.match(self._text, self._at):
            self._at = found.end()

    def _takes(self, sign: str) -> bool:
        if self._text.startswith(sign, self._at):
            self._at += len(sign)
            return True
        return False

    def _refuse(self, problem: str) -> NoReturn:
        told = gettext("line %(line)s: %(problem)s")
        raise SchemaError([told % {"line": self.last, "problem": problem}])


def _unquoted(part: str) -> str:
    if part[0] not in "\"'":
        return part
    try:
        return str(tomllib.loads(f"key = {part}")["key"])
    except tomllib.TOMLDecodeError:
        raise _Stop from None
