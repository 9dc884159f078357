"""Where a client stands is kept, and is always what reckoning it from nothing gives."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.models import Client
from clients.services import ClientSettings, client_settings_change
from counsel.common.errors import DomainError
from exercises.models import Assignment, Entry, Rhythm, RiskFlag, Score, Standing
from exercises.selectors.standing import stale_standings, standings_of
from exercises.services import assigning, declining, programmes, replies, resting
from exercises.services.correcting import entry_correct
from exercises.services.flags import flag_close
from exercises.services.measures import scores_renew
from exercises.services.practising import entry_begin, entry_share, entry_submit
from exercises.services.standing import standing_touch, standings_keep, standings_refresh
from exercises.services.together import entry_fill_together
from sessions.services import consultation_book, consultation_cancel, consultation_complete
from tests.exercises.measuring import answers, give, hand_in, make_measure, risky
from tests.factories import (
    make_assignment,
    make_client,
    make_entry,
    make_portal_client,
    make_programme,
    make_service,
    make_version,
)

pytestmark = pytest.mark.django_db
START = datetime(2030, 1, 7, 12, tzinfo=UTC)
A_DAY = timedelta(days=1)
RECKONED = [f.name for f in Standing._meta.fields if f.name not in ("changes", "reckoned_for")]


def refreshed(person):
    standings_refresh(clients=Client.objects.these(person), now=timezone.now())
    return Standing.objects.get(pk=person.pk)


def values(standing):
    return {name: getattr(standing, name) for name in RECKONED}


def from_nothing(person):
    """Reckoned as though there had never been a row."""
    with transaction.atomic():
        Standing.objects.filter(pk=person.pk).delete()
        rows = Client.objects.these(person)
        [standing] = standings_of(stale_standings(rows, timezone.now()))
        transaction.set_rollback(True)
    return values(standing)


class World:
    """A client, what was given to them, and everything that may happen; time goes on."""

    def __init__(self, clock):
        self.clock = clock
        self.person = make_portal_client(time_zone="Asia/Kolkata")
        self.service = make_service(counsellor=self.person.counsellor)
        version = make_version(easier="Only one.")
        self.daily = self._assigned(version)
        self.measure = give(self.person, make_measure("phq-9"), rhythm="once")
        after = {"release": "after_one_before", "days": 1}
        self.programme = make_programme({}, after, owner=self.person.counsellor)

    def _assigned(self, version, **how):
        as_usual = {"rhythm": Rhythm.DAILY, "starts_on": date(2030, 1, 7), "rationale": "Small."}
        how = as_usual | how
        return assigning.assignment_create(client=self.person, version=version, **how)

    def _latest(self, **kw):
        return Entry.objects.submitted().filter(client=self.person, **kw).latest("logged_at")

    def a_day(self):
        self.clock.shift(A_DAY)

    def a_few_days(self):
        self.clock.shift(4 * A_DAY)

    def done(self, sharing="shared"):
        open_ = entry_begin(client=self.person, version=self.daily.version, assignment=self.daily)
        entry_submit(entry=open_, sharing=sharing)

    def done_in_private(self):
        self.done("private")

    def taken_back(self):
        entry_share(entry=self._latest(sharing="shared"), sharing="private")

    def shared_after_all(self):
        entry_share(entry=self._latest(sharing="private"), sharing="shared")

    def corrected(self):
        draft = entry_correct(entry=self._latest(outcome="done", assignment=self.daily))
        draft.answers = {"words": "Otherwise."}
        draft.save(update_fields=["answers"])
        entry_submit(entry=draft, sharing="shared")

    def could_not(self, sharing="shared"):
        said = {"because": "", "sharing": sharing, "wants_smaller": True}
        declining.entry_could_not(assignment=self.daily, **said)

    def could_not_in_private(self):
        self.could_not("private")

    def said_anew(self):
        said = self._latest(outcome="could_not")
        declining.could_not_correct(entry=said, because="", sharing="shared")

    def seen(self):
        replies.entry_mark_seen(
            entry=Entry.objects.unread().filter(client=self.person).earliest("logged_at")
        )

    def made_smaller(self):
        assigning.assignment_make_smaller(assignment=self.daily)

    def given_once_more(self):
        today = timezone.localdate()
        self._assigned(make_version(), starts_on=today - A_DAY, ends_on=today + A_DAY)

    def asked_less_often(self):
        row = Assignment.objects.get(pk=self.daily.pk)
        how = {"rhythm": Rhythm.TIMES_A_WEEK, "times_a_week": 2}
        if row.rhythm != Rhythm.DAILY:
            how = {"rhythm": Rhythm.BEFORE_MEETING}
        assigning.assignment_change(
            assignment=row,
            seen=assigning.seal_of(row),
            rationale="Small.",
            starts_on=row.starts_on,
            reminders=True,
            **how,
        )

    def rested(self):
        resting.assignment_pause(assignment=self.daily, until=None)

    def taken_up(self):
        resting.assignment_resume(assignment=self.daily)

    def withdrawn(self):
        assigning.assignment_withdraw(assignment=self.daily)

    def programme_given(self):
        programmes.programme_give(
            programme=self.programme, client=self.person, starts_on=timezone.localdate() - A_DAY
        )

    def released(self):
        waiting = self.person.assignments.get(status=Assignment.Status.WAITING)
        programmes.assignment_release(assignment=waiting)

    def programme_ended(self):
        programmes.enrolment_end(enrolment=self.person.enrolments.get(ended_on=None))

    def measured(self):
        hand_in(self.measure, risky(1))

    def measured_together(self):
        worse = answers(3, 3, 3, 3, 3)
        entry_fill_together(
            key=Entry().pk,
            client=self.person,
            version=self.measure.version,
            answers=worse,
            by=self.person.counsellor,
            now=timezone.now(),
        )

    def scored_by_newer_facts(self):
        Score.objects.filter(entry__client=self.person).update(scoring_version=99)
        scores_renew()

    def flag_closed(self):
        flag = RiskFlag.objects.get(client=self.person, closed_at=None)
        flag_close(flag=flag, by=self.person.counsellor, done="We spoke.")

    def days_kept_private(self, **changes):
        names = ClientSettings.__dataclass_fields__
        self.person.refresh_from_db()
        now = {name: getattr(self.person, name) for name in names}
        hides = {"shows_private_days": not self.person.shows_private_days}
        changed = ClientSettings(**now | (changes or hides))
        client_settings_change(client=self.person, settings=changed)

    def moved_to_another_zone(self):
        self.days_kept_private(time_zone="Pacific/Auckland")

    def booked(self):
        at = timezone.now().replace(hour=9) + 2 * A_DAY
        consultation_book(
            service=self.service, client=self.person, starts_at=at, overlap_reason="So it is."
        )

    def called_off(self):
        row = self.person.consultations.filter(status="confirmed").earliest("starts_at")
        consultation_cancel(consultation=row, by="counsellor")

    def held(self):
        row = self.person.consultations.filter(status="confirmed").earliest("starts_at")
        self.clock.move_to(row.ends_at + timedelta(hours=1))
        consultation_complete(consultation=row)


ACTS = [name for name in vars(World) if not name.startswith("_")]
# Of days, settings and consultations nobody tells: they are compared.
COMPARED = {
    *("a_day", "a_few_days", "days_kept_private", "moved_to_another_zone"),
    *("booked", "called_off", "held"),
}
STORY = [
    *("done", "a_day", "done_in_private", "could_not", "could_not_in_private", "corrected"),
    *("seen", "a_few_days", "could_not", "said_anew", "taken_back", "shared_after_all"),
    *("made_smaller", "given_once_more", "programme_given", "a_day", "programme_ended"),
    *("measured", "a_day", "measured_together", "flag_closed", "scored_by_newer_facts"),
    *("a_few_days", "days_kept_private", "moved_to_another_zone", "booked", "held", "done"),
    *("a_few_days", "rested", "a_day", "taken_up", "asked_less_often", "a_day", "done"),
    *("programme_given", "released", "asked_less_often", "a_few_days", "booked"),
    *("a_few_days", "called_off", "withdrawn"),
]


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as clock:
        yield clock


def test_each_act_is_known_at_the_next_look(clock):
    world = World(clock)
    before = refreshed(world.person).changes
    for act in STORY:
        getattr(world, act)()
        after = refreshed(world.person)
        assert values(after) == from_nothing(world.person), act
        assert (after.changes > before) == (act not in COMPARED), act
        before = after.changes
    assert set(STORY) == set(ACTS)


@pytest.mark.services
@settings(max_examples=10)
@given(st.lists(st.sampled_from(ACTS), min_size=5, max_size=15))
def test_it_is_known_in_any_order(acts):
    with time_machine.travel(START, tick=False) as clock, transaction.atomic():
        world = World(clock)
        for act in acts:
            # Some have nothing to act upon, and some are refused.
            with suppress(DomainError, ObjectDoesNotExist, AttributeError), transaction.atomic():
                getattr(world, act)()
            assert values(refreshed(world.person)) == from_nothing(world.person), act
        transaction.set_rollback(True)


@pytest.fixture
def person(clock):
    return make_portal_client()


def test_it_is_reckoned_only_when_something_changed(person, django_assert_num_queries):
    refreshed(person)
    with django_assert_num_queries(1):
        standings_refresh(clients=Client._base_manager.all(), now=timezone.now())


def test_many_are_reckoned_with_the_queries_of_one(person):
    def given_to(client_record):
        for rhythm in (Rhythm.DAILY, Rhythm.ONCE, Rhythm.BEFORE_MEETING):
            make_assignment(client=client_record, rhythm=rhythm, starts_on=date(2030, 1, 1))
        make_entry(client=client_record, sharing="shared")

    def queries():
        with CaptureQueriesContext(connection) as captured:
            standings_refresh(clients=Client._base_manager.all(), now=timezone.now())
        return len(captured)

    given_to(person)
    for_one = queries()
    for _ in range(3):
        given_to(make_client(counsellor=person.counsellor))
    standing_touch(client_id=person.pk)
    assert queries() == for_one
    assert for_one <= 16


def test_a_change_while_it_is_reckoned_is_not_lost(person):
    stale = stale_standings(Client._base_manager.all(), timezone.now())
    reckoned = standings_of(stale)
    make_entry(client=person, sharing="shared")
    standing_touch(client_id=person.pk)
    standings_keep(reckoned)
    assert refreshed(person).unread == 1


def test_of_those_whose_care_has_ended_only_what_happens_counts(person, clock):
    Client.objects.update(status=Client.Status.ENDED)
    refreshed(person)
    clock.shift(A_DAY)
    assert stale_standings(Client._base_manager.all(), timezone.now()) == []
    standing_touch(client_id=person.pk)
    assert len(stale_standings(Client._base_manager.all(), timezone.now())) == 1


def test_days_kept_private_after_care_has_ended_are_told_no_more(person):
    assignment = make_assignment(client=person, starts_on=date(2030, 1, 1))
    make_entry(assignment=assignment, happened_at=START - A_DAY, sharing="private")
    Client.objects.update(status=Client.Status.ENDED)
    assert refreshed(person).practised_on is not None
    Client.objects.update(shows_private_days=False)
    assert refreshed(person).practised_on is None


def test_a_private_i_could_not_tells_nothing(person):
    assignment = make_assignment(client=person, starts_on=date(2030, 1, 1))
    before = values(refreshed(person))
    clue = {"outcome": "could_not", "wants_smaller": True, "sharing": "private"}
    make_entry(assignment=assignment, happened_at=START - A_DAY, **clue)
    standing_touch(client_id=person.pk)
    assert values(refreshed(person)) == before


def test_days_are_the_clients_own_across_a_clock_change(clock):
    """Half past midnight in London is summer time's first Sunday, still Saturday in New York."""
    clock.move_to(datetime(2030, 3, 31, 0, 30, tzinfo=UTC))
    for zone, days in (("Europe/London", 6), ("America/New_York", 5)):
        person = make_portal_client(time_zone=zone)
        make_assignment(client=person, starts_on=date(2030, 3, 25))
        standing = refreshed(person)
        assert (standing.planned, standing.missed) == (days, days)
        assert standing.day == date(2030, 3, 25) + days * A_DAY
