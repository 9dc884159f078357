"""A client is handed over: every page about them is their new counsellor's from then on.

Walks every address of the table that leads to something of the client's, and all of the desk as
the counsellor they have left. The pages that tests.access_table gains are walked as well.
"""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import FieldError
from django.db.models import F
from django.test import Client as Browser

from clients.models import Client, Handover
from clients.services import handover_accept, handover_offer
from counsel.audit.models import AccessEvent
from exercises.models import Entry
from sessions.models import ClientService, Consultation, ProcessNote, Series
from tests.access_table import ROWS
from tests.caseloads import make_caseload
from tests.factories import make_consent_document

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 8, tzinfo=UTC)
# In no other field of the caseload: its canary stands in what the counsellor owns as well.
NAME, WORDS = "Zaunkönigin", "Rotkehlchen"
TIMES = ("starts_at", "ends_at", "held_from", "held_until")
# What stays where it was: seen by neither, sealed, or ended.
STAYS = (Consultation, Series, ClientService, ProcessNote)


@pytest.fixture
def caseload():
    with time_machine.travel(NOW, tick=False):
        make_consent_document()
        caseload = make_caseload("Plain")
        Client.objects.filter(pk=caseload.client.pk).update(name=NAME, email="wren@example.org")
        caseload.shared.answers = {"words": WORDS}
        caseload.shared.save()
        ago = {field: F(field) - timedelta(days=14) for field in TIMES}
        held = Consultation.objects.filter(client=caseload.client)
        held.update(status="completed", **ago)
        yield caseload


def _asked_for(caseload, row):
    """What the address names of this client's; None where it is about something else."""
    names = [name for _text, name, *_rest in string.Formatter().parse(row.at) if name]
    for name in reversed(names):
        thing = getattr(caseload, name.partition(".")[0])
        rows = type(thing)._default_manager if hasattr(thing, "pk") else None
        try:
            if rows and rows.of_user(caseload.client.user).filter(pk=thing.pk).exists():
                return thing
        except (AttributeError, FieldError):
            continue
    return None


def _answers(user, caseload, rows):
    """To a GET, and to a POST where there is nothing to get."""
    browser = Browser(raise_request_exception=False)
    browser.force_login(user)
    answers = {}
    for row in rows:
        url = "/" + row.at.format(**vars(caseload))
        answer = browser.get(url).status_code
        if answer == 405:
            answer = f"post {browser.post(url).status_code}"
        answers[row.route] = answer
    return answers


def _desk(caseload):
    return {
        row.route: (row, thing)
        for row in ROWS
        if row.route.startswith("admin/") and (thing := _asked_for(caseload, row)) is not None
    }


def _accept(caseload):
    handover = caseload.handover
    handover_accept(handover=type(handover).objects.get(pk=handover.pk))
    return handover.to


def test_what_the_former_counsellor_opened_the_new_one_opens_and_nobody_else(caseload):
    desk = _desk(caseload)
    rows = [row for row, _thing in desk.values()]
    before = _answers(
        caseload.counsellor.user, caseload, [r for r in rows if "405" not in r.answers]
    )
    opened = {route for route, answer in before.items() if answer == 200}
    assert len(opened) > 20
    new = _accept(caseload)
    former = _answers(caseload.counsellor.user, caseload, rows)
    shut = {403, 404, "post 403", "post 404"}
    # Django's own short address of a row leads to the page that is shut.
    short = {route for route in former if route.endswith("<path:object_id>/")}
    assert {route: a for route, a in former.items() if a not in shut and route not in short} == {}
    gone = {row.route for row, thing in desk.values() if isinstance(thing, STAYS)}
    # The words of a measure belong to whoever brought them in.
    gone.add("admin/clients/client/<uuid:client_id>/together/<instrument:key>/")
    now = _answers(new.user, caseload, [r for r in rows if r.route in opened - gone])
    assert {route: answer for route, answer in now.items() if answer != 200} == {}


def test_no_page_of_the_desk_speaks_of_the_client_to_the_former_counsellor(caseload):
    mine = [row for row in ROWS if row.route.startswith("admin/")]
    browser = Browser(raise_request_exception=False)
    browser.force_login(caseload.counsellor.user)
    secrets = (NAME, WORDS, "wren@example.org", str(caseload.client.pk))
    lists = "admin/consultations/consultation/"
    earlier = (f"{lists}?when=past", f"{lists}?when=off", f"{lists}calendar/?day=2029-12-31")

    def speaking(rows):
        for at in (*(row.at for row in rows), *earlier):
            url = "/" + at.format(**vars(caseload))
            # Who opens an address has its ids: only what the page adds to them counts.
            told = [secret for secret in secrets if secret not in url]
            page = browser.get(url)
            body = page.getvalue() if page.streaming else page.content
            if any(secret in body.decode("utf-8", "replace") for secret in told):
                yield at

    spoke = set(speaking(row for row, _thing in _desk(caseload).values()))
    assert len(spoke) > 10 and len(spoke.intersection(earlier)) == 2
    _accept(caseload)
    assert set(speaking(mine)) == set()


def test_the_client_finds_all_they_had(caseload):
    """Nothing of the record is left behind, the meetings with the former counsellor included."""
    from counsel.records.selectors import record_of

    before = record_of(caseload.client)
    new = _accept(caseload)
    after = record_of(Client.objects.get(pk=caseload.client.pk))
    assert after["profile"]["counsellor"] == new.display_name
    assert [row["to"] for row in after["counsellors"]] == [new.display_name]
    for part in ("consents", "consultations", "assignments", "entries", "measures"):
        assert after[part] == before[part]
    assert Entry.objects.visible_to(new.user).filter(pk=caseload.shared.pk).exists()


def test_both_who_have_the_page_open_are_answered_anew_and_back_again(caseload):
    """By their next request, in the sessions they have; the consent and the move are recorded."""
    client, handover = caseload.client, caseload.handover
    browsers = {user: Browser() for user in (caseload.counsellor.user, handover.to.user)}
    for user, browser in browsers.items():
        browser.force_login(user)
    page = f"/admin/clients/client/{client.pk}/change/"
    former, new = browsers.values()

    def answers():
        return [browser.get(page, follow=False).status_code == 200 for browser in (former, new)]

    assert answers() == [True, False]
    assert new.post(f"/admin/handover/{handover.pk}/", {"answer": "accept"}).status_code == 302
    assert answers() == [False, True]
    back = handover_offer(
        client=Client.objects.get(pk=client.pk),
        to=caseload.counsellor,
        consent_on=NOW.date(),
        consent_how="written",
    )
    assert answers() == [False, True]
    assert former.post(f"/admin/handover/{back.pk}/", {"answer": "accept"}).status_code == 302
    assert answers() == [True, False]
    # Each move is in the record twice: as the act of who accepted, and of who offered.
    maya, tom = browsers
    moves = AccessEvent.objects.filter(client_id=client.pk, reason="handed over")
    assert [event.actor for event in moves.order_by("sequence")] == [tom, maya, maya, tom]
    agreed = Handover.objects.filter(client=client, answer="accepted").order_by("answered_at")
    assert {row.consent_how for row in agreed} == {handover.consent_how, "written"}
    assert all(row.consent_on <= NOW.date() for row in agreed)
