"""The pages on which a record is lent, and a client offered, accepted or declined."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import Client, Cover, Handover
from counsel.audit.models import AccessEvent
from tests.factories import (
    make_client,
    make_consultation,
    make_counsellor,
    make_cover,
    make_handover,
    make_portal_client,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 5, 10, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def tom():
    return make_counsellor(display_name="Tom")


@pytest.fixture
def anna():
    return make_portal_client(name="Anna")


@pytest.fixture
def http(client, anna):
    client.force_login(anna.counsellor.user)
    return client


def page_of(anna, page):
    return f"/admin/clients/client/{anna.pk}/{page}/"


def asked(colleague, **changes):
    return {
        "to": str(colleague.pk),
        "consent_on": "2030-01-04",
        "consent_how": "spoken",
        "first_day": "2030-01-07",
        "last_day": "2030-01-20",
        "reason": f"Away {HOSTILE}",
        "words": f"Be slow {HOSTILE}",
        **changes,
    }


def test_it_lends_and_shows_until_when(http, anna, tom):
    response = http.post(page_of(anna, "cover"), asked(tom), follow=True)
    cover = Cover.objects.get()
    assert (cover.client, cover.to, cover.lent_by) == (anna, tom, anna.counsellor)
    assert (cover.first_day, cover.last_day) == (date(2030, 1, 7), date(2030, 1, 20))
    page = response.content.decode()
    assert "Mon 7 Jan 2030 to Sun 20 Jan 2030" in page
    assert HOSTILE not in page and "&lt;script&gt;" in page
    event = AccessEvent.objects.get(subject="clients.cover")
    assert (event.verb, event.client_id) == ("create", anna.pk)


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": ""},
        {"to": "x\x00"},
        {"consent_on": ""},
        {"consent_how": ""},
        {"consent_how": "guessed"},
        {"first_day": "2030-01-04"},
        {"last_day": "2030-01-06"},
        {"last_day": "9999-12-31"},
        {"first_day": "30 February"},
        {"reason": "x" * 2_001},
        {"reason": "\x00"},
    ],
)
def test_what_cannot_be_lent_is_said_beside_its_field_and_nothing_typed_is_lost(
    http, anna, tom, wrong
):
    response = http.post(page_of(anna, "cover"), asked(tom, **wrong))
    assert response.status_code == 422
    form = response.context["form"]
    assert form.errors.keys() & (wrong.keys() | {"first_day"})
    assert "Away" in form["reason"].value() or "reason" in wrong
    assert not Cover.objects.exists()


@pytest.mark.parametrize("page", ["cover", "handover"])
def test_only_colleagues_who_work_here_can_be_chosen(http, anna, tom, page):
    gone, client_only = make_counsellor(), make_portal_client()
    gone.user.is_active = False
    gone.user.save()
    form = http.get(page_of(anna, page)).context["form"]
    known = {tom, client_only.counsellor}
    assert set(form.fields["to"].queryset) == known
    for nobody in (gone.pk, anna.counsellor.pk, anna.pk):
        response = http.post(page_of(anna, page), asked(tom, to=str(nobody)))
        assert response.status_code == 422
    assert not Cover.objects.exists() and not Handover.objects.exists()


def test_who_works_alone_is_told_so(http, anna):
    for page in ("cover", "handover"):
        assert "Nobody else works here" in http.get(page_of(anna, page)).content.decode()


def test_it_is_ended_by_a_button(http, anna, tom):
    cover = make_cover(client=anna, to=tom)
    response = http.post(f"{page_of(anna, 'cover')}{cover.pk}/end/", follow=True)
    cover.refresh_from_db()
    assert (cover.ended_at, cover.ended_by) == (NOW, "counsellor")
    assert "ended by the counsellor" in response.content.decode()
    other = make_cover()
    assert http.post(f"{page_of(anna, 'cover')}{other.pk}/end/").status_code == 404


def test_the_client_sees_who_reads_and_ends_it_at_once(http, anna, tom):
    cover = make_cover(client=anna, to=tom)
    end = f"/my/record/cover/{cover.pk}/end/"
    http.force_login(make_portal_client().user)
    assert http.post(end).status_code == 404
    http.force_login(anna.user)
    page = http.get("/my/record/").content.decode()
    assert "Tom" in page and "Tuesday 8 January, 00:00" in page
    page = http.post(end, follow=True).content.decode()
    assert "Tom" not in page.partition("Who opened it")[0]
    cover.refresh_from_db()
    assert (cover.ended_at, cover.ended_by) == (NOW, "client")
    http.force_login(tom.user)
    assert http.get(f"/admin/cover/{anna.pk}/").status_code == 404


def test_it_offers_and_takes_back(http, anna, tom):
    page = http.post(page_of(anna, "handover"), asked(tom), follow=True).content.decode()
    handover = Handover.objects.get()
    assert (handover.to, handover.offered_by) == (tom, anna.counsellor)
    assert "has not answered" in page and HOSTILE not in page
    again = http.post(page_of(anna, "handover"), asked(tom))
    assert again.status_code == 422
    back = f"{page_of(anna, 'handover')}{handover.pk}/take-back/"
    assert "taken back" in http.post(back, follow=True).content.decode()
    assert "does not stand any more" in http.post(back, follow=True).content.decode()
    handover.refresh_from_db()
    assert handover.answer == "taken_back"


def test_what_is_to_settle_first_is_a_link_and_no_form(http, anna, tom):
    row = make_consultation(client=anna, starts_at=NOW + timedelta(days=2))
    page = http.get(page_of(anna, "handover"))
    url = f"/admin/consultations/consultation/{row.pk}/change/"
    assert f'href="{url}"' in page.content.decode()
    assert 'name="words"' not in page.content.decode()
    response = http.post(page_of(anna, "handover"), asked(tom))
    assert response.status_code == 422
    assert "Be slow" in response.content.decode()


def test_the_colleague_reads_the_words_and_accepts(http, anna, tom):
    former = anna.counsellor
    handover = make_handover(client=anna, to=tom, words=f"Be slow {HOSTILE}")
    offer = f"/admin/handover/{handover.pk}/"
    assert http.get(offer).status_code == 404
    http.force_login(tom.user)
    assert "client is offered to you" in http.get("/admin/").content.decode()
    assert "Anna" in http.get("/admin/cover/").content.decode()
    page = http.get(offer).content.decode()
    assert "Be slow &lt;script&gt;" in page
    assert http.get(f"/admin/clients/client/{anna.pk}/change/").status_code == 404
    response = http.post(offer, {"answer": "accept"})
    assert response.url == f"/admin/clients/client/{anna.pk}/change/"
    assert http.get(response.url).status_code == 200
    assert http.get(offer).status_code == 404
    http.force_login(former.user)
    assert http.get(response.url).status_code == 404
    events = AccessEvent.objects.filter(client_id=anna.pk, reason="handed over")
    assert {(event.actor, event.verb) for event in events} == {
        (tom.user, "change"),
        (former.user, "change"),
    }
    http.force_login(anna.user)
    assert "handed over to the next counsellor" in http.get("/my/record/").content.decode()


def test_declined_the_counsellor_is_told_and_may_offer_again(http, anna, tom):
    handover = make_handover(client=anna, to=tom)
    http.force_login(tom.user)
    assert http.post(f"/admin/handover/{handover.pk}/", {"answer": "decline"}).status_code == 302
    assert Client.objects.get(pk=anna.pk).counsellor == anna.counsellor
    http.force_login(anna.counsellor.user)
    assert "Tom declined on Sat 5 Jan" in http.get(page_of(anna, "handover")).content.decode()
    http.post(page_of(anna, "handover"), asked(tom))
    assert Handover.objects.unanswered().count() == 1


def test_no_other_answer_changes_anything(http, anna, tom):
    handover = make_handover(client=anna, to=tom)
    http.force_login(tom.user)
    for answer in ("", "maybe", "\x00"):
        assert http.post(f"/admin/handover/{handover.pk}/", {"answer": answer}).status_code == 200
    handover.refresh_from_db()
    assert handover.answer == ""


def test_that_the_address_is_known_is_said_to_who_accepts_and_to_nobody_else(http, anna, tom):
    make_client(counsellor=tom, email=anna.email)
    handover = make_handover(client=anna, to=tom)
    before = http.get(page_of(anna, "handover")).content
    http.force_login(tom.user)
    response = http.post(f"/admin/handover/{handover.pk}/", {"answer": "accept"})
    assert response.status_code == 422
    assert "already have a client" in response.content.decode()
    http.force_login(anna.counsellor.user)
    assert _without_token(http.get(page_of(anna, "handover")).content) == _without_token(before)


def _without_token(page):
    return [line for line in page.decode().splitlines() if "csrfmiddlewaretoken" not in line]


def test_the_pages_take_as_many_queries_for_many_as_for_one(http, anna, tom):
    make_cover(client=anna, to=tom)
    make_handover(client=anna, to=tom)
    pages = [page_of(anna, page) for page in ("cover", "handover")]
    http.get(pages[0])
    few = [_queries(http, page) for page in pages]
    for number in range(8):
        make_cover(client=anna, ends_at=NOW + timedelta(days=number + 1))
        make_handover(client=anna, answer="declined", answered_at=NOW)
        make_consultation(client=anna, starts_at=NOW + timedelta(days=number + 1))
    assert [_queries(http, page) for page in pages] == few
    assert max(few) <= 20


def _queries(http, page):
    with CaptureQueriesContext(connection) as counted:
        assert http.get(page).status_code == 200
    return len(counted)
