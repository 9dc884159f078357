"""What a client wants to talk about, at the desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from counsel.audit.models import AccessEvent, Verb
from sessions.services import talking_point_write
from sessions.talking import open_talking_point
from tests.desk.faults import inserts_refused
from tests.factories import make_counsellor, make_portal_client

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ravi(client):
    ravi = make_portal_client()
    client.force_login(ravi.counsellor.user)
    return ravi


@pytest.fixture
def point(ravi):
    return talking_point_write(client=ravi, text="My <b>sister</b>.\nAnd sleep.", now=NOW)


def settle(client, person, seen):
    url = reverse("admin:clients_client_talk_settle", args=[person.pk])
    return client.post(url, {"seen": seen}, follow=True)


def brief(client, person):
    return client.get(f"/admin/clients/client/{person.pk}/change/").content.decode()


def test_the_brief_shows_the_words_as_written_and_when(client, ravi, point):
    shown = brief(client, ravi)
    assert "My &lt;b&gt;sister&lt;/b&gt;.<br>And sleep." in shown
    assert "written on Thu 3 Jan" in shown
    assert f'name="seen" value="{point.mark}"' in shown
    assert AccessEvent.objects.count() == 1


def test_a_click_settles_them_and_is_noted(client, ravi, point):
    page = settle(client, ravi, point.mark).content.decode()
    assert "Ticked as talked about." in page
    assert open_talking_point(ravi) is None
    event = AccessEvent.objects.get(verb=Verb.CHANGE)
    assert (event.subject_id, event.client_id) == (point.pk, ravi.pk)
    assert "Wants to talk about" not in brief(client, ravi)


@pytest.mark.parametrize("becomes", ["Something else.", ""])
def test_what_the_client_has_changed_since_is_not_settled(client, ravi, point, becomes):
    later = NOW + timedelta(minutes=1)
    mark = point.mark
    talking_point_write(client=ravi, text=becomes, now=later)
    page = settle(client, ravi, mark).content.decode()
    assert "The client has changed this in the meantime." in page
    assert bool(open_talking_point(ravi)) is bool(becomes)
    assert not AccessEvent.objects.filter(verb=Verb.CHANGE).exists()


def test_two_clicks_settle_it_once(client, ravi, point):
    for _ in range(2):
        page = settle(client, ravi, point.mark)
    assert "in the meantime" in page.content.decode()
    assert AccessEvent.objects.filter(verb=Verb.CHANGE).count() == 1


@pytest.mark.parametrize("seen", ["", "\0", "x" * 10_000])
def test_a_forged_mark_settles_nothing(client, ravi, point, seen):
    assert settle(client, ravi, seen).status_code == 200
    assert open_talking_point(ravi) == point


def test_another_counsellor_finds_nothing_to_settle(client, ravi, point):
    client.force_login(make_counsellor().user)
    assert settle(client, ravi, point.mark).status_code == 404
    assert open_talking_point(ravi) == point


def test_what_cannot_be_noted_does_not_happen(client, ravi, point):
    client.raise_request_exception = False
    with inserts_refused("audit_accessevent"):
        assert settle(client, ravi, point.mark).status_code == 503
    assert open_talking_point(ravi) == point
