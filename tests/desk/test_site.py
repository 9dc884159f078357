from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group

from counsel.accounts.scoped_admin import ScopedAdmin
from counsel.desk.today import day_of
from exercises.models import Review
from tests.factories import (
    make_client,
    make_consultation,
    make_counsellor,
    make_entry,
    make_manager,
    make_portal_client,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 8, tzinfo=UTC)


@pytest.mark.parametrize("url", ["/admin/", "/admin/login/", "/admin/clients/client/", "/admin/x/"])
def test_it_has_one_door(client, url):
    response = client.get(url, follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=/admin/")


def test_it_takes_no_password_at_a_door_of_its_own(client):
    user = make_counsellor().user
    form = {"username": user.email, "password": "a long enough password"}
    assert client.post("/admin/login/", form)["Location"].startswith("/accounts/login/")
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("url", ["/admin/", "/admin/login/", "/admin/clients/client/"])
def test_it_is_closed_to_clients(client, url):
    client.force_login(make_portal_client().user)
    assert client.get(url).status_code == 403


def test_it_is_closed_to_staff_who_neither_counsel_nor_manage(client):
    user = make_counsellor().user
    user.counsellor.delete()
    client.force_login(user)
    assert client.get("/admin/").status_code == 403


def test_it_leads_the_signed_in_to_the_desk(client):
    client.force_login(make_counsellor().user)
    assert client.get("/admin/login/")["Location"] == "/admin/"


def test_it_signs_out_like_the_portal(client):
    client.force_login(make_counsellor().user)
    assert client.post("/admin/logout/")["Location"] == "/"
    assert client.get("/admin/").status_code == 302


def test_it_changes_a_password_where_everybody_does(client):
    client.force_login(make_counsellor().user)
    assert client.get("/admin/password_change/")["Location"] == "/accounts/password/change/"
    assert client.get("/admin/password_change/done/").status_code == 404


def test_it_names_no_log_entry_of_another(client):
    mine, other = make_counsellor().user, make_counsellor().user
    LogEntry.objects.log_actions(other.pk, [make_client()], CHANGE, "Canary-7Q")
    client.force_login(mine)
    assert list(client.get("/admin/").context["log_entries"]) == []


@time_machine.travel(NOW, tick=False)
def test_it_opens_with_the_day(client):
    person = make_client(name="Person-4X")
    make_consultation(client=person, starts_at=NOW + timedelta(hours=2))
    make_consultation(client=person, starts_at=NOW + timedelta(days=2))
    asked = make_consultation(client=person, starts_at=NOW + timedelta(days=3), status="pending")
    make_entry(client=person, sharing="shared")
    client.force_login(person.counsellor.user)
    response = client.get("/admin/")
    assert response.content.decode().count('class="status status-wait"') == 1
    assert f"/consultation/{asked.pk}/change/" in response.content.decode()
    day = response.context["day"]
    assert [len(day.today), len(day.later), len(day.requests)] == [1, 1, 1]
    assert [(row.name, row.count) for row in day.unread] == [("Person-4X", 1)]


@time_machine.travel(NOW, tick=False)
def test_it_leaves_out_of_the_day_what_is_over_cancelled_private_or_read(client):
    person = make_client()
    make_consultation(client=person, starts_at=NOW - timedelta(hours=2))
    make_consultation(client=person, starts_at=NOW + timedelta(days=9))
    make_consultation(client=person, starts_at=NOW + timedelta(days=1), status="declined")
    make_entry(client=person)
    make_entry(client=person, sharing="shared", state="draft")
    Review.objects.create(entry=make_entry(client=person, sharing="shared"), seen_at=NOW)
    client.force_login(person.counsellor.user)
    response = client.get("/admin/")
    day = response.context["day"]
    assert [day.today, day.later, day.requests, day.unread] == [[], [], [], []]
    assert "You have read everything that was shared." in response.content.decode()


@time_machine.travel(NOW, tick=False)
def test_it_shows_nothing_of_another_caseload(client):
    theirs = make_client(name="Canary-7Q")
    make_consultation(client=theirs, starts_at=NOW + timedelta(hours=2))
    make_consultation(client=theirs, starts_at=NOW + timedelta(days=2), status="pending")
    make_entry(client=theirs, sharing="shared")
    for reader in (make_counsellor().user, make_manager()):
        client.force_login(reader)
        assert "Canary-7Q" not in client.get("/admin/").content.decode()


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("clients", [1, 8])
def test_it_reads_the_day_in_three_queries(clients, django_assert_num_queries):
    counsellor = make_counsellor()
    for number in range(clients):
        person = make_client(counsellor=counsellor)
        make_consultation(client=person, starts_at=NOW + timedelta(hours=2 * number + 1))
        make_entry(client=person, sharing="shared")
    with django_assert_num_queries(3):
        day_of(counsellor.user, NOW)


def test_it_takes_no_page_that_has_no_wall():
    for model in admin.site._registry:
        assert isinstance(admin.site.get_model_admin(model), ScopedAdmin)
    assert not admin.site.is_registered(Group)
    assert not admin.site.is_registered(EmailAddress)


def test_it_asks_the_manager_for_numbers_to_call_until_they_are_there(client, settings, tmp_path):
    client.force_login(make_manager())
    assert "names nobody to call" in client.get("/admin/").content.decode()
    settings.HELP_LINES_FILE = tmp_path / "lines.toml"
    settings.HELP_LINES_FILE.write_text(
        f'[[line]]\nname = "A line"\nnumber = "116 123"\nchecked_on = {date.today()}\n'
    )
    assert "needs you" not in client.get("/admin/").content.decode()


def test_it_asks_no_counsellor_for_them(client):
    client.force_login(make_counsellor().user)
    assert "needs you" not in client.get("/admin/").content.decode()
