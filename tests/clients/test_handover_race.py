"""Two who act on one client at the same moment, on a database that lets both begin."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from clients.models import Client, Cover, Handover
from clients.services import (
    cover_lend,
    handover_accept,
    handover_offer,
    handover_take_back,
)
from sessions.models import Consultation
from sessions.services import consultation_book
from tests.factories import make_counsellor, make_handover, make_portal_client, make_service

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
CONSENT = {"consent_on": date(2020, 1, 6), "consent_how": "spoken"}


@pytest.fixture
def anna():
    return make_portal_client()


def at_once(*acts):
    """Each in a thread and a connection of its own; gives back what went wrong."""
    wrong, barrier = [], threading.Barrier(len(acts))

    def run(act):
        try:
            barrier.wait(timeout=10)
            act()
        except Exception as error:
            wrong.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return wrong


def fresh(handover):
    return Handover.objects.select_related("client", "offered_by", "to").get(pk=handover.pk)


def test_accepted_many_times_at_once_it_is_accepted_once(anna):
    handover = make_handover(client=anna)
    acts = [lambda: handover_accept(handover=fresh(handover))] * 5
    # Who looks after the first has answered finds the client elsewhere.
    assert at_once(*acts) == ["ConflictError"] * 4
    assert Client.objects.get().counsellor == handover.to


def test_accepted_and_taken_back_at_once_it_is_one_of_the_two(anna):
    handover = make_handover(client=anna)
    wrong = at_once(
        lambda: handover_accept(handover=fresh(handover)),
        lambda: handover_take_back(handover=fresh(handover)),
    )
    assert wrong == ["ConflictError"]
    has_moved = Client.objects.get().counsellor == handover.to
    assert has_moved == (fresh(handover).answer == "accepted")


def test_offered_many_times_at_once_it_is_offered_once(anna):
    colleagues = [make_counsellor() for _ in range(4)]
    acts = [
        lambda to=to: handover_offer(client=Client.objects.get(), to=to, **CONSENT)
        for to in colleagues
    ]
    assert at_once(*acts) == ["ConflictError"] * 3
    assert Handover.objects.count() == 1


def test_booked_lent_and_accepted_at_once_nothing_stays_with_the_former_counsellor(anna):
    former, today = anna.counsellor, timezone.now().date() + timedelta(days=1)
    service, handover = make_service(counsellor=former), make_handover(client=anna)
    start = datetime.combine(today, datetime.min.time(), tzinfo=UTC) + timedelta(days=3)
    stale = Client.objects.select_related("counsellor").get()
    at_once(
        lambda: consultation_book(service=service, client=stale, starts_at=start),
        lambda: cover_lend(
            client=stale, to=make_counsellor(), first_day=today, last_day=today, **CONSENT
        ),
        lambda: handover_accept(handover=fresh(handover)),
    )
    is_moved = Client.objects.get().counsellor == handover.to
    # One of the two: booked, and not handed over; or handed over, and nothing booked.
    assert is_moved != Consultation.objects.exists()
    standing = Cover.objects.filter(ended_at__isnull=True)
    assert not (is_moved and standing.exists())
