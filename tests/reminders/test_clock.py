"""Whose clock counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from counsel.reminders import clock
from tests.conftest import SHARED_OFFSET

A_MOMENT = timedelta(minutes=5)


@pytest.fixture
def wrong(monkeypatch):
    """This machine's clock is two hours ahead; returns the true time."""
    monkeypatch.setattr(clock, "offset", SHARED_OFFSET)
    # Nobody has asked yet.
    monkeypatch.setattr(clock, "_asked", (None, timedelta()))
    true = datetime.now(UTC)
    with time_machine.travel(true + timedelta(hours=2)):
        yield true


@pytest.mark.services
@pytest.mark.django_db
def test_a_machine_whose_clock_is_wrong_goes_by_the_databases(wrong, caplog):
    assert abs(clock.now() - wrong) < A_MOMENT
    assert "clock is wrong by 7" in caplog.text


@pytest.mark.services
@pytest.mark.django_db
def test_the_database_is_asked_once_for_each_connection(wrong, django_assert_num_queries):
    clock.now()
    with django_assert_num_queries(0):
        clock.now()
