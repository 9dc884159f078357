from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.template.loader import render_to_string
from django.urls import reverse

from counsel.audit.models import AccessEvent
from exercises.scoring.catalogue import instruments
from exercises.selectors.measures import measures_of
from exercises.services.practising import entry_share
from tests.exercises.measuring import answers, give, hand_in, make_measure, risky
from tests.factories import make_counsellor, make_entry, make_manager, make_portal_client
from tests.proving import prove

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)


@pytest.fixture
def anna(client):
    anna = make_portal_client(name="Anna")
    client.force_login(anna.counsellor.user)
    prove(client, anna.counsellor.user)
    return anna


def on_days(client, version, *given, sharing="shared"):
    """Handed in week after week."""
    todo = give(client, version)
    entries = []
    for week, one in enumerate(given):
        with time_machine.travel(NOW + timedelta(weeks=week), tick=False):
            entries.append(hand_in(todo, one, sharing))
    return entries


def url_of(client_record, key="phq-9"):
    return reverse("admin:clients_client_measure", args=[client_record.pk, key])


def page(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def rows(client, url):
    return client.get(url).context["courses"][0].rows


def test_it_shows_each_time_with_its_band_and_newest_first(client, anna):
    on_days(anna, make_measure(), answers(*[2] * 8), answers(*[1] * 8))
    values = [row.score.value for row in rows(client, url_of(anna))]
    assert values == [8, 16]
    shown = page(client, url_of(anna))
    assert "moderately severe" in shown and "mild" in shown
    assert "Higher is worse." in shown
    assert "not a diagnosis" in shown
    assert "Kroenke, Spitzer, Williams (2001)" in shown


def test_change_is_told_from_the_first_and_from_the_one_before(client, anna):
    on_days(anna, make_measure(), answers(*[2] * 8), answers(*[1] * 8), answers(*[1] * 7))
    newest, middle, first = rows(client, url_of(anna))
    assert (newest.from_first.difference, newest.from_first.reliable) == (-9, True)
    assert (newest.from_before.difference, newest.from_before.reliable) == (-1, False)
    assert (middle.from_first.difference, first.from_first) == (-8, None)
    shown = page(client, url_of(anna))
    assert "−9, better, more than chance" in shown
    assert "−1, better, may be chance" in shown


def test_where_authors_disagree_every_band_set_is_named(client, anna):
    on_days(anna, make_measure("k10"), answers(*[2] * 10, key="k10"))
    shown = page(client, url_of(anna, "k10"))
    for band_set in instruments()["k10"].scales[0].band_sets:
        assert f"({band_set.label})" in shown
        assert band_set.source in shown


def test_a_time_without_a_score_is_there_and_changes_reach_over_it(client, anna):
    on_days(anna, make_measure(), answers(3), {"item1": "v3"}, answers(1))
    newest, without, _first = rows(client, url_of(anna))
    assert without.score is None
    assert newest.from_before.difference == -2
    assert "no score, too much was left out" in page(client, url_of(anna))


def test_what_was_made_up_for_is_marked(client, anna):
    measure = make_measure()
    on_days(anna, measure, answers(*[1] * 9))
    assert "made up for what was left out" not in page(client, url_of(anna))
    on_days(anna, measure, answers(None, *[1] * 8))
    shown = page(client, url_of(anna))
    assert "9*" in shown and "made up for what was left out" in shown


def test_a_risk_item_is_named_by_its_number_and_never_as_absent(client, anna):
    measure = make_measure()
    on_days(anna, measure, risky(0))
    calm = page(client, url_of(anna)).split("Where the numbers")[0]
    assert "risk" not in re.sub(r"status-risk|notice-risk|riskflag", "", calm).lower()
    on_days(anna, measure, risky(1), answers(*[0] * 8, None))
    shown = page(client, url_of(anna))
    assert '<span class="status status-risk">question 9</span>' in shown
    assert "question 9 was left out" in shown
    assert "no risk" not in shown.lower()


def test_the_line_is_drawn_without_a_style_and_says_what_it_is(client, anna):
    on_days(anna, make_measure(), answers(*[2] * 8), answers(*[1] * 8))
    shown = page(client, url_of(anna))
    svg = shown.split('<svg class="chart-plot"')[1].split("<table")[0]
    assert "<title" in svg and "<desc" in svg and "polyline" in svg
    assert "style" not in svg
    assert svg.count("<circle") == 2


def test_our_own_check_in_is_shown_item_by_item_without_verdict(client, anna):
    key = "closeness-this-week"
    given = [{"item1": 3, "item2": 8}, {"item1": 6, "item2": 4}]
    on_days(anna, make_measure(key), *given)
    shown = page(client, url_of(anna, key))
    assert "not a tested instrument" in shown
    assert "Felt close" in shown and "+3" in shown
    assert "better," not in shown and "worse" not in shown.split("Where the numbers")[0]


def test_what_is_taken_back_is_gone_at_once(client, anna):
    (entry,) = on_days(anna, make_measure(), risky(1))
    entry_share(entry=entry, sharing="private")
    shown = page(client, url_of(anna))
    assert "Nothing of this is shared with you" in shown
    assert "7 Jan" not in shown
    assert measures_of(anna, NOW + timedelta(weeks=9)) == []
    assert download(client, entry).status_code == 404


def test_a_private_measure_leaves_nothing(client, anna):
    on_days(anna, make_measure("gad-7"), answers(1, key="gad-7"), sharing="private")
    assert "Nothing of this is shared" in page(client, url_of(anna, "gad-7"))
    assert measures_of(anna, NOW + timedelta(weeks=9)) == []


@pytest.mark.parametrize("key", ["nothing", "PHQ-9"])
def test_an_unknown_measure_is_not_there(client, anna, key):
    assert client.get(url_of(anna, key), follow=True).status_code == 404


def test_strangers_find_nothing(client, anna):
    on_days(anna, make_measure(), risky(1))
    client.force_login(make_counsellor().user)
    assert client.get(url_of(anna)).status_code == 404
    client.force_login(make_manager())
    assert client.get(url_of(anna)).status_code == 403
    assert not AccessEvent.objects.exists()


def test_a_look_is_written_down(client, anna):
    client.get(url_of(anna))
    event = AccessEvent.objects.get()
    assert (event.verb, event.client_id) == ("read", anna.pk)


@pytest.mark.parametrize("times", [1, 12])
def test_it_costs_the_same_however_often_it_was_handed_in(
    client, anna, times, django_assert_max_num_queries
):
    version = make_measure()
    for _ in range(times):
        make_entry(client=anna, version=version, sharing="shared", answers=risky(1))
    # The last is the lock before an access event, which SQLite does not need.
    with django_assert_max_num_queries(10):
        client.get(url_of(anna))


# --- At a glance, and on the entry ---------------------------------------------------------


def test_the_brief_can_say_the_newest_and_what_changed(client, anna, django_assert_num_queries):
    on_days(anna, make_measure(), answers(*[2] * 8), risky(1))
    on_days(anna, make_measure("gad-7"), answers(3, key="gad-7"))
    with django_assert_num_queries(1):
        found = measures_of(anna, NOW + timedelta(weeks=9))
    assert [row.instrument.key for row in found] == ["gad-7", "phq-9"]
    context = {"client": anna, "brief": {"measures": found}}
    shown = render_to_string("desk/brief/_numbers.html", context)
    shown = re.sub(r"\s+", " ", shown)
    assert "<strong>1</strong> few signs" in shown
    assert "(−15, better, more than chance)" in shown
    assert "More than chance from 6 on (" in shown
    assert "question 9" in shown


def test_the_entry_shows_its_score_and_what_to_look_at(client, anna):
    (entry,) = on_days(anna, make_measure(), answers(*[1] * 9))
    shown = page(client, f"/admin/clients/client/{anna.pk}/entries/{entry.pk}/")
    assert "<strong>9</strong> on 0 to 27" in shown and "mild" in shown
    assert "Question 9 asks you to look at once." in shown
    assert "not a diagnosis" in shown
    assert url_of(anna) in shown


def test_an_entry_that_cannot_be_scored_says_so(client, anna):
    (entry,) = on_days(anna, make_measure(), {**answers(), "item1": "v8"})
    shown = page(client, f"/admin/clients/client/{anna.pk}/entries/{entry.pk}/")
    assert "could not be scored" in shown


# --- Taken away ------------------------------------------------------------------------------


def download(client, entry):
    return client.post(f"/admin/clients/client/{entry.client_id}/entries/{entry.pk}/response/")


def test_the_answers_leave_as_fhir(client, anna):
    (entry,) = on_days(anna, make_measure(), answers(2, None))
    response = download(client, entry)
    assert response["Content-Type"].startswith("application/fhir+json")
    assert "attachment" in response["Content-Disposition"]
    found = json.loads(response.content)
    assert found["resourceType"] == "QuestionnaireResponse"
    assert found["subject"] == {"reference": f"Patient/{anna.pk}"}
    assert found["authored"] == "2030-01-07T09:00:00+00:00"
    assert found["item"][0]["answer"] == [{"valueInteger": 2}]
    assert "answer" not in found["item"][1]
    assert anna.name not in response.content.decode()


def test_they_leave_under_the_names_of_the_questionnaire_they_came_from(client, anna):
    named = {
        "url": "http://example.org/Questionnaire/nine",
        "version": "2",
        "items": [
            {
                "link_id": f"/{number}",
                "groups": ["/all"],
                "answers": {f"v{p}": {"code": f"LA{p}", "system": "urn:x"} for p in range(4)},
            }
            for number in range(1, 10)
        ],
    }
    (entry,) = on_days(anna, make_measure(published_as=named), answers(2))
    found = json.loads(download(client, entry).content)
    assert found["questionnaire"] == "http://example.org/Questionnaire/nine|2"
    (group,) = found["item"]
    assert (group["linkId"], len(group["item"])) == ("/all", 9)
    coding = group["item"][0]["answer"][0]["valueCoding"]
    assert (coding["code"], coding["system"], coding["display"]) == ("LA2", "urn:x", "Answer 2")


def test_taking_them_away_is_written_down(client, anna):
    (entry,) = on_days(anna, make_measure(), answers())
    download(client, entry)
    event = AccessEvent.objects.get()
    assert (event.verb, event.subject_id, event.client_id) == ("export", entry.pk, anna.pk)


def test_no_other_entry_leaves_that_way(client, anna):
    assert download(client, make_entry(client=anna, sharing="shared")).status_code == 404
    assert not AccessEvent.objects.exists()


def test_no_address_names_what_a_client_is_asked_about(anna):
    assert "phq" not in url_of(anna)
    assert url_of(anna) != url_of(anna, "gad-7")
