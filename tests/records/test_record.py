from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta
from zipfile import ZipFile

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from counsel.audit.models import AccessEvent, Verb
from counsel.audit.services import record_access
from counsel.records.selectors import record_of
from exercises.models import AssignmentPause
from tests.factories import (
    make_addendum,
    make_assignment,
    make_consultation,
    make_entry,
    make_note,
    make_portal_client,
    make_process_note,
    make_programme,
    make_progress_event,
    make_talking_point,
)
from tests.proving import proved

pytestmark = pytest.mark.django_db
START = datetime(2030, 1, 7, 10, tzinfo=UTC)


def take(user):
    """The files of what one can take out, by name."""
    response = proved(user).post(reverse("records:download"))
    assert response["Content-Disposition"] == 'attachment; filename="record.zip"'
    assert "no-store" in response["Cache-Control"]
    with ZipFile(io.BytesIO(response.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_it_takes_out_everything_the_client_wrote():
    assignment = make_assignment(rationale="Since evenings are hard.")
    make_entry(assignment=assignment, answers={"words": "A bird on the sill."})
    record = json.loads(take(assignment.client.user)["record.json"])
    assert record["assignments"][0]["why"] == "Since evenings are hard."
    assert record["entries"][0]["answers"] == [
        {"asked": "What do you notice?", "answered": "A bird on the sill."}
    ]


def test_it_says_where_messages_go_and_what_they_may_say():
    anna = make_portal_client(reminder_offsets=[60], email_wording="plain")
    anna.addresses.create(channel="email", value="quiet@example.org", verified_at=START)
    messages = record_of(anna)["messages"]
    assert messages["wording"] == {"email": "plain", "sms": "none", "push": "none"}
    assert messages["minutes_before_consultations"] == [60]
    assert messages["addresses"] == [
        {"channel": "email", "address": "quiet@example.org", "in_use": True}
    ]


def test_it_says_how_an_exercise_was_given():
    assignment = make_assignment(
        rhythm="every_weeks",
        every_weeks=2,
        smaller=True,
        status="withdrawn",
        withdrawn_on=date(2030, 2, 1),
        earlier=[
            {
                **{"rhythm": "weekdays", "weekdays": "02", "times_a_week": None},
                **{"every_weeks": None, "until": "2030-01-06", "ends_on": None},
            }
        ],
    )
    AssignmentPause.objects.create(assignment=assignment, first_day=date(2030, 1, 9))
    given = record_of(assignment.client)["assignments"][0]
    assert given["rhythm"] == "every 2 weeks"
    assert given["earlier_rhythms"] == [{"rhythm": "Mon, Wed", "until": "2030-01-06"}]
    assert given["in_its_smaller_form"]
    assert (given["status"], given["withdrawn_on"]) == ("withdrawn", "2030-02-01")
    assert given["rests"] == [{"first_day": "2030-01-09", "last_day": None}]


def test_it_notes_the_download():
    anna = make_portal_client()
    take(anna.user)
    event = AccessEvent.objects.get()
    assert (event.verb, event.actor, event.client_id) == (Verb.EXPORT, anna.user, anna.pk)


def test_it_shows_who_opened_the_record(client):
    anna = make_portal_client()
    counsellor = anna.counsellor
    record_access(verb=Verb.READ, subject=anna, client_id=anna.pk, actor=counsellor.user)
    client.force_login(anna.user)
    page = client.get(reverse("records:record")).content.decode()
    assert counsellor.display_name in page
    assert "looked at it" in page


def test_it_is_for_clients_only(client):
    client.force_login(make_portal_client().counsellor.user)
    assert client.get(reverse("records:record")).status_code == 404
    assert client.post(reverse("records:download")).status_code == 404


def test_it_refuses_to_download_by_a_link(client):
    client.force_login(make_portal_client().user)
    assert client.get(reverse("records:download")).status_code == 405


def test_it_names_the_programmes_and_their_dates():
    anna = make_portal_client()
    programme = make_programme(owner=anna.counsellor, title="First weeks")
    for day, ended in ((1, date(2030, 2, 1)), (20, None)):
        anna.enrolments.create(programme=programme, starts_on=date(2030, 1, day), ended_on=ended)
    assert sorted(record_of(anna)["programmes"], key=lambda given: given["starts_on"]) == [
        {"title": "First weeks", "starts_on": "2030-01-01", "ended_on": "2030-02-01"},
        {"title": "First weeks", "starts_on": "2030-01-20", "ended_on": None},
    ]


def test_it_has_what_the_client_wanted_to_talk_about_and_when_they_did():
    anna = make_portal_client()
    at = datetime(2030, 1, 7, 10, tzinfo=UTC)
    make_talking_point(client=anna, text="Sleep.", written_at=at, settled_at=at)
    make_talking_point(client=anna, text="My father.", written_at=at + timedelta(days=1))
    assert record_of(anna)["talking_points"] == [
        {"text": "Sleep.", "written_at": at.isoformat(), "settled_at": at.isoformat()},
        {"text": "My father.", "written_at": "2030-01-08T10:00:00+00:00", "settled_at": None},
    ]


def test_it_holds_signed_notes_and_says_what_is_left_out():
    anna = make_portal_client()
    meetings = [
        make_consultation(client=anna, starts_at=START + timedelta(days=n), status="completed")
        for n in (1, 2)
    ]
    signed = make_note(consultation=meetings[0], agreed="A walk.", signed_at=START)
    make_addendum(note=signed, text="She called.")
    make_note(consultation=meetings[1], sections=[{"heading": "", "text": "A draft."}])
    make_process_note(client=anna, text="What stirs in me.")
    record = record_of(anna)
    told = str(record)
    assert "A draft." not in told
    assert "stirs" not in told
    [note] = record["notes"]
    assert note["sections"] == [{"heading": "", "text": "We began."}]
    assert (note["agreed"], note["signed_by"]) == ("A walk.", anna.counsellor.display_name)
    assert [added["text"] for added in note["added"]] == ["She called."]
    assert "for themselves alone" in record["left_out"][1]["why"]


@pytest.mark.parametrize("entries", [1, 30])
def test_it_asks_the_database_as_often_for_any_number_of_entries(
    client, django_assert_num_queries, entries
):
    anna = make_portal_client()
    for _ in range(entries):
        make_entry(client=anna)
    with django_assert_num_queries(22):
        record_of(anna)


def test_it_has_what_the_counsellor_noted_beside_the_course():
    event = make_progress_event(day=date(2030, 1, 5), words="Moved house")
    assert record_of(event.client)["events"] == [
        {
            "day": "2030-01-05",
            "what_happened": "Moved house",
            "noted_by": event.author.display_name,
        }
    ]


def test_the_page_and_the_file_tell_of_every_event(client):
    anna = make_portal_client(time_zone="Europe/London")
    desk = Browser()
    # Before and after the clocks go back, both on the same day there.
    for hour in (0, 1, 23, 24):
        with time_machine.travel(datetime(2030, 10, 27, tzinfo=UTC) + timedelta(hours=hour)):
            desk.force_login(anna.counsellor.user)
            desk.get("/admin/clients/client/")
            desk.get(f"/admin/clients/client/{anna.pk}/change/")
    client.force_login(anna.user)
    shown = client.get(reverse("records:record")).context
    events = AccessEvent.objects.filter(client_id=anna.pk)
    assert [(row.day.isoformat(), row.times) for row in shown["listings"]] == [
        ("2030-10-28", 1),
        ("2030-10-27", 3),
    ]
    assert sum(row.times for row in shown["listings"]) + len(shown["openings"]) == events.count()
    record = record_of(anna)
    told = sum(row["times"] for row in record["listed_by"]) + len(record["opened_by"])
    assert told == events.count() == 8
