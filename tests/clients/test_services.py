from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress

from clients.models import Client, Consent, ConsentDocument, Invitation
from clients.selectors import current_consent
from clients.services import (
    ClientSettings,
    client_for_booking,
    client_settings_change,
    consent_document_publish,
    consent_documents_load,
    consent_give,
    invitation_accept,
    invitation_send,
)
from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.models import Reminder, State
from tests.factories import (
    make_client,
    make_consent_document,
    make_counsellor,
    make_portal_client,
    make_user,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)


def book_as(counsellor, email, name="Anna"):
    return client_for_booking(
        counsellor=counsellor, name=name, email=email, time_zone="Asia/Kolkata"
    )


def settings_of(anna, **changes):
    fields = {name: getattr(anna, name) for name in ClientSettings.__dataclass_fields__}
    return ClientSettings(**{**fields, **changes})


def test_it_makes_a_client_for_a_new_address():
    counsellor = make_counsellor()
    anna = book_as(counsellor, "anna@example.org")
    assert Client.objects.get() == anna
    assert (anna.status, anna.time_zone, anna.user) == ("prospective", "Asia/Kolkata", None)


def test_it_finds_a_client_again_whatever_the_case_and_changes_nothing():
    anna = make_client(name="Anna", email="anna@example.org")
    found = book_as(anna.counsellor, "ANNA@Example.org", name="Somebody else")
    assert found == anna
    assert Client.objects.get().name == "Anna"


def test_it_keeps_the_same_address_apart_for_each_counsellor():
    anna = make_client(email="anna@example.org")
    again = book_as(make_counsellor(), "anna@example.org")
    assert again != anna
    assert Client.objects.count() == 2


def test_it_keeps_settings_and_moves_the_persons_one_clock():
    anna = make_portal_client()
    elsewhere = make_client(user=anna.user, email="other@example.org")
    client_settings_change(
        client=anna, settings=settings_of(anna, name="Ann", time_zone="Asia/Kolkata")
    )
    for row in (anna, elsewhere, anna.user):
        row.refresh_from_db()
        assert row.time_zone == "Asia/Kolkata"
    assert (anna.name, elsewhere.name == "Ann") == ("Ann", False)


def test_it_publishes_the_texts_that_come_along_once():
    assert consent_documents_load() > 0
    assert consent_documents_load() == 0
    assert current_consent("booking", "en-gb").text


def test_it_never_changes_a_published_text():
    text = {"slug": "booking", "version": 1, "language": "en-gb", "title": "How we keep it"}
    consent_document_publish(**text, text="We keep it safe.")
    with pytest.raises(DomainError):
        consent_document_publish(**text, text="We sell it.")
    assert ConsentDocument.objects.get().text == "We keep it safe."


def test_it_offers_the_newest_text_in_the_language_asked_for_or_the_first_one():
    make_consent_document(version=1, language="hi")
    english = make_consent_document(version=2)
    hindi = make_consent_document(version=3, language="hi")
    assert current_consent("booking", "hi") == hindi
    assert current_consent("booking", "fr") == english


def test_it_says_so_when_no_text_is_loaded():
    with pytest.raises(ConsentDocument.DoesNotExist):
        current_consent("booking", "en-gb")


def test_it_records_one_standing_consent_with_the_hash_of_what_was_read():
    anna, document = make_client(), make_consent_document()
    first = consent_give(client=anna, document=document)
    assert consent_give(client=anna, document=document) == first
    assert Consent.objects.get().text_hash == document.text_hash


def test_it_takes_a_consent_again_after_a_withdrawal():
    anna, document = make_client(), make_consent_document()
    withdrawn = consent_give(client=anna, document=document)
    Consent.objects.update(withdrawn_at=NOW)
    assert consent_give(client=anna, document=document) != withdrawn


def test_it_invites_with_one_reminder_even_when_asked_twice():
    anna = make_client()
    first = invitation_send(client=anna)
    assert invitation_send(client=anna) == first
    reminder = Reminder.objects.get()
    assert (reminder.kind, reminder.person) == ("invitation", f"client:{anna.pk}")
    assert reminder.subject == f"invitation:{first.pk}"


def test_it_replaces_an_older_invitation_and_its_mail():
    anna = make_client()
    with time_machine.travel(NOW, tick=False):
        first = invitation_send(client=anna)
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        second = invitation_send(client=anna)
        first.refresh_from_db()
        with pytest.raises(ConflictError):
            invitation_accept(invitation=first, time_zone="UTC")
    withdrawn = Reminder.objects.get(subject=f"invitation:{first.pk}")
    waiting = Reminder.objects.get(subject=f"invitation:{second.pk}")
    assert (withdrawn.state, waiting.state) == (State.CANCELLED, State.QUEUED)


def test_it_does_not_invite_somebody_who_is_there():
    with pytest.raises(DomainError):
        invitation_send(client=make_portal_client())
    assert not Invitation.objects.exists()


def test_it_opens_the_portal_to_the_invited_person():
    anna = make_client(email="Anna@example.org", name="Anna")
    user = invitation_accept(invitation=invitation_send(client=anna), time_zone="Asia/Kolkata")
    anna.refresh_from_db()
    assert anna.user == user
    assert (user.name, user.time_zone, anna.time_zone) == ("Anna", "Asia/Kolkata", "Asia/Kolkata")
    assert not user.has_usable_password()
    address = EmailAddress.objects.get()
    assert (address.email, address.verified, address.primary) == ("anna@example.org", True, True)


def test_it_accepts_an_invitation_once():
    invitation = invitation_send(client=make_client())
    invitation_accept(invitation=invitation, time_zone="UTC")
    with pytest.raises(ConflictError):
        invitation_accept(invitation=invitation, time_zone="UTC")


@pytest.mark.parametrize(("days", "open_"), [(13.99, True), (14, False)])
def test_it_accepts_an_invitation_for_fourteen_days(days, open_):
    with time_machine.travel(NOW, tick=False):
        invitation = invitation_send(client=make_client())
    with time_machine.travel(NOW + timedelta(days=days), tick=False):
        if open_:
            assert invitation_accept(invitation=invitation, time_zone="UTC")
        else:
            with pytest.raises(ConflictError):
                invitation_accept(invitation=invitation, time_zone="UTC")


def test_it_joins_a_second_counsellor_to_the_same_user_once_signed_in():
    there = make_portal_client(email="anna@example.org")
    anna = make_client(email="anna@example.org")
    invitation = invitation_send(client=anna)
    with pytest.raises(DomainError):
        invitation_accept(invitation=invitation, time_zone="UTC")
    invitation_accept(invitation=invitation, time_zone="UTC", signed_in=there.user)
    anna.refresh_from_db()
    assert anna.user == there.user


def test_it_does_not_join_an_invitation_to_whoever_is_signed_in():
    invitation = invitation_send(client=make_client())
    with pytest.raises(DomainError):
        invitation_accept(invitation=invitation, time_zone="UTC", signed_in=make_user())
    invitation.refresh_from_db()
    assert invitation.accepted_at is None
