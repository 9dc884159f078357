from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail, signing

from clients.models import Client, Invitation
from clients.services import invitation_send
from clients.tokens import invitation_token
from counsel.accounts.models import User
from counsel.reminders.models import Reminder
from counsel.reminders.registry import get_kind
from counsel.reminders.words import assert_neutral
from tests.factories import make_client, make_portal_client
from tests.letters import address_of, message_of

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)


def invite(**fields) -> tuple[Client, str]:
    anna = make_client(**{"name": "Anna Quetzal", "email": "quetzal@example.org", **fields})
    return anna, f"/invitation/{invitation_token(invitation_send(client=anna))}/"


def accept(client, address, zone="Asia/Kolkata"):
    return client.post(address, {"time_zone": zone})


def test_it_changes_nothing_when_a_link_is_only_opened(client):
    _, address = invite()
    for method in (client.head, client.get, client.get):
        assert method(address).status_code == 200
    assert Invitation.objects.get().accepted_at is None
    assert not User.objects.filter(email="quetzal@example.org").exists()


def test_it_says_nothing_about_whom_the_link_is_for(client):
    anna, address = invite()
    answer = client.get(address)
    assert "no-store" in answer["Cache-Control"]
    page = answer.content.decode()
    assert "noindex" in page
    for fact in ("Quetzal", "quetzal@", anna.counsellor.display_name):
        assert fact not in page


def test_it_opens_the_portal_by_one_press(client):
    anna, address = invite()
    answer = accept(client, address)
    assert answer["Location"] == "/my/welcome/"
    assert "Anna Quetzal" in client.get("/my/welcome/").content.decode()
    assert client.get("/my/").status_code == 200
    anna.refresh_from_db()
    assert (anna.user.email, anna.time_zone) == ("quetzal@example.org", "Asia/Kolkata")


def test_it_sends_those_who_come_again_to_the_sign_in(client, django_user_model):
    _, address = invite()
    accept(client, address)
    client.logout()
    for answer in (client.get(address), accept(client, address)):
        assert answer.status_code == 200
        assert "opened it already" in answer.content.decode()
    assert client.get("/my/").status_code == 302


def test_it_is_friendly_to_those_who_come_too_late(client):
    with time_machine.travel(NOW, tick=False):
        _, address = invite()
    with time_machine.travel(NOW + timedelta(days=14), tick=False):
        answer = accept(client, address)
    assert "run out" in answer.content.decode()
    assert not User.objects.filter(email="quetzal@example.org").exists()


@pytest.mark.parametrize(
    "spoilt",
    [
        "{id}:{signature}x",
        "00000000000000000000000000000000:{signature}",
        "{id}",
        "{id}:",
        ":{signature}",
        "x",
        "%00",
        "{id}:{signature}\N{ARABIC LETTER MEEM}",
    ],
)
def test_it_opens_nothing_for_a_spoilt_link(client, spoilt):
    _, address = invite()
    key, _, signature = address.split("/")[2].partition(":")
    answer = accept(client, f"/invitation/{spoilt.format(id=key, signature=signature)}/")
    assert answer.status_code == 404
    assert "opens nothing" in answer.content.decode()
    assert Invitation.objects.get().accepted_at is None


def test_it_is_bound_to_the_address_it_went_to(client):
    anna, address = invite()
    anna.email = "new@example.org"
    anna.save(update_fields=["email"])
    assert accept(client, address).status_code == 404


def test_a_token_of_another_kind_opens_nothing(client):
    anna, _ = invite()
    other = signing.Signer(salt="another").sign(Invitation.objects.get().pk.hex)
    assert client.get(f"/invitation/{other}/").status_code == 404


def test_a_token_holds_nothing_readable():
    _, address = invite()
    assert re.fullmatch(r"/invitation/[0-9a-f]{32}:[\w-]{43}/", address)


@pytest.mark.parametrize("zone", ["", "Mars/Phobos", "../../etc/passwd", "x" * 100_000])
def test_it_asks_again_for_a_zone_that_is_none(client, zone):
    _, address = invite()
    answer = accept(client, address, zone=zone)
    assert answer.status_code == 200
    assert 'id="id_time_zone_error"' in answer.content.decode()
    assert Invitation.objects.get().accepted_at is None


def test_somebody_who_signs_in_here_already_is_asked_to_do_so(client):
    there = make_portal_client(email="quetzal@example.org")
    anna, address = invite()
    page = accept(client, address).content.decode()
    assert f"/accounts/login/?next={address.replace(':', '%3A')}" in page
    client.force_login(there.user)
    assert accept(client, address)["Location"] == "/my/"
    anna.refresh_from_db()
    assert anna.user == there.user


def test_it_does_not_give_the_invitation_to_whoever_is_signed_in(client):
    anna, address = invite()
    client.force_login(make_portal_client().user)
    assert "Somebody else is signed in" in accept(client, address).content.decode()
    anna.refresh_from_db()
    assert anna.user is None


def test_the_mail_says_nothing_and_links_to_our_own_address(settings):
    settings.BASE_URL = "https://a.example"
    anna, address = invite()
    row = Reminder.objects.get()
    message = message_of(row)
    assert address_of(row) == "quetzal@example.org"
    assert f"https://a.example{address}" in message.body
    assert "Quetzal" not in message.subject + message.body
    assert assert_neutral(f"{message.subject}\n{message.body}") == []


def test_the_mail_is_not_wanted_once_accepted(client):
    _, address = invite()
    reminder = Reminder.objects.get()
    still_wanted = get_kind("invitation").still_wanted
    assert still_wanted(reminder, datetime.now(UTC)) is None
    accept(client, address)
    assert still_wanted(reminder, datetime.now(UTC))
    assert mail.outbox == []
