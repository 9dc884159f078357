"""Holds the tables of `docs/` that name tests: what is said to be shown must name one that exists.

`docs/security.md` has a row for every requirement; the last cell names tests, or says why there is
none yet. `docs/hazards.md` has a row for every control of a hazard.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tools.children import ROOT

# How many requirements each section has; its letter and a number from 1 name one.
REQUIREMENTS = {"A": 19, "B": 22, "C": 21, "D": 22, "E": 14, "F": 15, "G": 15, "H": 12, "I": 12}
NOT_YET = "not yet: "
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_ROW = re.compile(r"^\| ([A-Z]+\d+) \|(.*)\|$", re.MULTILINE)


def main() -> int:
    wrong = list(_wrong_requirements(_read("docs/security.md")))
    if (ROOT / "docs" / "hazards.md").exists():
        wrong += _wrong_rows(_read("docs/hazards.md"))
    for line in wrong:
        print(line)
    return 1 if wrong else 0


def _wrong_requirements(text: str) -> Iterator[str]:
    listed = [name for name, _rest in _ROW.findall(text)]
    due = [f"{letter}{n}" for letter, last in REQUIREMENTS.items() for n in range(1, last + 1)]
    yield from (f"docs/security.md: {name} has no row" for name in due if name not in listed)
    twice = {name for name in listed if listed.count(name) > 1}
    yield from (f"docs/security.md: {name} has two rows" for name in sorted(twice))
    yield from _wrong_rows(text)


def _wrong_rows(text: str) -> Iterator[str]:
    for name, rest in _ROW.findall(text):
        evidence = rest.rsplit("|", 1)[-1].strip()
        if len(evidence) > len(NOT_YET) and evidence.startswith(NOT_YET):
            continue
        named = _TEST.findall(evidence)
        if not named:
            yield f"{name}: names no test, and does not say why there is none yet"
        for file, test in named:
            if test not in _tests_in(ROOT / file):
                yield f"{name}: there is no {file}::{test}"


@cache
def _tests_in(file: Path) -> frozenset[str]:
    if not file.exists():
        return frozenset()
    found = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    functions = (node for node in found if isinstance(node, ast.FunctionDef))
    return frozenset(node.name for node in functions if node.name.startswith("test"))


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
