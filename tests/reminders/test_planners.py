from __future__ import annotations

import pytest

from counsel.common import stopping
from counsel.reminders import registry
from counsel.reminders.models import Heartbeat
from counsel.reminders.tasks import plan as plan_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch):
    asked = []
    monkeypatch.setattr(registry, "_planners", [asked.append, lambda now: asked.append(now)])
    return asked


def test_it_asks_every_planner_and_says_that_it_did(asked):
    plan_task()

    assert len(asked) == 2
    assert [beat.name for beat in Heartbeat.objects.all()] == [Heartbeat.Name.PLAN]


def test_a_broken_planner_costs_no_other_its_turn(asked, monkeypatch, caplog):
    def broken(now):
        raise KeyError("what Anna wrote")

    monkeypatch.setattr(registry, "_planners", [broken, *registry._planners[1:]])
    plan_task()

    assert len(asked) == 1
    assert "test_planners.broken: KeyError" in caplog.text and "Anna" not in caplog.text
    # Whoever looks after it sees that planning has not come to its end for long.
    assert not Heartbeat.objects.exists()


def test_it_stops_between_two_planners(asked, monkeypatch):
    monkeypatch.setattr(registry, "_planners", [lambda now: stopping.ask(), *registry._planners])
    try:
        plan_task()
    finally:
        stopping._asked.clear()

    assert asked == []
    assert not Heartbeat.objects.exists()
