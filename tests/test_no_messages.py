"""Who wants no messages gets none, but what they have just asked for (45 CFR 164.522(b))."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from clients.models import Client
from clients.reach import channels_of, person_of
from counsel.reminders.dispatch import run_due
from counsel.reminders.models import Channel, Reminder, State
from counsel.reminders.registry import Skip, kinds, role_of
from tests.factories import make_client
from tests.reminders import samples

pytestmark = pytest.mark.django_db
NOTHING = {f"{channel}_wording": "none" for channel in Channel}


@pytest.mark.parametrize("kind", [kind.key for kind in kinds()])
@pytest.mark.parametrize("channel", Channel)
def test_no_kind_reaches_them_but_what_they_asked_for(kind, channel):
    anna = make_client(**NOTHING)
    row = Reminder(kind=kind, person=person_of(anna), channel=channel)
    reached = role_of(row).reach(row)
    (asked_for,) = (found.asked_for for found in kinds() if found.key == kind)
    if channel == Channel.EMAIL:
        assert isinstance(reached, Skip) != asked_for
    else:
        assert isinstance(reached, Skip)
    assert channels_of(anna, kind) == (Channel.EMAIL,)


def test_a_whole_practice_of_messages_leaves_them_in_peace():
    """Booked, confirmed, moved, cancelled, in series, invited, practising: nothing goes out."""
    with time_machine.travel(samples.MORNING, tick=False) as clock:
        samples.everything()
        Client.objects.update(**NOTHING)
        theirs = Reminder.objects.filter(person__startswith="client:", state=State.QUEUED)
        planned = set(theirs.values_list("pk", flat=True))
        addresses = {client.email for client in Client.objects.all()}
        for _ in range(20):
            run_due()
            clock.shift(timedelta(hours=18))
    settled = Reminder.objects.filter(pk__in=planned)
    assert len(planned) > 10
    assert not {address for sent in mail.outbox for address in sent.to} & addresses
    assert set(settled.values_list("state", flat=True)) <= {"skipped", "cancelled"}
    wanted_none = settled.filter(reason="they want no messages this way")
    assert {"invitation", "practice_today", "consultation_reminder"} <= set(
        wanted_none.values_list("kind", flat=True)
    )
