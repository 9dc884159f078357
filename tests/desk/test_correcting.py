"""A client asks for a correction, the counsellor answers, and both stay in the record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from counsel.audit.models import AccessEvent
from counsel.common.errors import ConflictError
from counsel.records.correcting import MOST_OPEN, correction_answer
from counsel.records.models import CorrectionRequest
from counsel.records.selectors import record_of
from tests.factories import make_correction, make_counsellor, make_portal_client
from tests.proving import proved

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 11, tzinfo=UTC)
ASK = reverse("records:corrections")
WRONG, CHANGED = "It says one brother; I have two.", "I have added it to the note."


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def anna():
    return make_portal_client(name="Anna")


def page_of(asked):
    return reverse("admin:correction", args=[asked.pk])


@pytest.mark.parametrize(
    ("answer", "said"), [("corrected", "corrected"), ("refused", "not changed")]
)
def test_asked_seen_answered_and_both_are_kept(anna, clock, answer, said):
    portal, desk = proved(anna.user), proved(anna.counsellor.user)
    assert portal.post(ASK, {"text": WRONG})["Location"] == ASK
    asked = CorrectionRequest.objects.get(client=anna)
    assert "request to correct a record" in desk.get("/admin/").text
    assert page_of(asked) in desk.get(reverse("admin:corrections")).text
    assert WRONG in desk.get(page_of(asked)).text
    clock.shift(timedelta(hours=1))
    sent = {"answer": answer, "words": CHANGED}
    assert desk.post(page_of(asked), sent).status_code == 302
    assert "request to correct a record" not in desk.get("/admin/").text
    shown = portal.get(ASK).text
    assert WRONG in shown and CHANGED in shown and said in shown
    assert "is answered" in portal.get("/my/").text
    for by_counsellor in (False, True):
        [kept] = record_of(anna, by_counsellor=by_counsellor)["corrections"]
        assert (kept["text"], kept["answer"], kept["words"]) == (WRONG, answer, CHANGED)
        assert kept["answered_at"] == (NOW + timedelta(hours=1)).isoformat()
        assert kept["answered_by"] == anna.counsellor.display_name
    events = AccessEvent.objects.filter(subject_id=asked.pk).order_by("sequence")
    assert [it.verb for it in events] == ["create", "list", "read", "change"]


def test_it_is_answered_once(anna):
    asked = make_correction(client=anna)
    by = anna.counsellor
    correction_answer(request=asked, answer="refused", words="It was said so.", by=by)
    with pytest.raises(ConflictError):
        correction_answer(request=asked, answer="corrected", words="Or not.", by=by)
    refused = proved(by.user).post(page_of(asked), {"answer": "corrected", "words": "Or not."})
    assert refused.status_code == 422 and "Or not." in refused.text
    asked.refresh_from_db()
    assert asked.words == "It was said so."


def test_what_was_typed_stays_and_a_double_click_is_one(anna):
    portal = proved(anna.user)
    for _click in range(2):
        portal.post(ASK, {"text": WRONG})
    assert CorrectionRequest.objects.filter(client=anna).count() == 1
    for number in range(MOST_OPEN - 1):
        make_correction(client=anna, text=f"{number}")
    refused = portal.post(ASK, {"text": "One thing more."})
    assert refused.status_code == 422 and "One thing more." in refused.text
    asked = CorrectionRequest.objects.filter(client=anna).first()
    answer = proved(anna.counsellor.user).post(page_of(asked), {"words": CHANGED})
    assert answer.status_code == 422 and CHANGED in answer.text


def test_a_stranger_neither_reads_nor_answers(anna):
    asked = make_correction(client=anna, text=WRONG)
    other = proved(make_counsellor().user)
    assert other.get(page_of(asked)).status_code == 404
    assert other.post(page_of(asked), {"answer": "refused", "words": "No."}).status_code == 404
    assert WRONG not in other.get(reverse("admin:corrections")).text
    assert WRONG not in proved(make_portal_client().user).get(ASK).text


@pytest.mark.parametrize("many", [1, 15])
def test_its_pages_ask_as_often_for_any_number(anna, many, django_assert_max_num_queries):
    for number in range(many):
        make_correction(client=anna, text=f"{number}")
    portal, desk = proved(anna.user), proved(anna.counsellor.user)
    with django_assert_max_num_queries(14):
        assert portal.get(ASK).status_code == 200
    with django_assert_max_num_queries(18):
        assert desk.get(reverse("admin:corrections")).status_code == 200
