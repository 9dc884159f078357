from __future__ import annotations

import logging
import sys

import pytest

from counsel.common.logs import QuietFormatter

CANARY = "Canary-7Q"


def failure(message="failed"):
    try:
        try:
            int(CANARY)
        except ValueError as error:
            raise RuntimeError(f"about {CANARY}") from error
    except RuntimeError:
        return logging.LogRecord("x", logging.ERROR, "", 1, message, None, sys.exc_info())


def test_it_tells_the_kind_and_place_of_an_error_and_of_what_brought_it_about():
    told = QuietFormatter().format(failure())
    assert told.index("builtins.ValueError") < told.index("builtins.RuntimeError")
    assert "test_logs.py" in told


def test_it_leaves_out_the_words_of_an_error():
    assert CANARY not in QuietFormatter().format(failure())
    assert CANARY in QuietFormatter(with_words=True).format(failure())


def test_it_leaves_out_words_that_another_formatter_has_kept():
    record = failure()
    assert CANARY in logging.Formatter().format(record)
    assert CANARY not in QuietFormatter().format(record)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
def test_it_lets_nothing_pass_for_another_record(end):
    first, *others = QuietFormatter().format(failure(f"a{end}2030-01-01 INFO forged")).splitlines()
    assert first == "a"
    assert all(line.startswith("    ") for line in others)


def test_pages_that_fail_are_told_in_this_way_alone():
    ours = [type(handler.formatter) for handler in logging.getLogger().handlers]
    assert QuietFormatter in ours
    assert logging.getLogger("django").handlers == []
