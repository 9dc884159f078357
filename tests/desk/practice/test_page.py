from __future__ import annotations

import csv
import io

import pytest
import time_machine
from django.urls import reverse

from counsel.audit.models import AccessEvent
from tests.caseloads import make_caseload
from tests.desk.practice.reading import NOW
from tests.desk.practice.test_measures import change
from tests.exercises.measuring import make_measure
from tests.factories import (
    make_assignment,
    make_consultation,
    make_counsellor,
    make_entry,
    make_manager,
    make_note,
)
from tests.proving import prove

pytestmark = pytest.mark.django_db
PAGE, EXPORT = reverse("admin:practice_numbers"), reverse("admin:practice_export")
CANARY = "Canary-7Q"


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def manager(client):
    manager = make_manager(time_zone="Europe/London")
    client.force_login(manager)
    prove(client, manager)
    return manager


def table_of(answer):
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def fill(times):
    """A practice with a bit of everything, `times` over."""
    version = make_measure("phq-9")
    for _time in range(times):
        person = change(version, 12, 3).client
        for rhythm in ("daily", "before_meeting", "once"):
            make_entry(assignment=make_assignment(client=person, rhythm=rhythm))
        make_consultation(client=person, status="completed", starts_at=NOW)


def test_a_counsellor_who_runs_the_practice_may_come_others_may_not(client):
    client.force_login(make_counsellor().user)
    assert client.get(PAGE).status_code == 403
    assert client.post(EXPORT).status_code == 403
    client.force_login(make_counsellor(user=make_manager()).user)
    assert client.get(PAGE).status_code == 200


def test_nothing_of_anybody_is_on_it(client, manager):
    caseload = make_caseload(CANARY)
    make_note(
        consultation=make_consultation(client=caseload.client, status="completed", starts_at=NOW),
        sections=[{"heading": CANARY, "text": CANARY}],
    )
    for answer in (client.get(PAGE), client.post(EXPORT, {"span": "12m"})):
        text = answer.content.decode()
        assert answer.status_code == 200
        assert CANARY.casefold() not in text.casefold()
        for thing in (caseload.client, caseload.shared, caseload.consultation):
            assert str(thing.pk) not in text
            assert str(thing.pk)[:8] not in text


@pytest.mark.parametrize("many", [1, 6])
def test_it_asks_the_database_as_often_whatever_there_is(
    client, manager, many, django_assert_num_queries
):
    fill(many)
    with django_assert_num_queries(21):
        assert client.get(PAGE, {"span": "12m"}).status_code == 200


def test_an_empty_practice_is_told_what_will_be_here(client, manager):
    page = client.get(PAGE).content.decode()
    assert "Nothing was held in these weeks" in page
    assert "Nothing was planned in these weeks" in page
    assert "None fell due in these days" in page
    assert "<svg viewBox" not in page


@pytest.mark.parametrize(
    ("first", "last", "wrong"),
    [
        ("2030-01-05", "2030-01-01", "last"),
        ("2029-01-01", "2030-02-06", "last"),
        ("2027-01-01", "2030-01-01", "first"),
        ("0001-01-01", "2030-01-01", "first"),
        ("soon", "2030-01-01", "first"),
        ("2030-01-01", "", "last"),
    ],
)
@pytest.mark.parametrize("leads", ["page", "export"])
def test_days_that_cannot_be_are_refused_beside_their_field(
    client, manager, first, last, wrong, leads
):
    typed = {"span": "own", "first": first, "last": last}
    answer = client.get(PAGE, typed) if leads == "page" else client.post(EXPORT, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [wrong]
    assert f'id="id_{wrong}_error"' in page
    assert f'value="{first}"' in page
    assert not AccessEvent.objects.exists()


def test_a_span_that_is_not_offered_is_refused(client, manager):
    assert client.get(PAGE, {"span": "99w"}).status_code == 422


def test_too_few_days_tell_nothing_about_homework_and_measures(client, manager):
    page = client.get(PAGE, {"span": "own", "first": "2030-01-10", "last": "2030-02-05"})
    assert "four whole weeks or more" in page.content.decode()
    assert "Change by measures" not in page.content.decode()


def test_the_tables_can_be_taken_and_it_is_noted(client, manager):
    make_consultation(client=make_caseload("Plain").client, status="completed", starts_at=NOW)
    make_counsellor(display_name="=HYPERLINK(1)")
    answer = client.post(EXPORT, {"span": "own", "first": "2030-01-01", "last": "2030-02-05"})
    rows = table_of(answer)
    assert rows[0] == ["From 1 January 2030 to 5 February 2030, days in London"]
    assert ["Held", "1", "0"] in rows
    assert ["'=HYPERLINK(1)", "fewer than 5", "–", "fewer than 5", "–"] in rows
    assert rows[rows.index(["Change by measures"]) + 1][-1] == "Source"
    assert answer["Content-Disposition"] == 'attachment; filename="numbers.csv"'
    assert "no-store" in answer["Cache-Control"]
    event = AccessEvent.objects.get(verb="export")
    assert (event.actor, event.client_id) == (manager, None)


def test_managers_find_it_from_the_desk(client, manager):
    assert PAGE in client.get(reverse("admin:index")).content.decode()
    client.force_login(make_counsellor().user)
    assert PAGE not in client.get(reverse("admin:index")).content.decode()
