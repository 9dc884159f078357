"""What the manager decides for the whole practice."""

from __future__ import annotations

import pytest
from django.urls import reverse

from counsel.accounts.practice import Practice, practice
from tests.factories import make_manager

pytestmark = pytest.mark.django_db
LIST = reverse("admin:accounts_practice_changelist")
ADD = reverse("admin:accounts_practice_add")
CHANGE = reverse("admin:accounts_practice_change", args=[1])
BLOG = {
    "frame_hosts": "https://blog.example.org",
    "confirm_minutes": 20,
    "offer_hours": 6,
    "missed_in_a_row": 3,
    "quiet_days": 14,
}


@pytest.fixture
def desk(client):
    client.force_login(make_manager())
    return client


def test_the_first_row_is_written_and_then_changed(desk):
    assert practice().frame_origins == []
    assert desk.get(LIST)["Location"] == ADD
    desk.post(ADD, BLOG)
    assert practice().frame_origins == ["https://blog.example.org"]
    assert desk.get(LIST)["Location"] == CHANGE
    desk.post(CHANGE, {**BLOG, "frame_hosts": ""})
    assert practice().frame_origins == []
    assert practice().confirm_minutes == 20


def test_there_is_one_row_and_it_stays(desk):
    Practice.objects.create()
    assert desk.get(ADD).status_code == 403
    assert desk.post(ADD, BLOG).status_code == 403
    assert desk.post(reverse("admin:accounts_practice_delete", args=[1])).status_code == 403
    assert Practice.objects.count() == 1


@pytest.mark.parametrize(
    "hosts",
    [
        "blog.example.org",
        "http://blog.example.org",
        "https://blog.example.org/page",
        "https://*.example.org",
        "'self'",
        "https://blog.example.org; script-src *",
        "https://blog.example.org,https://b.example",
    ],
)
def test_only_whole_addresses_are_taken(desk, hosts):
    response = desk.post(ADD, {**BLOG, "frame_hosts": hosts})
    assert "Write one address a line" in response.content.decode()
    assert not Practice.objects.exists()
