from __future__ import annotations

import pytest

from tools import evidence

HERE = "`tests/tools/test_evidence.py::test_a_test_that_exists_is_taken`"


def test_a_test_that_exists_is_taken():
    assert not list(evidence._wrong_rows(f"| A1 | what | {HERE} and more |"))


def test_a_reason_is_taken():
    assert not list(evidence._wrong_rows("| A1 | what | not yet: nobody has a key |"))


@pytest.mark.parametrize("cell", ["", "done", "not yet: ", "`tests/tools/test_evidence.py`"])
def test_words_alone_are_not(cell):
    assert list(evidence._wrong_rows(f"| A1 | what | {cell} |"))


@pytest.mark.parametrize(
    "cell",
    [
        "`tests/tools/test_evidence.py::test_that_is_gone`",
        "`tests/tools/test_nowhere.py::test_a_reason_is_taken`",
        f"{HERE}, `tests/tools/test_nowhere.py::test_a_reason_is_taken`",
    ],
)
def test_a_test_that_is_gone_is_named(cell):
    assert list(evidence._wrong_rows(f"| A1 | what | {cell} |"))


def test_every_requirement_has_one_row():
    found = list(evidence._wrong_requirements(f"| A1 | what | {HERE} |\n| A1 | what | {HERE} |"))
    assert "docs/security.md: A1 has two rows" in found
    assert "docs/security.md: I12 has no row" in found
    assert "docs/security.md: A1 has no row" not in found


def test_the_log_of_hazards_is_read_and_has_enough_of_them():
    text = evidence._read("docs/hazards.md")
    rows = evidence._ROW.findall(text)
    names = [name for name, _rest in rows]
    assert names == [f"HZ{number}" for number in range(1, len(rows) + 1)]
    assert len(rows) >= 20
    # Hazard, cause, control, what is left, and what shows it.
    assert {rest.count("|") for _name, rest in rows} == {4}
    assert evidence.NOT_YET not in text
    assert not list(evidence._wrong_rows(text))
