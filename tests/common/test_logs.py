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


@pytest.mark.parametrize(
    "address",
    [
        "/calendar/dGhpcyBpcyBhIHNlY3JldCBhZGRyZXNzIG9mIG1pbmU.ics",
        "/appointments/3f2a0a1be3a84b0c8a6d2f4d0c9b7e11-2:kQ8mX1tW2vB3nM4cL5zJ6hG7fD8sA9pO0iUyTrEwQ/",
        "/invitation/abc%3A0123456789012345678901234567890123456789/",
    ],
)
def test_it_leaves_the_secret_out_of_an_address(address):
    record = logging.LogRecord("django.request", 30, "", 1, "Not Found: %s", (address,), None)
    told = QuietFormatter().format(record)
    assert told.startswith("Not Found: /")
    assert "…" in told
    assert max(len(part) for part in told.split("/")) < 20


def test_it_keeps_ids_and_ordinary_addresses():
    address = "/my/entries/0b6f2f4e-9f0b-4b7c-8d3a-0a1b2c3d4e5f/finish/"
    record = logging.LogRecord("x", 30, "", 1, "Not Found: %s", (address,), None)
    assert QuietFormatter().format(record) == f"Not Found: {address}"
