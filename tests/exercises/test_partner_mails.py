"""The mails to a partner, and that the counsellor learns of none of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from counsel.reminders.dispatch import run_due
from counsel.reminders.models import Reminder
from counsel.reminders.words import assert_neutral
from exercises.partner_tokens import partner_token
from exercises.services.partners import partner_end, partner_invite
from exercises.services.small_shares import (
    small_share_open,
    small_share_send,
    small_share_take_back,
)
from tests.factories import make_manager, make_partner, make_portal_client

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LEDGER = reverse("admin:reminders_reminder_changelist")


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ravi(db):
    return make_portal_client(name="Quetzal", reminder_hour=None)


@pytest.fixture
def tie(ravi, clock):
    return make_partner(client=ravi, name="Kiebitz", signs_as="Quetzal")


def send_at(clock, moment):
    clock.move_to(moment)
    run_due(moment)
    return len(mail.outbox)


def test_the_invitation_names_nobody_and_leads_to_our_own_page(ravi, clock, settings):
    settings.BASE_URL = "https://a.example"
    partner = partner_invite(
        client=ravi, name="Kiebitz", email="ben@example.org", signs_as="Quetzal"
    )
    assert send_at(clock, NOW + 2 * MINUTE) == 0
    assert send_at(clock, NOW + 3 * MINUTE) == 1
    (sent,) = mail.outbox
    assert sent.to == ["ben@example.org"]
    assert f"https://a.example/with/invitation/{partner_token(partner)}/" in sent.body
    whole = f"{sent.subject}\n{sent.body}"
    assert assert_neutral(whole) == []
    for name in ("Kiebitz", "Quetzal", ravi.counsellor.display_name):
        assert name not in whole


def test_an_invitation_taken_back_in_time_was_never_sent(ravi, clock):
    partner_end(partner=partner_invite(client=ravi, name="Ben", email="ben@example.org"))
    assert send_at(clock, NOW + HOUR) == 0


def test_one_mail_says_that_something_waits(tie, clock):
    small_share_send(partner=tie, text="Goldregen")
    small_share_send(partner=tie, text="Weissdorn")
    assert send_at(clock, NOW + 2 * MINUTE) == 0
    assert send_at(clock, NOW + 3 * MINUTE) == 1
    (sent,) = mail.outbox
    assert sent.to == [tie.user.email]
    assert reverse("exercises:with") in sent.body
    for word in ("Goldregen", "Weissdorn", "Quetzal", "Kiebitz"):
        assert word not in f"{sent.subject}\n{sent.body}"


def test_never_two_within_a_day(tie, clock):
    small_share_send(partner=tie, text="One")
    first = NOW + 3 * MINUTE
    assert send_at(clock, first) == 1
    clock.move_to(NOW + HOUR)
    small_share_send(partner=tie, text="Two")
    small_share_send(partner=tie, text="Three")
    assert send_at(clock, first + 24 * HOUR - MINUTE) == 1
    assert send_at(clock, first + 24 * HOUR) == 2
    assert send_at(clock, first + 96 * HOUR) == 2


@pytest.mark.parametrize("what", ["read", "taken back", "ended", "paused", "partner gone"])
def test_none_goes_out_for_nothing(tie, ravi, clock, what):
    share = small_share_send(partner=tie, text="One")
    if what == "read":
        small_share_open(share=share)
    elif what == "taken back":
        small_share_take_back(share=share)
    elif what == "ended":
        partner_end(partner=tie)
    elif what == "paused":
        ravi.status = "paused"
        ravi.save()
    else:
        tie.user.is_active = False
        tie.user.save()
    assert send_at(clock, NOW + HOUR) == 0


def test_after_one_that_was_not_needed_the_next_share_has_its_own(tie, clock):
    small_share_take_back(share=small_share_send(partner=tie, text="One"))
    assert send_at(clock, NOW + 3 * MINUTE) == 0
    small_share_send(partner=tie, text="Two")
    assert send_at(clock, NOW + 6 * MINUTE) == 1


@pytest.mark.parametrize("state", ["queued", "sent", "skipped", "cancelled", "failed", "uncertain"])
@pytest.mark.parametrize("is_manager", [False, True])
def test_the_counsellor_sees_no_row_of_them_whatever_its_fate(client, ravi, tie, state, is_manager):
    """There being one would tell that somebody is there; a failing one, too."""
    small_share_send(partner=tie, text="One")
    partner_invite(client=make_portal_client(counsellor=ravi.counsellor), **BEN)
    settled = timezone.now() if state != "queued" else None
    Reminder.objects.update(state=state, finished_at=settled)
    user = ravi.counsellor.user
    user.is_superuser = is_manager
    user.save()
    client.force_login(user)
    assert Reminder.objects.count() == 2
    assert not Reminder.objects.visible_to(user).exists()
    page = client.get(LEDGER).content.decode().lower()
    assert "partner" not in page
    for row in Reminder.objects.all():
        for name in ("change", "history"):
            assert client.get(f"{LEDGER}{row.pk}/{name}/").status_code == 404


def test_a_manager_without_clients_sees_keys_and_no_person(client, ravi, tie):
    small_share_send(partner=tie, text="One")
    client.force_login(make_manager())
    page = client.get(LEDGER).content.decode()
    assert f"partner {str(tie.pk)[:8]}" in page
    for name in ("Kiebitz", "Quetzal", tie.email, ravi.counsellor.display_name):
        assert name not in page


BEN = {"name": "Ben", "email": "ben@example.org"}
