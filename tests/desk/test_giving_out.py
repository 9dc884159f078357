"""A record given to a client, and what is withheld of it."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from zipfile import ZipFile

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse

from counsel.audit.models import AccessEvent, Verb
from counsel.records.models import Withholding
from exercises.models import Reply
from tests.exercises.measuring import answers, give, hand_in, make_measure
from tests.factories import (
    make_client,
    make_consultation,
    make_entry,
    make_note,
    make_portal_client,
    make_progress_event,
    make_withholding,
)
from tests.proving import proved

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 3, 9, 20, tzinfo=UTC)
WHY = "She fears to read it; it was said in a crisis."
JUDGED = {"reason": WHY, "judged": "on"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna():
    """With one of each that may be withheld."""
    anna = make_portal_client()
    held = make_consultation(client=anna, starts_at=NOW - timedelta(days=1), status="completed")
    note = {"sections": [{"heading": "", "text": "The-note."}], "signed_at": NOW}
    make_note(consultation=held, **note)
    entry = make_entry(client=anna, answers={"words": "Hello."}, sharing="shared")
    Reply.objects.create(entry=entry, author=anna.counsellor, text="The-reply.")
    measure = make_measure("gad-7", title="The-measure")
    hand_in(give(anna, measure), answers(2, key="gad-7"), sharing="shared")
    make_progress_event(client=anna, words="The-event.")
    return anna


def url(name, *args):
    return reverse(f"admin:clients_client_record{name}", args=args)


def items(anna):
    return {it.kind: it.id for it in _page(anna).context["page"].object_list}


def _page(anna):
    return proved(anna.counsellor.user).get(url("", anna.pk))


def taken(browser, at):
    """The text of all files in what is taken out."""
    response = browser.post(at)
    assert response["Content-Type"] == "application/zip"
    with ZipFile(io.BytesIO(response.content)) as archive:
        names = ("record.html", "record.json", "fhir.json")
        return {name: archive.read(name).decode() for name in names}


def ways(anna):
    """All that leaves: the client's file, the counsellor's for them, and the client's pages."""
    theirs = proved(anna.user)
    pages = theirs.post(reverse("records:pages"), {"shape": "text"})
    return [
        "".join(taken(theirs, reverse("records:download")).values()),
        "".join(taken(proved(anna.counsellor.user), url("_download", anna.pk)).values()),
        b"".join(pages.streaming_content).decode(),
    ]


@pytest.mark.parametrize("kind", ["note", "reply", "measure", "event"])
def test_what_is_withheld_is_in_nothing_that_leaves_until_it_is_lifted(anna, kind):
    item, desk = items(anna)[kind], proved(anna.counsellor.user)
    # Of the measure its answers: the words for it say that it was given.
    mark = str(item) if kind == "measure" else f"The-{kind}."
    assert any(mark in text for text in ways(anna))
    assert desk.post(url("_withhold", anna.pk, kind, item), JUDGED).status_code == 302
    row = Withholding.objects.get(client=anna)
    assert (row.kind, row.item_id, row.decided_at) == (kind, item, NOW)
    assert (row.reason, row.decided_by) == (WHY, anna.counsellor)
    assert not any(mark in text or WHY in text for text in ways(anna))
    record = json.loads(taken(proved(anna.user), reverse("records:download"))["record.json"])
    [told] = record["withheld"]
    assert (told["what"], told["count"]) == (row.get_kind_display(), 1)
    assert "serious harm" in told["why"]
    assert desk.post(url("_lift", anna.pk, row.pk)).status_code == 302
    assert any(mark in text for text in ways(anna))
    row.refresh_from_db()
    assert (row.lifted_at, row.lifted_by, row.reason) == (NOW, anna.counsellor, WHY)
    events = AccessEvent.objects.filter(verb=Verb.WITHHOLD, client_id=anna.pk).order_by("sequence")
    assert [(it.subject_id, it.reason) for it in events] == [
        (row.pk, ""),
        (row.pk, "no longer withheld"),
    ]


def test_it_takes_a_reason_and_a_judgement_and_loses_no_words(anna):
    at = url("_withhold", anna.pk, "note", items(anna)["note"])
    desk = proved(anna.counsellor.user)
    for sent in ({"reason": WHY}, {"judged": "on"}):
        answer = desk.post(at, sent)
        assert answer.status_code == 422
        assert sent.get("reason", "") in answer.text
    assert not Withholding.objects.filter(client=anna).exists()
    assert desk.post(at, JUDGED).status_code == 302
    again = desk.post(at, JUDGED)
    assert again.status_code == 422 and "withheld already" in again.text


def test_what_is_private_or_anothers_cannot_be_withheld(anna):
    private = make_entry(client=anna, version=make_measure("phq-9"), answers=answers(1))
    theirs = make_progress_event(client=make_client())
    desk = proved(anna.counsellor.user)
    for kind, item in (("measure", private), ("event", theirs), ("nonsense", private)):
        assert desk.get(url("_withhold", anna.pk, kind, item.pk)).status_code == 404


def test_the_database_takes_no_second_decision_of_the_same_item(anna):
    [row] = [make_withholding(client=anna, item_id=items(anna)["note"])]
    with pytest.raises(IntegrityError), transaction.atomic():
        make_withholding(client=anna, item_id=row.item_id)


def test_the_counsellor_shows_who_they_are_before_they_take_it_out(anna):
    browser = Browser()
    browser.force_login(anna.counsellor.user)
    answer = browser.post(url("_download", anna.pk))
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not AccessEvent.objects.filter(verb=Verb.EXPORT).exists()


@pytest.mark.parametrize("many", [1, 20])
def test_the_page_asks_as_often_for_any_number(anna, many, django_assert_max_num_queries):
    for number in range(many):
        make_progress_event(client=anna, words=f"{number}")
        event = make_progress_event(client=anna, words=f"{number} again")
        make_withholding(client=anna, kind="event", item_id=event.pk)
    browser = proved(anna.counsellor.user)
    with django_assert_max_num_queries(24):
        assert browser.get(url("", anna.pk)).status_code == 200
