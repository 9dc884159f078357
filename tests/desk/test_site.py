from __future__ import annotations

from datetime import date

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group

from counsel.accounts.scoped_admin import ScopedAdmin
from tests.factories import (
    make_client,
    make_counsellor,
    make_manager,
    make_portal_client,
)

pytestmark = pytest.mark.django_db


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
    assert "now” needs you" not in client.get("/admin/").content.decode()


def test_it_asks_no_counsellor_for_them(client):
    client.force_login(make_counsellor().user)
    assert "now” needs you" not in client.get("/admin/").content.decode()
