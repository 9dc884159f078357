from __future__ import annotations

import pytest

from clients.models import CaseloadView
from clients.services import caseload as services
from counsel.desk.caseload.looks import look_of
from tests.factories import make_caseload_view, make_client, make_counsellor

pytestmark = pytest.mark.django_db
LIST = "/admin/clients/client/"
VIEWS = f"{LIST}views/"
LOOK = "status__exact=active&need=unread&o=-5.1"


@pytest.fixture
def counsellor(client):
    counsellor = make_counsellor()
    client.force_login(counsellor.user)
    return counsellor


@pytest.mark.parametrize(
    ("address", "look"),
    [
        (LOOK, LOOK),
        ("o=1&need=flag&p=3&q=Anna&name__icontains=A", "need=flag&o=1"),
        ("need=nonsense&status__exact=Anna&o=Anna", ""),
        ("o=1&o=-2", "o=-2"),
        ("status__exact=all", "status__exact=all"),
        ("%00&&&=%FF", ""),
        (f"o={'1.' * 500}1", ""),
    ],
)
def test_only_what_the_list_knows_is_a_look(address, look):
    assert look_of(address) == look
    assert look_of(look) == look


def test_it_keeps_a_look_and_leads_to_it(client, counsellor):
    make_client(counsellor=counsellor)
    assert (
        f'href="{VIEWS}?{LOOK.replace("&", "&amp;")}"'
        in client.get(f"{LIST}?{LOOK}").content.decode()
    )
    response = client.post(f"{VIEWS}?{LOOK}&q=Anna", {"name": "To read"})
    assert response.headers["Location"] == f"{LIST}?{LOOK}"
    view = CaseloadView.objects.get(owner=counsellor)
    assert (view.name, view.query) == ("To read", LOOK)
    page = client.get(f"{LIST}?{LOOK}").content.decode()
    assert 'aria-current="true"><bdi>To read</bdi>' in page
    assert "Keep this view" not in page


def test_one_of_the_same_name_takes_the_new_look(client, counsellor):
    kept = make_caseload_view(owner=counsellor, name="Mine")
    other = make_caseload_view(name="Mine")
    client.post(f"{VIEWS}?need=quiet", {"name": "Mine"})
    kept.refresh_from_db()
    other.refresh_from_db()
    assert (kept.query, other.query) == ("need=quiet", "need=unread")
    assert CaseloadView.objects.count() == 2


@pytest.mark.parametrize("name", ["", "x" * 61, "a\x00b"])
def test_a_name_that_cannot_be_kept_is_said_beside_the_field(client, counsellor, name):
    response = client.post(f"{VIEWS}?need=flag", {"name": name})
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"name"}
    assert not CaseloadView.objects.exists()


def test_there_is_an_end_to_how_many_are_kept(client, counsellor, monkeypatch):
    monkeypatch.setattr(services, "MOST_VIEWS", 1)
    make_caseload_view(owner=counsellor)
    response = client.post(f"{VIEWS}?need=flag", {"name": "One more"})
    assert response.status_code == 422
    assert "Remove one first." in response.content.decode()


def test_it_removes_a_view_and_nobody_elses(client, counsellor):
    kept, other = make_caseload_view(owner=counsellor), make_caseload_view()
    assert client.post(f"{VIEWS}{other.pk}/remove/").status_code == 404
    assert client.post(f"{VIEWS}{kept.pk}/remove/").status_code == 302
    assert list(CaseloadView.objects.all()) == [other]


def test_without_a_look_there_is_nothing_to_keep(client, counsellor):
    assert client.post(VIEWS, {"name": "Nothing"}).status_code == 200
    assert not CaseloadView.objects.exists()
