"""What people see where something does not open, and after the other secret was replaced."""

from __future__ import annotations

import logging

import pytest

from clients.models import Client
from counsel.common.fields import Sealed
from tests.factories import make_portal_client

pytestmark = pytest.mark.django_db

BROKEN = "v1:k1:" + "A" * 60
SETTINGS = "/my/settings/"


@pytest.fixture
def anna(client):
    anna = make_portal_client(phone="030 1")
    client.force_login(anna.user)
    return anna


def test_a_value_that_does_not_open_is_calm_words_and_not_ciphertext(client, anna, caplog):
    Client._base_manager.filter(pk=anna.pk).update(phone=Sealed(BROKEN))
    with caplog.at_level(logging.CRITICAL):
        answer = client.get(SETTINGS)
    assert answer.status_code == 503
    page = answer.content.decode()
    assert "This cannot be opened just now" in page
    assert "v1:" not in page
    assert "no-store" in answer["Cache-Control"]
    (said,) = [record.getMessage() for record in caplog.records if record.levelno > logging.ERROR]
    assert "content key 'k1' does not open this value" in said
    assert "AAAA" not in said


def test_what_is_sealed_already_is_not_sealed_again_for_anybody(client, anna):
    words = {"name": "Anna", "time_zone": "UTC", "language": "en-gb"}
    words |= {"default_sharing": "private", "emergency_contact": BROKEN}
    assert client.post(SETTINGS, words).status_code == 503
    assert Client._base_manager.get(pk=anna.pk).emergency_contact == ""


def test_with_another_secret_key_people_are_signed_out_and_their_words_still_read(
    client, anna, settings
):
    assert client.get(SETTINGS).status_code == 200
    settings.SECRET_KEY = "another-secret-for-cookies-" + "y" * 40
    answer = client.get(SETTINGS)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    assert Client._base_manager.get(pk=anna.pk).phone == "030 1"
