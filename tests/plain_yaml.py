"""Reads the little of YAML that deploy/compose.yaml keeps to; whatever else is in it is refused.

Maps and lists by indentation, plain and double-quoted words, `{}`, anchors of maps, and `<<`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

_PAIR = re.compile(r"([\w.<-]+):(?: (.*))?")


def read(file: Path) -> dict[str, Any]:
    lines = [line for line in file.read_text().splitlines() if line.strip()]
    rows = [(len(line) - len(line.lstrip()), line.strip()) for line in lines]
    return _Reader([row for row in rows if not row[1].startswith("#")]).block(0)


class _Reader:
    def __init__(self, rows: list[tuple[int, str]]) -> None:
        self.rows, self.at, self.anchors = rows, 0, {}

    def block(self, depth: int) -> Any:
        return self.items(depth) if self.rows[self.at][1].startswith("- ") else self.pairs(depth)

    def items(self, depth: int) -> list[str]:
        return [_word(text.removeprefix("- ")) for text in self.of_depth(depth)]

    def pairs(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for text in self.of_depth(depth):
            pair = _PAIR.fullmatch(text)
            assert pair, text
            key, value = pair[1], pair[2] or ""
            if key == "<<":
                found = {**self.anchors[value.removeprefix("*")], **found}
            elif not value or value.startswith("&"):
                found[key] = self.block(self.rows[self.at][0])
                self.anchors[value[1:]] = found[key]
            else:
                found[key] = {} if value == "{}" else _word(value)
        return found

    def of_depth(self, depth: int):
        while self.at < len(self.rows) and self.rows[self.at][0] == depth:
            self.at += 1
            yield self.rows[self.at - 1][1]
        assert self.at == len(self.rows) or self.rows[self.at][0] < depth, self.rows[self.at]


def _word(text: str) -> str:
    if text.startswith('"'):
        return json.loads(text)
    assert not re.match(r"[\[{&*!|>'%@`]", text) and ": " not in text and " #" not in text, text
    return text
