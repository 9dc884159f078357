"""Giving an exercise to a client, changing how it is given, and taking it off the list.

Dates are the client's local ones. What a change brings holds from the first day that does not
count yet: today, or tomorrow where today's practice is done.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from counsel.common.errors import ConflictError, DomainError
from counsel.common.zones import local_date
from exercises.models import Assignment, Entry, Exercise, ExerciseVersion, Rhythm
from exercises.models.assignments import RHYTHM_FIELDS
from exercises.planning import practice_plan
from exercises.plans import ONE_DAY
from exercises.services.standing import standing_touch

# Given twice with the same words in so short a time is a double click.
ONE_CLICK = timedelta(minutes=1)
_CHANGEABLE = (
    *("rationale", *RHYTHM_FIELDS, "starts_on", "ends_on"),
    *("reminders", "smaller", "shows_scores"),
)


@transaction.atomic
def assignment_create(
    *,
    client: Client,
    version: ExerciseVersion,
    rationale: str,
    rhythm: str,
    starts_on: date,
    times_a_week: int | None = None,
    weekdays: Iterable[int] = (),
    every_weeks: int | None = None,
    ends_on: date | None = None,
    reminders: bool = True,
    smaller: bool = False,
    shows_scores: bool = False,
) -> Assignment:
    """Give a client an exercise. The same once more within a minute is the one given before.

    Raises ValidationError naming the fields that are wrong, and DomainError for a smaller form
    or for scores that this exercise does not have.
    """
    now = timezone.now()
    given = {
        "rationale": rationale.strip(),
        **_rhythm(rhythm, times_a_week, weekdays, every_weeks),
        **{"starts_on": starts_on, "ends_on": ends_on, "reminders": reminders},
        **{"smaller": smaller, "shows_scores": shows_scores},
    }
    _refuse_what_it_has_not(version, given)
    # Held until commit, so that of two equal requests the second finds the first.
    Client.objects.these(client).select_for_update(no_key=True).get()
    lately = client.assignments.filter(
        version=version, status=Assignment.Status.ACTIVE, created_at__gt=now - ONE_CLICK
    )
    earlier: Assignment
    for earlier in lately.select_related("client", "version"):
        if _given(earlier) == given:
            return earlier
    assignment = Assignment(client=client, version=version, **given)
    assignment.full_clean()
    assignment.save(force_insert=True)
    standing_touch(client_id=client.pk)
    practice_plan(now, client=client)
    return assignment


@transaction.atomic
def assignment_change(
    *,
    assignment: Assignment,
    seen: str,
    rationale: str,
    rhythm: str,
    times_a_week: int | None = None,
    weekdays: Iterable[int] = (),
    every_weeks: int | None = None,
    starts_on: date,
    ends_on: date | None = None,
    reminders: bool,
    smaller: bool = False,
    shows_scores: bool = False,
) -> Assignment:
    """Give it in another way: never another version, and what counted stays counted.

    `seen` is the `seal_of` what was looked at. Raises ConflictError where it has changed since
    or is over, DomainError or ValidationError naming the field that is wrong.
    """
    now = timezone.now()
    row = assignment_locked(assignment)
    wanted = {
        "rationale": rationale.strip(),
        **_rhythm(rhythm, times_a_week, weekdays, every_weeks),
        **{"starts_on": starts_on, "ends_on": ends_on, "reminders": reminders},
        **{"smaller": smaller, "shows_scores": shows_scores},
    }
    if _given(row) == wanted:
        return row
    if seen != seal_of(row):
        raise ConflictError(_("This has changed in the meantime. Look at it again."))
    today, free_from = local_date(now, row.client.zone), first_open_day(row, now)
    refuse_over(row, today)
    _refuse_what_it_has_not(row.version, wanted)
    _refuse_first_day(row, starts_on, free_from)
    _refuse_last_day(row, ends_on, today)
    _keep_earlier_rhythm(row, wanted, free_from)
    if starts_on < row.starts_on:
        row.opened_at = now
    return _save(row, wanted, now)


@transaction.atomic
def assignment_make_smaller(*, assignment: Assignment) -> Assignment:
    """From now on it is asked in its smaller form. Raises DomainError where there is none."""
    return _set_smaller(assignment, smaller=True)


@transaction.atomic
def assignment_make_whole(*, assignment: Assignment) -> Assignment:
    """From now on it is asked whole again."""
    return _set_smaller(assignment, smaller=False)


@transaction.atomic
def assignment_withdraw(*, assignment: Assignment) -> Assignment:
    """Take it off the client's list; what was written stays, and counts up to today.

    Withdrawing what is withdrawn changes nothing.
    """
    now = timezone.now()
    row = assignment_locked(assignment)
    if row.status == Assignment.Status.WITHDRAWN:
        return row
    row.take_back(first_open_day(row, now))
    row.save(update_fields=["status", "withdrawn_on", "starts_on", "ends_on"])
    standing_touch(client_id=row.client_id)
    practice_plan(now, client=row.client)
    return row


def seal_of(assignment: Assignment) -> str:
    """Stands for all that may be changed, so that of two windows the later one notices."""
    return hashlib.sha256(json.dumps(_given(assignment), default=str).encode()).hexdigest()[:24]


def assignment_locked(assignment: Assignment) -> Assignment:
    """The row as it is now, held until commit."""
    rows = Assignment.objects.these(assignment).select_for_update(of=("self",))
    row: Assignment = rows.select_related("client", "version__exercise").get()
    return row


def first_open_day(assignment: Assignment, now: datetime) -> date:
    """The client's first local day that does not count yet: today, unless it was done today.

    As far as the counsellor may know: they see from which day on a change holds.
    """
    today = local_date(now, assignment.client.zone)
    done = Entry.objects.told().filter(
        assignment=assignment, local_date=today, outcome=Entry.Outcome.DONE
    )
    return today + ONE_DAY if done.exists() else today


def refuse_over(assignment: Assignment, today: date) -> None:
    """Raises ConflictError for one that asks for nothing any more."""
    if assignment.status == Assignment.Status.WITHDRAWN:
        raise ConflictError(_("It is withdrawn. You can assign the exercise again."))
    if assignment.status == Assignment.Status.ACTIVE and assignment.has_ended(today):
        raise ConflictError(_("Its last day is over. You can assign the exercise again."))


def _rhythm(
    rhythm: str, times_a_week: int | None, weekdays: Iterable[int], every_weeks: int | None
) -> dict[str, Any]:
    """Only what belongs to the rhythm is kept."""
    chosen = "".join(str(day) for day in sorted(set(weekdays)))
    return {
        "rhythm": rhythm,
        "times_a_week": times_a_week if rhythm == Rhythm.TIMES_A_WEEK else None,
        "weekdays": chosen if rhythm == Rhythm.WEEKDAYS else "",
        "every_weeks": every_weeks if rhythm == Rhythm.EVERY_WEEKS else None,
    }


def _given(assignment: Assignment) -> dict[str, Any]:
    return {name: getattr(assignment, name) for name in _CHANGEABLE}


def _refuse_what_it_has_not(version: ExerciseVersion, given: dict[str, Any]) -> None:
    if given["smaller"] and not version.has_smaller:
        raise DomainError(_("This exercise has no smaller form."), field="smaller")
    if given["shows_scores"] and version.exercise.kind != Exercise.Kind.MEASURE:
        raise DomainError(_("Only measures have scores."), field="shows_scores")


def _refuse_first_day(row: Assignment, starts_on: date, free_from: date) -> None:
    if starts_on == row.starts_on:
        return
    if row.status == Assignment.Status.WAITING:
        raise DomainError(_("It waits, and has no dates yet."), field="starts_on")
    if row.starts_on < free_from:
        raise DomainError(_("It has begun. Its first day stays."), field="starts_on")
    if starts_on < free_from:
        raise DomainError(_("Choose today or a later day."), field="starts_on")


def _refuse_last_day(row: Assignment, ends_on: date | None, today: date) -> None:
    if ends_on == row.ends_on:
        return
    if row.status == Assignment.Status.WAITING:
        raise DomainError(_("It waits, and has no dates yet."), field="ends_on")
    if ends_on is not None and ends_on < today:
        words = _("Choose today or a later day. To end it at once, withdraw it.")
        raise DomainError(words, field="ends_on")


def _keep_earlier_rhythm(row: Assignment, wanted: dict[str, Any], free_from: date) -> None:
    """Days that count already go on counting by the rhythm in which they were asked for."""
    held = {name: getattr(row, name) for name in RHYTHM_FIELDS}
    if row.status != Assignment.Status.ACTIVE or held == {n: wanted[n] for n in RHYTHM_FIELDS}:
        return
    until = free_from - ONE_DAY
    if row.rhythm_since <= until:
        ends_on = row.ends_on.isoformat() if row.ends_on else None
        row.earlier = [*row.earlier, {"until": until.isoformat(), "ends_on": ends_on, **held}]


def _set_smaller(assignment: Assignment, *, smaller: bool) -> Assignment:
    now = timezone.now()
    row = assignment_locked(assignment)
    if row.smaller == smaller:
        return row
    refuse_over(row, local_date(now, row.client.zone))
    wanted = {**_given(row), "smaller": smaller}
    _refuse_what_it_has_not(row.version, wanted)
    return _save(row, wanted, now)


def _save(row: Assignment, wanted: dict[str, Any], now: datetime) -> Assignment:
    for name, value in wanted.items():
        setattr(row, name, value)
    row.full_clean()
    row.save(update_fields=["earlier", "opened_at", *wanted])
    standing_touch(client_id=row.client_id)
    practice_plan(now, client=row.client)
    return row
