from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from sessions.models import Consultation, Status
from sessions.tokens.appointments import (
    BadToken,
    Use,
    appointment_token,
    booked_token,
    moving_token,
    proven_version,
    undo_token,
    unproven_id,
)
from tests.factories import make_client, make_consultation, make_service

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
START = datetime(2030, 1, 7, 10, tzinfo=UTC)
TOKENS = {
    Use.APPOINTMENT: appointment_token,
    Use.MOVING: moving_token,
    Use.UNDOING: undo_token,
}
PAGES = {
    "booking:appointment": appointment_token,
    "booking:calendar": appointment_token,
    "booking:move_mailed": moving_token,
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def booked():
    anna = make_client(name="Zanna", email="zanna@example.org")
    return make_consultation(client=anna, starts_at=START)


@pytest.mark.parametrize("use", Use)
def test_a_token_speaks_of_one_version_of_one_consultation(booked, use):
    booked.version = 7
    token = TOKENS[use](booked)
    assert unproven_id(token) == booked.pk
    assert proven_version(token, booked, use) == 7


@pytest.mark.parametrize("made_for", Use)
@pytest.mark.parametrize("used_for", Use)
def test_a_token_for_one_use_is_none_for_another(booked, made_for, used_for):
    token = TOKENS[made_for](booked)
    if made_for == used_for:
        proven_version(token, booked, used_for)
    else:
        with pytest.raises(BadToken):
            proven_version(token, booked, used_for)


@pytest.mark.parametrize("use", Use)
def test_a_token_is_for_no_other_consultation(booked, use):
    other = make_consultation(
        client=booked.client, service=booked.service, starts_at=START + timedelta(days=1)
    )
    with pytest.raises(BadToken):
        proven_version(TOKENS[use](booked), other, use)
    forged = TOKENS[use](booked).replace(booked.pk.hex, other.pk.hex)
    with pytest.raises(BadToken):
        proven_version(forged, other, use)


@pytest.mark.parametrize("use", Use)
def test_a_token_with_one_letter_changed_is_none(booked, use):
    token = TOKENS[use](booked)
    for place in range(len(token)):
        changed = token[:place] + ("0" if token[place] != "0" else "1") + token[place + 1 :]
        with pytest.raises(BadToken):
            proven_version(changed, booked, use)


@pytest.mark.parametrize("text", ["", "x", "-", ":", "x-1:y", "0" * 32, "é" * 9000, "\0", "%00"])
def test_what_is_no_token_names_nothing_or_proves_nothing(booked, text):
    with pytest.raises(BadToken):
        unproven_id(text)
        proven_version(text, booked, Use.APPOINTMENT)


def test_tokens_hold_nothing_but_a_key_and_a_version(booked):
    for token in (booked_token(booked), *(make(booked) for make in TOKENS.values())):
        said, _colon, _signature = token.rpartition(":")
        assert re.fullmatch(booked.pk.hex + "(-1)?", said)


# --- The pages they open ------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_once_the_address_is_corrected_the_old_mailbox_opens_nothing(client, booked, name):
    page = reverse(name, args=[PAGES[name](booked)])
    assert client.get(page).status_code == 200
    booked.client.email = "ZANNA@example.org"
    booked.client.save()
    assert client.get(page).status_code == 200
    booked.client.email = "anna@example.org"
    booked.client.save()
    assert client.get(page).status_code == 404
    assert client.post(page).status_code in {404, 405}
    assert Consultation.objects.get().status == Status.CONFIRMED


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_by_its_own_tokens_alone(client, booked, name):
    for make in (booked_token, *TOKENS.values()):
        expected = 200 if make is PAGES[name] else 404
        assert client.get(reverse(name, args=[make(booked)])).status_code == expected


def test_undoing_takes_no_other_token(client, booked):
    for make in (booked_token, appointment_token, moving_token):
        assert client.post(reverse("booking:undo_mailed", args=[make(booked)])).status_code == 404


@pytest.mark.parametrize("name", ["booking:appointment", "booking:move_mailed"])
def test_once_it_has_begun_the_page_says_so_and_offers_nothing(client, booked, clock, name):
    page = reverse(name, args=[PAGES[name](booked)])
    clock.move_to(START)
    shown = client.get(page).content.decode()
    assert "This appointment is over" in shown
    assert "<form" not in shown.partition("<main")[2].partition("</main")[0]


@pytest.mark.parametrize("name", PAGES)
def test_nothing_keeps_a_page_behind_a_token_or_tells_of_it(client, booked, name):
    response = client.get(reverse(name, args=[PAGES[name](booked)]))
    assert "no-store" in response["Cache-Control"]
    # Not `no-referrer`: a browser would then send no origin with the form either.
    assert response["Referrer-Policy"] == "same-origin"
    shown = response.content.decode()
    assert "Zanna" not in shown
    assert name == "booking:calendar" or '"noindex, nofollow"' in shown


def test_the_service_is_not_named_behind_a_token(client):
    service = make_service(name="Grief work")
    anna = make_client(counsellor=service.counsellor)
    booked = make_consultation(client=anna, service=service, starts_at=START)
    for name, make in PAGES.items():
        page = client.get(reverse(name, args=[make(booked)])).content.decode()
        assert "Grief" not in page
        assert str(service.counsellor) not in page
