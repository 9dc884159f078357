"""Reads an exercise from a TOML file and writes one.

Pure. Each problem names the line it is on, so that a file edited by hand can be mended.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from enum import StrEnum
from typing import NoReturn

import tomlkit
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exercises.schema import Problem, SchemaError, unsavable_at
from exercises.steps import STRENGTH_RANGE, ExerciseFile, FieldKind, Option, Step, parse_exercise
from exercises.steps import Field as StepField
from exercises.toml_lines import Path, TomlLines

MAX_BYTES = 256 * 1024
MAX_PROBLEMS = 30
# Longer texts are written over several lines of about this length.
MAX_WIDTH = 96

# What tomllib says, as its sentences begin, and what we say.
_SYNTAX = (
    ("Cannot ", _("this name or heading stands twice, or is a value further up")),
    ("Duplicate inline", _("this name stands twice")),
    ("Expected '='", _("a name is followed by = and a value")),
    ("Expected ']'", _("a heading ends with ]")),
    ("Expected ']]'", _("a heading that begins with [[ ends with ]]")),
    ("Expected newline", _('something follows the value; a quote in a text is written as \\"')),
    ("Expected ", _("a text does not end: its last quote is missing")),
    ("Unterminated string", _("a text does not end: its last quotes are missing")),
    ("Illegal character '\\n'", _("a text does not end on its line: its last quote is missing")),
    ("Illegal character", _("a text on one line holds a character that cannot stand there")),
    ("Found invalid character", _("a comment holds a character that cannot stand there")),
    ("Unescaped", _("a backslash in a text is written twice")),
    ("Invalid hex", _("after \\u a text has four digits, after \\U eight")),
    ("Escaped character", _("after \\u stands the number of no character")),
    ("Unclosed array", _("a list does not end: a comma or its ] is missing")),
    ("Unclosed inline table", _("a table does not end: a comma or its } is missing")),
    ("Invalid initial", _("a name is expected here: a-z, 0-9, - and _")),
    ("Invalid statement", _("a name or a heading is expected here")),
    ("Invalid value", _("the value is not one: a text stands in quotes")),
    ("Invalid date", _("there is no such date or time")),
)
_COORDINATES = re.compile(r"\(at line (\d+), column (\d+)\)$")


def read_exercise(content: bytes | str) -> ExerciseFile:
    """Raise SchemaError, a sentence with its line for every problem."""
    text = _plain(content)
    lines = TomlLines(text)
    try:
        data = tomllib.loads(lines.read)
    except tomllib.TOMLDecodeError as error:
        _refuse(_syntax(str(error), lines))
    if lines.stopped:
        _refuse(_on_line(lines.last, gettext("this cannot be read")))
    try:
        return parse_exercise(data)
    except SchemaError as error:
        told = [_with_line(problem, lines, data) for problem in error.problems[:MAX_PROBLEMS]]
    raise SchemaError(told)


def write_exercise(file: ExerciseFile) -> str:
    """TOML that read_exercise reads back to an equal exercise, always the same for the same."""
    return "\n".join(_written(file, "")).lstrip("\n") + "\n"


def _plain(content: bytes | str) -> str:
    if len(content) > MAX_BYTES:
        limit = MAX_BYTES // 1024
        _refuse(gettext("the file is larger than %(limit)s KiB") % {"limit": limit})
    if isinstance(content, bytes):
        content = _decoded(content)
    text = content.removeprefix("\N{BYTE ORDER MARK}").replace("\r\n", "\n")
    if (position := unsavable_at(text)) is not None:
        line = text.count("\n", 0, position) + 1
        _refuse(_on_line(line, gettext("a character here is not text")))
    return text


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    _refuse(_on_line(line, gettext("the file is not in UTF-8")))


def _syntax(said: str, lines: TomlLines) -> str:
    if lines.unended:
        problem = gettext("what begins here does not end: its %(sign)s is missing")
        return _on_line(lines.last, problem % {"sign": lines.unended})
    words = next((ours for theirs, ours in _SYNTAX if said.startswith(theirs)), "")
    problem = str(words) or gettext("this is not TOML")
    at = _COORDINATES.search(said)
    if not at:
        # At the end, says tomllib; where the unended thing begins is of more use.
        return _on_line(lines.last, problem)
    place = gettext("line %(line)s, column %(column)s: %(problem)s")
    return place % {"line": at[1], "column": at[2], "problem": problem}


def _with_line(problem: str, lines: TomlLines, data: object) -> str:
    if not isinstance(problem, Problem):
        return problem
    line = lines.line(problem.path)
    if problem.repeated:
        twice = list(_repeated(problem, data))
        line = lines.line(twice[-1]) if twice else line
    else:
        # A sentence about one value of the table quotes its name first.
        names = re.findall("'([^']+)'", problem.partition(": ")[2] if problem.placed else problem)
        named = [path for name in names if lines.has(path := (*problem.path, name))]
        line = lines.line(named[0]) if named else line
    if problem.placed:
        return gettext("line %(line)s, %(problem)s") % {"line": line, "problem": problem}
    return _on_line(line, problem)


def _repeated(problem: Problem, data: object) -> list[Path]:
    """The paths, alike but for their numbers, under which a value stands more than once."""
    for way in problem.path:
        data = data[way]  # type: ignore[index]  # the path was found in this very data
    found = defaultdict(list)
    for path, value in _leaves(data, problem.path):
        if value == problem.repeated and path[-1] not in {"title", "label"}:
            found[tuple(name for name in path if isinstance(name, str))].append(path)
    return next((paths for paths in found.values() if len(paths) > 1), [])


def _leaves(data: object, path: Path) -> Iterator[tuple[Path, object]]:
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _leaves(value, (*path, name))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _leaves(value, (*path, number))
    else:
        yield path, data


def _on_line(line: int, problem: str) -> str:
    return gettext("line %(line)s: %(problem)s") % {"line": line, "problem": problem}


def _refuse(problem: str) -> NoReturn:
    raise SchemaError([problem])


def _written(thing: ExerciseFile | Step | StepField | Option, heading: str) -> Iterator[str]:
    """The lines of one table: its own values first, as TOML wants it, then the tables below."""
    if heading:
        yield f"\n[[{heading}]]"
    below = {}
    for spec in fields(thing):
        value = getattr(thing, spec.name)
        if value in ("", ()) or value == spec.default or _goes_without_saying(thing, spec.name):
            continue
        if isinstance(value, tuple) and not isinstance(value[0], str):
            below[spec.name] = value
        else:
            yield f"{spec.name} = {_value(value)}"
    for name, tables in below.items():
        for table in tables:
            yield from _written(table, f"{heading}.{name}" if heading else name)


def _goes_without_saying(thing: object, name: str) -> bool:
    if not isinstance(thing, StepField) or thing.kind is not FieldKind.SCALE:
        return False
    low, high = STRENGTH_RANGE
    return (name == "minimum" and thing.minimum == low) or (
        name == "maximum" and thing.maximum == high
    )


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_value(item) for item in value)}]"
    if not isinstance(value, str):
        return tomlkit.item(value).as_string()
    text = str(value.value) if isinstance(value, StrEnum) else value
    on_one_line = tomlkit.string(text).as_string()
    if "\n" not in text and len(on_one_line) <= MAX_WIDTH:
        return on_one_line
    quoted = tomlkit.string(text, multiline=True).as_string()
    body = quoted.removeprefix('"""').removesuffix('"""')
    return '"""\n' + "\n".join(_wrapped(line) for line in body.split("\n")) + '"""'


def _wrapped(line: str) -> str:
    """The line with breaks between words that TOML takes out again: a backslash before each."""
    rows = [""]
    # A break swallows all white space after it, so a row may only begin with a letter or a sign.
    for word in re.split(r"(?<= )(?=\S)", line):
        if rows[-1] and len(rows[-1]) + len(word) > MAX_WIDTH:
            rows.append("")
        rows[-1] += word
    return "\\\n".join(rows)
