"""Consents are rows of versions, and what rests on one ends with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from clients.models import Consent, SafetyPlan
from clients.selectors import current_consent
from clients.services import (
    MessageChoices,
    consent_ask,
    consent_documents_load,
    consent_give,
    consent_request_answer,
    consent_withdraw,
    messages_choose,
    safety_plan_keep,
)
from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.dispatch import run_due
from counsel.reminders.models import Reminder
from exercises.models import Entry
from exercises.services.declining import entry_could_not
from exercises.services.practising import entry_share, entry_submit
from sessions.planning import plan_reminders
from tests.exercises.measuring import make_measure
from tests.factories import (
    make_assignment,
    make_consent_document,
    make_consultation,
    make_entry,
    make_portal_client,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        consent_documents_load()
        yield clock


@pytest.fixture
def anna():
    return make_portal_client(name="Anna", email_wording="plain")


def text(slug):
    return current_consent(slug, "en-gb")


def test_each_is_a_row_of_one_version_with_its_words_hashed_and_how_it_was_given(anna, clock):
    first = make_consent_document(slug="fees", version=1, text="Eighty.")
    second = make_consent_document(slug="fees", version=2, text="Ninety.")
    consent_give(client=anna, document=first, channel=Consent.Channel.BOOKING)
    clock.shift(timedelta(days=1))
    consent_withdraw(client=anna, document=first)
    clock.shift(timedelta(days=1))
    consent_give(client=anna, document=second)
    later = [NOW + timedelta(days=n) for n in (1, 2)]
    rows = anna.consents.order_by("given_at")
    assert [
        (row.document.version, row.text_hash, row.given_at, row.channel, row.withdrawn_at)
        for row in rows
    ] == [
        (1, first.text_hash, NOW, "booking", later[0]),
        (2, second.text_hash, later[1], "portal", None),
    ]
    assert first.text_hash != second.text_hash


def reminded(anna, clock):
    """What became of the reminders of a consultation tomorrow, and the mails that went out."""
    meeting = make_consultation(client=anna, starts_at=NOW + timedelta(days=3))
    plan_reminders([meeting], NOW)
    mail.outbox.clear()
    clock.move_to(meeting.starts_at - timedelta(hours=23))
    run_due()
    rows = Reminder.objects.filter(subject=f"consultation:{meeting.pk}").order_by("due_at")
    return [(row.state, row.reason) for row in rows][:1], [it.body for it in mail.outbox]


def test_taken_back_mails_end_with_the_next_and_the_ledger_says_why(anna, clock):
    meeting = make_consultation(client=anna, starts_at=NOW + timedelta(days=2))
    plan_reminders([meeting], NOW)
    consent_withdraw(client=anna, document=text("mail"))
    clock.move_to(meeting.starts_at - timedelta(hours=23))
    run_due()
    rows = Reminder.objects.filter(
        subject=f"consultation:{meeting.pk}", due_at__lte=meeting.starts_at
    )
    found = {(row.state, row.reason) for row in rows if row.state != "queued"}
    assert found == {("skipped", "they took back their agreement to mails")}
    assert not mail.outbox


def test_agreed_to_again_they_come_again(anna, clock):
    consent_withdraw(client=anna, document=text("mail"))
    consent_give(client=anna, document=text("mail"))
    [fate], mails = reminded(anna, clock)
    assert fate == ("sent", "")
    assert len(mails) == 1


def test_taken_back_the_next_mail_names_nobody(anna, clock):
    consent_give(client=anna, document=text("plain-mail"))
    consent_withdraw(client=anna, document=text("plain-mail"))
    [fate], mails = reminded(anna, clock)
    assert fate[0] == "sent"
    assert "Anna" not in mails[0] and anna.counsellor.display_name not in mails[0]
    choices = {"sms_wording": "none", "push_wording": "none", "reminder_offsets": None}
    with pytest.raises(DomainError) as refused:
        messages_choose(client=anna, choices=MessageChoices(email_wording="plain", **choices))
    assert refused.value.field == "email_wording"


def test_taken_back_nothing_is_shared_and_nothing_more_will_be(anna):
    desk = anna.counsellor.user
    shared = make_entry(client=anna, answers={"words": "A bird."}, sharing="shared")
    make_entry(client=anna, state="draft", sharing="shared")
    consent_give(client=anna, document=text("sharing"))
    consent_withdraw(client=anna, document=text("sharing"))
    assert not Entry.objects.visible_to(desk).shared().exists()
    assert not Entry.objects.filter(client=anna, sharing="shared").exists()
    shared.refresh_from_db()
    with pytest.raises(ConflictError):
        entry_share(entry=shared, sharing="shared")
    version = shared.version
    draft = make_entry(client=anna, version=make_measure("gad-7"), state="draft", answers={})
    entry_share(entry=draft, sharing="shared")
    todo = make_assignment(client=anna, version=version, starts_on=NOW.date())
    entry_could_not(assignment=todo, because="Travelling.", sharing="shared")
    assert not Entry.objects.filter(client=anna, sharing="shared").exists()
    consent_give(client=anna, document=text("sharing"))
    # What was shared before is not shared again by itself.
    assert not Entry.objects.filter(client=anna, sharing="shared").exists()
    entry_share(entry=Entry.objects.get(pk=shared.pk), sharing="shared")
    assert Entry.objects.visible_to(desk).shared().get() == shared


def test_a_draft_that_was_to_be_shared_is_handed_in_as_private(anna):
    draft = make_entry(client=anna, state="draft", answers={"words": "Hello."}, sharing="shared")
    consent_withdraw(client=anna, document=text("sharing"))
    assert entry_submit(entry=draft, sharing="shared").sharing == "private"


def test_who_never_agreed_on_its_own_may_say_no_and_that_is_kept(anna):
    consent_withdraw(client=anna, document=text("mail"))
    consent_withdraw(client=anna, document=text("mail"))
    anna.refresh_from_db()
    assert anna.mail_off_at == NOW
    [said] = anna.consent_requests.all()
    assert (said.document.slug, said.answer, said.answered_at) == ("mail", "declined", NOW)


def test_asked_for_a_purpose_and_declined_it_is_off(anna):
    asking = consent_ask(client=anna, document=text("sharing"))
    consent_request_answer(request=asking, agrees=False)
    anna.refresh_from_db()
    assert anna.sharing_off_at == NOW


def test_what_was_agreed_on_booking_carries_all_of_them(anna):
    consent_give(client=anna, document=text("booking"), channel=Consent.Channel.BOOKING)
    consent_withdraw(client=anna, document=text("booking"))
    anna.refresh_from_db()
    assert (anna.mail_off_at, anna.plain_mail_off_at, anna.sharing_off_at) == (NOW, NOW, NOW)


def test_it_is_done_on_the_clients_own_page(client, anna, django_assert_max_num_queries):
    client.force_login(anna.user)
    page = reverse("clients:agreements")
    assert "You were not asked for it on its own." in client.get(page).text
    for slug in ("mail", "plain-mail", "sharing"):
        say = reverse("clients:agreement_say", args=[text(slug).pk])
        assert client.post(say, {"answer": "withdraw"})["Location"] == page
    anna.refresh_from_db()
    assert anna.mail_off_at and anna.plain_mail_off_at and anna.sharing_off_at
    with django_assert_max_num_queries(16):
        assert client.get(page).text.count("Off since 7 January 2030") == 3
    client.post(reverse("clients:agreement_say", args=[text("mail").pk]), {"answer": "agree"})
    anna.refresh_from_db()
    assert anna.mail_off_at is None
    assert "You agreed on 7 January 2030, to version 1." in client.get(page).text
    unknown = make_consent_document(slug="nobody-agreed")
    say = reverse("clients:agreement_say", args=[unknown.pk])
    assert client.post(say, {"answer": "withdraw"}).status_code == 404


def test_the_plan_for_hard_moments_is_theirs_alone_then_too(anna):
    words = {"people": "My sister."}
    safety_plan_keep(client=anna, words=words, is_shared=True, seen=0)
    consent_withdraw(client=anna, document=text("sharing"))
    plan = SafetyPlan.objects.get(client=anna)
    assert not plan.is_shared
    again = safety_plan_keep(client=anna, words=words, is_shared=True, seen=plan.version)
    assert again is not None and not again.is_shared
