"""A push service that refuses our key: a device can have named one of its own, so that one person
must not be able to stop everybody's notifications.
"""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from counsel.common.vapid import vapid_key_make
from counsel.reminders import registry
from counsel.reminders.dispatch import dispatch_due
from counsel.reminders.models import Queue, State
from counsel.reminders.registry import Reach, Role
from tests.common.taker import running_taker
from tests.reminders.carriers.browser import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(settings):
    settings.VAPID_KEY = vapid_key_make()
    settings.VAPID_CONTACT = "mailto:somebody@diary.example.org"
    with running_taker() as taker:
        yield taker


@pytest.fixture
def to_each(knock, service, monkeypatch):
    """Every person has a device of their own, at an address with their own name."""

    def reach(reminder):
        device = Browser().subscribes(f"{service.url}/{reminder.person}")
        return Reach("", "en-gb", UTC, devices=(device,))

    monkeypatch.setitem(registry._roles, "visitor", Role(reach))


def is_held():
    return Queue.objects.filter(channel="push", held_since__isnull=False).exists()


def test_one_person_cannot_stop_the_notifications_of_others(clock, plan, to_each, service):
    """Theirs may go to a service of their own making, or have been asked for under another key."""
    service.says(403, path="/visitor:ben")
    refused = plan(9, person="visitor:ben", channel="push")
    for number in range(3):
        plan(number, person=f"visitor:{number}", channel="push")
    counts = dispatch_due()
    assert (counts.sent, counts.later) == (3, 1)
    assert not is_held()
    for _hour in range(12):
        clock.shift(timedelta(hours=1))
        dispatch_due()
        assert not is_held()
    refused.refresh_from_db()
    assert refused.state != State.SENT


def test_one_that_refuses_everybody_means_our_key(clock, plan, to_each, service):
    for number in range(4):
        service.says(401, path=f"/visitor:{number}")
        plan(number, person=f"visitor:{number}", channel="push")
    counts = dispatch_due()
    assert (counts.later, counts.stopped, len(service.posted)) == (2, True, 3)
    assert is_held()
