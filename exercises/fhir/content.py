"""From the bytes of a file to plain JSON data of a bearable size and depth.

Pure. What cannot be read is told in a sentence: the file may come from anywhere.
"""

from __future__ import annotations

import json
from typing import NoReturn

from django.utils.translation import gettext

from exercises.schema import SchemaError

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 40
# Lists and tables in all: a questionnaire of 200 items with ten coded answers each has fewer.
MAX_PARTS = 20_000


def read_json(content: bytes) -> dict[str, object]:
    """The one table a JSON file holds; raise SchemaError for anything else."""
    if len(content) > MAX_BYTES:
        limit = MAX_BYTES // 1024
        _refuse(gettext("the file is larger than %(limit)s KiB") % {"limit": limit})
    if not content.strip():
        _refuse(gettext("the file is empty"))
    data = _loaded(_decoded(content))
    if not isinstance(data, dict):
        _refuse(gettext("the file should hold one table of names and values"))
    _refuse_too_much(data)
    return data


def _decoded(content: bytes) -> str:
    # Text of two or four bytes a character can pass for UTF-8; its zeros give it away.
    if json.detect_encoding(content) not in {"utf-8", "utf-8-sig"}:
        _refuse_encoding()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse_encoding()
    if text.lstrip().startswith("<"):
        _refuse(gettext("the file is XML or a web page; the questionnaire is needed as JSON"))
    return text


def _loaded(text: str) -> object:
    try:
        data: object = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        problem = gettext("line %(line)s, column %(column)s: not JSON, or cut off here")
        _refuse(problem % {"line": error.lineno, "column": error.colno})
    except RecursionError:
        _refuse_depth()
    except SchemaError:
        raise
    except ValueError:
        # Python refuses to read a whole number of more than some thousand digits.
        _refuse(gettext("the file holds a number with too many digits"))
    return data


def _refuse_too_much(data: object) -> None:
    parts = 0
    level: list[object] = [data]
    for _ in range(MAX_DEPTH):
        parts += len(level)
        if parts > MAX_PARTS:
            _refuse(gettext("the file has more parts than a questionnaire needs"))
        level = [
            part
            for above in level
            for part in (above.values() if isinstance(above, dict) else _items(above))
            if isinstance(part, dict | list)
        ]
        if not level:
            return
    _refuse_depth()


def _items(part: object) -> list[object]:
    return part if isinstance(part, list) else []


def _refuse_constant(name: str) -> NoReturn:
    _refuse(gettext("the file holds '%(name)s', which is not a number") % {"name": name})


def _refuse_encoding() -> NoReturn:
    _refuse(gettext("the file is not in UTF-8"))


def _refuse_depth() -> NoReturn:
    problem = gettext("the file is nested more than %(limit)s levels deep")
    _refuse(problem % {"limit": MAX_DEPTH})


def _refuse(problem: str) -> NoReturn:
    raise SchemaError([problem])
