from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import RequestFactory

from tests.factories import make_counsellor, make_manager

pytestmark = pytest.mark.django_db


def entries(client, address="/admin/"):
    return [entry for group in client.get(address).context["menu"] for entry in group.entries]


@pytest.mark.parametrize("make_user", [lambda: make_counsellor().user, make_manager])
def test_every_list_the_reader_may_open_stands_in_it_once(client, make_user):
    user = make_user()
    client.force_login(user)
    request = RequestFactory().get("/admin/")
    request.user = user
    lists = [m["admin_url"] for app in admin.site.get_app_list(request) for m in app["models"]]
    urls = [str(entry.url) for entry in entries(client)]
    assert len(urls) == len(set(urls))
    assert set(urls) >= set(lists)
    assert [client.get(url, follow=True).status_code for url in urls] == [200] * len(urls)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/admin/", []),
        ("/admin/clients/client/add/", ["Clients"]),
        ("/admin/consultations/consultation/", ["Consultations"]),
        ("/admin/consultations/consultation/calendar/", ["Calendar"]),
    ],
)
def test_it_says_where_the_reader_is(client, address, name):
    client.force_login(make_counsellor().user)
    assert [entry.name for entry in entries(client, address) if entry.is_current] == name
    assert client.get(address).content.decode().count('aria-current="page"') == len(name)


def test_a_manager_without_a_caseload_has_no_pages_of_one(client):
    client.force_login(make_manager())
    assert "Calendar" not in [str(entry.name) for entry in entries(client)]
