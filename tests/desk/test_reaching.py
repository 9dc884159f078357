from __future__ import annotations

import pytest
from django.utils import timezone

from clients.models import Address, Client
from clients.services import homework_mails_stop
from counsel.audit.models import AccessEvent, Verb
from tests.factories import make_client, make_counsellor, make_portal_client

pytestmark = pytest.mark.django_db
CHOSEN = {"email_wording": "none", "when": "own", "offsets": ["120"]}


@pytest.fixture
def anna(client):
    anna = make_portal_client(name="Anna", email="anna@example.org")
    client.force_login(anna.counsellor.user)
    return anna


def page_of(anna):
    return f"/admin/clients/client/{anna.pk}/reach/"


def verified(anna, **fields):
    return Address.objects.create(
        client=anna,
        channel="email",
        value="quiet@example.org",
        verified_at=timezone.now(),
        **fields,
    )


def test_what_they_asked_for_is_noted_for_them(client, anna):
    assert client.post(page_of(anna), CHOSEN)["Location"] == page_of(anna)
    kept = Client.objects.get(pk=anna.pk)
    assert (kept.email_wording, kept.reminder_offsets) == ("none", [120])
    event = AccessEvent.objects.latest("sequence")
    assert (event.verb, event.subject_id, event.client_id) == (Verb.CHANGE, anna.pk, anna.pk)


def test_reading_it_is_noted_too(client, anna):
    client.get(page_of(anna))
    assert AccessEvent.objects.latest("sequence").verb == Verb.READ


def test_what_is_missing_is_said_beside_it_and_nothing_is_lost(client, anna):
    answer = client.post(page_of(anna), {**CHOSEN, "offsets": []})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["offsets"]
    assert answer.context["form"]["email_wording"].value() == "none"
    assert Client.objects.get(pk=anna.pk).email_wording == "neutral"


def test_another_address_is_theirs_to_know(client, anna):
    verified(anna)
    page = client.get(page_of(anna)).content.decode()
    assert "quiet@example.org" not in page
    assert "another address" in page


def test_mails_they_have_stopped_are_said(client, anna):
    words = "They have stopped the mails about their practice"
    assert words not in client.get(page_of(anna)).content.decode()
    homework_mails_stop(client=anna, now=timezone.now())
    assert words in client.get(page_of(anna)).content.decode()


@pytest.mark.parametrize("is_own", [True, False])
def test_messages_that_come_back_are_said_on_the_card(client, anna, is_own):
    card = f"/admin/clients/client/{anna.pk}/change/"
    assert "Messages come back" not in client.get(card).content.decode()
    if is_own:
        Client.objects.filter(pk=anna.pk).update(email_refused_at=timezone.now())
    else:
        verified(anna, refused_at=timezone.now())
    assert "Messages come back" in client.get(card).content.decode()
    assert "came back" in client.get(page_of(anna)).content.decode()


def test_a_new_address_starts_afresh(client, anna):
    invited = make_client(
        counsellor=anna.counsellor, email="slip@example.org", email_refused_at=timezone.now()
    )
    form = client.get(f"/admin/clients/client/{invited.pk}/change/").context["adminform"].form
    typed = {**form.initial, "email": "right@example.org", "emergency_contact": ""}
    client.post(f"/admin/clients/client/{invited.pk}/change/", typed)
    invited.refresh_from_db()
    assert (invited.email, invited.email_refused_at) == ("right@example.org", None)


def test_the_same_address_stays_refused_when_something_else_is_changed(client, anna):
    at = timezone.now()
    invited = make_client(counsellor=anna.counsellor, email_refused_at=at)
    form = client.get(f"/admin/clients/client/{invited.pk}/change/").context["adminform"].form
    client.post(
        f"/admin/clients/client/{invited.pk}/change/",
        {**form.initial, "name": "Ben", "emergency_contact": ""},
    )
    invited.refresh_from_db()
    assert (invited.name, invited.email_refused_at) == ("Ben", at)


def test_a_colleague_finds_no_such_page(client, anna):
    client.force_login(make_counsellor().user)
    assert client.post(page_of(anna), CHOSEN).status_code == 404
    assert Client.objects.get(pk=anna.pk).email_wording == "neutral"


@pytest.mark.parametrize(
    "fields", [{"email_wording": "none"}, {"email_refused_at": "2030-01-01T00:00Z"}]
)
def test_an_invitation_that_will_not_go_out_is_said_so(client, anna, fields):
    invited = make_client(counsellor=anna.counsellor, **fields)
    page = client.post(f"/admin/clients/client/{invited.pk}/invite/", follow=True)
    assert "will not go out" in page.content.decode()
