from __future__ import annotations

import re
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from counsel.audit.models import AccessEvent
from exercises.models import Entry, RiskFlag, Score
from exercises.services.practising import entry_share
from tests.exercises.measuring import answers, give, make_measure, risky
from tests.factories import make_counsellor, make_manager, make_portal_client

pytestmark = pytest.mark.django_db
LATE = datetime(2030, 1, 7, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(LATE, tick=False):
        yield


@pytest.fixture
def ravi(client):
    ravi = make_portal_client(name="Ravi", time_zone="Asia/Kolkata")
    client.force_login(ravi.counsellor.user)
    return ravi


@pytest.fixture
def measure(ravi):
    return make_measure(owner=ravi.counsellor, slug="phq-9")


def url_of(person, key="phq-9"):
    return reverse("admin:clients_client_together_fill", args=[person.pk, key])


def fill(client, person, given, key=None):
    return client.post(url_of(person), {"_entry": str(key or uuid4()), **given})


def test_the_clients_page_leads_to_the_measures_that_have_words(client, ravi, measure):
    shown = client.get(f"/admin/clients/client/{ravi.pk}/together/").content.decode()
    assert url_of(ravi) in shown
    assert "GAD-7" in shown and url_of(ravi, "gad-7") not in shown


def test_all_its_questions_stand_on_one_page_with_their_copyright(client, ravi, measure):
    shown = client.get(url_of(ravi)).content.decode()
    assert re.findall(r"<legend>(Item \d)</legend>", shown) == [f"Item {n}" for n in range(1, 10)]
    assert "© Somebody. Placeholder line." in shown
    assert shown.count("<span>left out</span>") == 9


def test_it_is_saved_as_a_shared_entry_of_the_clients_own_day(client, ravi, measure):
    response = fill(client, ravi, answers(1, 2))
    entry = Entry.objects.get()
    assert response["Location"] == f"/admin/clients/client/{ravi.pk}/entries/{entry.pk}/"
    assert (entry.state, entry.sharing) == ("submitted", "shared")
    assert (entry.filled_by, entry.version) == (ravi.counsellor, measure)
    assert (entry.happened_at, entry.local_date) == (LATE, date(2030, 1, 8))
    assert Score.objects.get().scales.get().value == 3


def test_it_counts_for_what_was_given(client, ravi, measure):
    todo = give(ravi, measure)
    fill(client, ravi, answers())
    assert Entry.objects.get().assignment == todo


def test_any_question_may_be_left_out(client, ravi, measure):
    fill(client, ravi, {"item1": "v2", "item2": ""})
    assert Entry.objects.get().answers == {"item1": "v2"}


def test_a_wrong_answer_stands_beside_its_question_and_loses_no_other(client, ravi, measure):
    response = fill(client, ravi, {**answers(3), "item2": "v9"})
    shown = response.content.decode()
    assert response.status_code == 422
    assert "choose one of the answers" in shown.split('id="id_item2_error"')[1][:200]
    assert shown.count("checked") == 8
    assert not Entry.objects.exists()


def test_sending_it_twice_saves_it_once(client, ravi, measure):
    key = uuid4()
    first, second = (fill(client, ravi, answers(1), key) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Entry.objects.count() == 1


def test_other_answers_from_the_same_page_change_nothing_and_say_so(client, ravi, measure):
    key = uuid4()
    fill(client, ravi, answers(1), key)
    response = fill(client, ravi, answers(2), key)
    assert response.status_code == 422
    assert "saved already" in response.content.decode()
    assert Entry.objects.get().answers == answers(1)


def test_a_key_of_somebody_elses_entry_changes_and_shows_nothing(client, ravi, measure):
    other = make_portal_client(counsellor=ravi.counsellor)
    key = uuid4()
    fill(client, other, answers(3), key)
    response = fill(client, ravi, answers(1), key)
    assert response.status_code == 422
    assert Entry.objects.get().client == other


@pytest.mark.parametrize("key", ["", "x", "\x00"])
def test_a_key_that_is_none_is_not_found(client, ravi, measure, key):
    response = client.post(url_of(ravi), {"_entry": key, **answers()})
    assert response.status_code == 404


def test_help_is_shown_to_both_and_the_flag_is_raised(client, ravi, measure):
    response = client.post(url_of(ravi), {"_entry": str(uuid4()), **risky(1)}, follow=True)
    shown = response.content.decode()
    assert "Question 9 asks you to look at once." in shown
    assert "Get help now" in shown
    assert RiskFlag.objects.get().entry == Entry.objects.get()


def test_the_client_finds_it_and_may_take_it_back(client, ravi, measure):
    fill(client, ravi, answers(1))
    entry = Entry.objects.get()
    entry_share(entry=entry, sharing="private")
    assert client.get(f"/admin/clients/client/{ravi.pk}/entries/{entry.pk}/").status_code == 404
    client.force_login(ravi.user)
    assert client.get(f"/my/entries/{entry.pk}/").status_code == 200


def test_what_happens_is_written_down(client, ravi, measure):
    client.get(url_of(ravi))
    fill(client, ravi, answers())
    written = AccessEvent.objects.order_by("sequence").values_list("verb", "subject")
    assert list(written) == [("read", "clients.client"), ("create", "exercises.entry")]


def test_a_measure_without_words_is_not_there(client, ravi):
    assert client.get(url_of(ravi)).status_code == 404


def test_strangers_find_nothing(client, ravi, measure):
    client.force_login(make_counsellor().user)
    assert client.get(url_of(ravi)).status_code == 404
    assert fill(client, ravi, answers()).status_code == 404
    client.force_login(make_manager())
    assert fill(client, ravi, answers()).status_code == 403
    assert not Entry.objects.exists()
