"""How many practices were missed one after the other: counted back to the last time anything
was heard, so that one answer begins anew. An honest "I couldn't" is an answer.

Pure: values in, values out. Days are the client's local dates.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from exercises.plans import ONE_DAY, Plan, Rhythm, monday_of

# What lies further back nobody needs to be told by number (our own judgement): so much history
# is read to count what was missed.
LOOK_BACK = timedelta(weeks=13)
# A turn, or a week, that reaches into the span that is counted begins at most so long before it.
BEFORE_IT = timedelta(days=7)


def missed_in_a_row(
    plan: Plan,
    done_days: Collection[date],
    answered_days: Collection[date],
    until: date,
    *,
    first: date | None = None,
) -> int:
    """How many practices the plan asked for and nobody answered, one after the other, up to and
    including `until`; nothing before `first` counts. 0 where something was heard since.

    `done_days` are those on which it was done, `answered_days` those with an "I couldn't"; both
    are to be complete from `BEFORE_IT` before `first` on. Rhythms that name days count these. A
    turn (every so many weeks, before a consultation) counts once, when it is over. What a week
    of "n times a week" leaves open counts on the latest of its days that are free, as soon as
    no day of it is left; so what was missed before the last answer of that week does not count.
    What is asked once counts when its last day is over, and never without one.
    """
    answered = {*done_days, *answered_days}
    heard = max(answered, default=None)
    begins = first or min((part.start for part in _parts(plan)), default=plan.start)
    if heard is not None:
        begins = max(begins, heard + ONE_DAY)
    return sum(
        begins <= day <= until
        for monday in _mondays(begins, until)
        for day in _missed_in(plan, monday, answered, until)
    )


def _missed_in(plan: Plan, monday: date, answered: set[date], until: date) -> set[date]:
    """The days of this week on which something was asked for and not answered."""
    week = [monday + n * ONE_DAY for n in range(7)]
    missed = {day for day in week if _is_missed(plan, day, answered)}
    covered = [day for day in week if plan.covers(day)]
    counted = missed | answered
    for part in _parts(plan):
        own = [day for day in covered if plan.held_on(day) is part]
        if part.rhythm is Rhythm.TIMES_A_WEEK and own and own[-1] <= until:
            so_far = [day for day in counted if monday <= day <= own[-1]]
            open_ = (part.times_a_week or 0) - len(so_far)
            free = [day for day in own if day not in counted]
            late = set(free[::-1][: max(open_, 0)])
            missed |= late
            counted |= late
    return missed


def _is_missed(plan: Plan, day: date, answered: set[date]) -> bool:
    held = plan.held_on(day)
    if day in answered:
        return False
    match held.rhythm:
        case Rhythm.DAILY | Rhythm.WEEKDAYS:
            return plan.names(day)
        case Rhythm.EVERY_WEEKS | Rhythm.BEFORE_MEETING:
            turn = held.turn(day)
            heard = turn and any(turn[0] <= one <= turn[1] for one in answered)
            return plan.names(day) and not heard
        case Rhythm.ONCE:
            return (
                day == held.end and plan.covers(day) and not any(d >= held.start for d in answered)
            )
        case Rhythm.TIMES_A_WEEK:
            return False


def _parts(plan: Plan) -> tuple[Plan, ...]:
    """The plan as it was, oldest first, and as it is."""
    return (*(earlier for _last, earlier in plan.earlier), plan)


def _mondays(first: date, last: date) -> Iterator[date]:
    monday = monday_of(first)
    while monday <= last:
        yield monday
        monday += 7 * ONE_DAY
