"""The demo practice: what is to be seen in it, and that all of it can be looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, F
from django.urls import reverse
from django.utils import timezone

from clients.models import Client
from clients.not_watched import not_watched_to_read
from counsel.accounts.models import User
from counsel.desk.brief import brief_of
from counsel.desk.ledger.alarm import alarms
from counsel.reminders.health import health
from exercises.editing import file_of
from exercises.models import (
    Assignment,
    AssignmentPause,
    Entry,
    ExerciseDraft,
    ExerciseVersion,
    Partner,
    Review,
    RiskFlag,
    ScaleScore,
    Score,
    SmallShare,
)
from exercises.schema import SchemaError
from exercises.selectors.programmes import steps_of
from sessions.models import (
    Consultation,
    ConsultationNote,
    NoteAddendum,
    ProcessNote,
    Status,
    TalkingPoint,
)
from sessions.notes import HEADINGS

pytestmark = pytest.mark.django_db

# A Wednesday evening in Kolkata, while somebody is being seen.
NOW = datetime(2030, 1, 16, 13, tzinfo=UTC)


@pytest.fixture(scope="module")
def _seeded(django_db_setup, django_db_blocker):
    """Made once for all that only look at it; what they write is taken back after each."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(NOW, tick=False):
            call_command("load_library", stdout=StringIO())
            call_command("seed_demo", stdout=StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(_seeded, db):
    with time_machine.travel(NOW, tick=False):
        yield


def of(name):
    return Client.objects.get(email=f"{name}@example.org")


def given(name, slug):
    return Assignment.objects.get(client=of(name), version__exercise__slug=slug)


# --- What is there -----------------------------------------------------------------------------


def test_it_shows_each_way_in_which_exercises_are_given(demo):
    today = NOW.date()
    assert given("anna", "breathing-pause").status == "withdrawn"
    assert given("ravi", "journal").rest(today).last_day == today + timedelta(days=9)
    smaller = given("joe", "pause-and-label")
    assert smaller.smaller
    assert {entry.smaller for entry in smaller.entries.all()} == {True, False}
    # One of the counsellor's own, that one client has in an earlier version.
    versions = [given(name, "the-first-sign").version for name in ("ravi", "leila")]
    assert [version.number for version in versions] == [1, 2]
    assert len(versions[0].parsed_steps()) < len(versions[1].parsed_steps())
    assert AssignmentPause.objects.count() == 1


def test_a_programme_is_half_way(demo):
    enrolment = of("joe").enrolments.get()
    guarding, scan, ladder = steps_of(enrolment)
    assert [step.assignment.status for step in (guarding, scan, ladder)] == [
        "active",
        "active",
        "waiting",
    ]
    assert guarding.done == 1
    assert 0 < scan.done < ladder.assignment.after_days


def test_a_measure_was_filled_in_week_after_week_and_before_consultations(demo):
    weekly = given("anna", "closeness-this-week")
    assert weekly.shows_scores
    days = list(weekly.entries.order_by("local_date").values_list("local_date", flat=True))
    assert len(days) == 8
    assert {later - day for day, later in zip(days, days[1:], strict=False)} == {timedelta(7)}
    before = given("ravi", "closeness-this-week")
    assert before.rhythm == "before_meeting"
    meetings = {
        when.date() for when in of("ravi").consultations.values_list("starts_at", flat=True)
    }
    filled_in = [entry.local_date + timedelta(days=1) for entry in before.entries.all()]
    assert filled_in
    assert meetings.issuperset(filled_in)
    assert ScaleScore.objects.count() == 5 * Score.objects.count() > 50
    assert not RiskFlag.objects.exists()


def test_events_are_noted_beside_the_course_of_one(demo):
    days = of("anna").progress_events.values_list("day", flat=True)
    assert len(days) == 3
    assert max(days) < NOW.date()


def test_some_days_were_not_for_it(demo):
    said = Entry.objects.filter(outcome="could_not")
    assert len(set(said.values_list("reason", flat=True))) > 3
    wish = said.get(wants_smaller=True)
    assert (wish.client.name, wish.sharing, wish.reason) == ("Ravi", "shared", "too_much")
    assert wish.because
    assert not hasattr(wish, "review")


def test_some_was_written_later_changed_answered_or_kept_private(demo):
    late = Entry.objects.filter(logged_at__gt=F("happened_at") + timedelta(hours=20))
    assert late.count() > 5
    changed = Entry.objects.filter(corrects__isnull=False).select_related("corrects")
    assert {entry.client.name for entry in changed} == {"Anna", "Priya"}
    assert all(entry.answers != entry.corrects.answers for entry in changed)
    assert not Entry.objects.submitted().filter(corrected_by__in=changed).exists()
    assert set(Review.objects.values_list("quality", flat=True)) == {None, 1, 2, 3, 4}
    assert [client.name for client in Client.objects.filter(shows_private_days=False)] == ["Leila"]
    assert of("leila").entries.filter(sharing="private").count() > 5
    # Who writes has read that nobody watches; who does not has not.
    asked = {c.name for c in Client.objects.all() if not_watched_to_read(c) is not None}
    assert asked == {"Joe", "Hana"}
    prompts = {
        e.answers.get("prompt")
        for e in of("anna").entries.filter(assignment__version__exercise__slug="journal")
    }
    assert len(prompts) > 2


def test_consultations_were_noted(demo):
    held = Consultation.objects.filter(status="completed")
    [missing] = held.filter(note__isnull=True)
    assert missing.client.name == "Leila"
    [draft] = ConsultationNote.objects.filter(signed_at__isnull=True)
    assert draft.consultation.client.name == "Ravi"
    assert {note.format for note in ConsultationNote.objects.all()} == {*HEADINGS}
    for name in ("anna", "ravi", "joe"):
        assert brief_of(of(name), NOW).note.agreed
    assert NoteAddendum.objects.get().note.consultation.client.name == "Anna"
    assert ProcessNote.objects.get().client.name == "Ravi"


def test_an_exercise_is_being_written(demo):
    draft = ExerciseDraft.objects.get()
    assert not draft.exercise.versions.exists()
    with pytest.raises(SchemaError):
        file_of(draft.content, draft.exercise.slug)


def test_somebody_close_reads_small_shares(demo):
    tie = Partner.objects.get()
    assert (tie.client.name, tie.user.email) == ("Anna", "jonas@example.org")
    shares = SmallShare.objects.of_partner(tie.user)
    assert [share.seen_at is None for share in shares] == [True, False]


# --- That it can be looked at ------------------------------------------------------------------


def shows(browser, addresses):
    for address in addresses:
        answer = browser.get(address)
        assert answer.status_code == 200, (address, answer.status_code, answer.headers)
        yield address, answer.content.decode()


@pytest.mark.parametrize("minutes", [0, 5])
def test_no_desk_raises_an_alarm_before_the_first_messages_go_out(demo, minutes):
    found = health(NOW + timedelta(minutes=minutes))
    assert alarms(found, has_caseload=False) == []


@pytest.mark.services
def test_the_counsellor_sees_every_page_of_it(demo, client):
    maya = User.objects.get(email="maya@example.org")
    client.force_login(maya)
    found = dict(shows(client, desk_pages(maya)))
    assert "The first sign" in found["/admin/exercises/exercise/"]
    assert "A letter not sent" in found["/admin/exercises/exercise/"]
    assert "Coming closer, slowly" in found["/admin/exercises/programme/"]
    brief = found[f"/admin/clients/client/{of('ravi').pk}/change/"]
    assert "smaller" in brief


def desk_pages(maya):
    lists = ("exercise", "programme", "enrolment", "assignment", "entry", "riskflag")
    yield from (f"/admin/exercises/{name}/" for name in lists)
    yield from ("/admin/", "/admin/clients/client/", "/admin/measures/")
    yield "/admin/measures/closeness-this-week/"
    for version in ExerciseVersion.objects.visible_to(maya).current():
        yield f"/admin/exercises/exercise/{version.exercise_id}/change/"
        yield f"/admin/clients/client/assign/exercise/?exercise={version.pk}"
    for exercise in maya.counsellor.exercises.all():
        yield f"/admin/exercises/exercise/{exercise.pk}/edit/"
        yield f"/admin/exercises/exercise/{exercise.pk}/preview/draft/1/"
    for programme in maya.counsellor.programmes.all():
        yield f"/admin/exercises/programme/{programme.pk}/change/"
        yield f"/admin/exercises/programme/{programme.pk}/give/"
    for person in maya.counsellor.clients.all():
        own = f"/admin/clients/client/{person.pk}/"
        yield from (f"{own}{page}/" for page in ("change", "assign", "programme", "together"))
        yield from (f"{own}notes/", f"{own}process-notes/", f"{own}messages/")
        for consultation in person.consultations.filter(status="completed"):
            yield f"{own}notes/{consultation.pk}/"
        for name in ("measure", "together_fill"):
            yield reverse(f"admin:clients_client_{name}", args=[person.pk, "closeness-this-week"])
        yield from (f"/admin/exercises/enrolment/{e.pk}/change/" for e in person.enrolments.all())
        for assignment in person.assignments.all():
            yield f"/admin/exercises/assignment/{assignment.pk}/change/"
        yield from (f"{own}entries/{entry.pk}/" for entry in some_of(person.entries.shared()))


def some_of(entries):
    """One of each look."""
    looks = {}
    for entry in entries.annotate(answered=Count("replies")):
        look = (entry.version_id, entry.outcome, entry.smaller, entry.corrects_id, entry.answered)
        looks.setdefault(look, entry)
    return looks.values()


@pytest.mark.parametrize("name", ["anna", "joe"])
def test_clients_see_every_page_of_it(demo, client, name):
    person = of(name)
    client.force_login(person.user)
    found = dict(shows(client, portal_pages(person)))
    if name == "anna":
        assert "Jonas" in found["/my/close/"]


def portal_pages(person):
    yield from ("/my/", "/my/entries/", "/my/entries/search/", "/my/journal/")
    yield from ("/my/settings/", "/my/record/", "/my/record/pages/", "/my/close/", "/my/welcome/")
    today = timezone.now().astimezone(person.zone).date()
    for assignment in person.assignments.all():
        if assignment.runs_on(today):
            yield f"/my/practice/{assignment.pk}/"
            yield f"/my/practice/{assignment.pk}/not-today/"
    yield from (f"/my/entries/{entry.pk}/" for entry in some_of(person.entries.all()))


def test_the_partner_sees_every_page_of_it(demo, client):
    tie = Partner.objects.get()
    client.force_login(tie.user)
    shares = [f"/with/share/{share.pk}/" for share in tie.shares.all()]
    found = dict(shows(client, ["/with/", "/with/listening/1/", *shares]))
    assert any("I liked that you waited." in page for page in found.values())


def test_two_say_what_they_want_to_talk_about_since_they_last_met(demo):
    waiting = TalkingPoint.objects.filter(settled_at__isnull=True)
    assert {point.client.name for point in waiting} == {"Anna", "Ravi"}
    for point in waiting:
        held = point.client.consultations.filter(status=Status.COMPLETED)
        assert held.latest("ends_at").ends_at < point.written_at <= NOW
