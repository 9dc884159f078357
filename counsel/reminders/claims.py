"""Who holds a reminder, and how it ends. Every change is one short compare-and-swap.

A worker holds a reminder from `claim` to one of the ends, under a lease. When the lease runs out
(the worker was killed, or hangs), `sweep` gives the reminder away; the value of `lease_until` is
then another, and whatever the late worker still tries matches no row.

    queued -> claimed -> sent | skipped | failed | queued again
                      -> uncertain: handed to the mail server, and nobody knows what became of it
"""

# ruff: noqa: S608 (nothing here comes from outside)
from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom

from django.db import connection
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from counsel.reminders.models import Reminder, ReminderQuerySet, State
from counsel.reminders.timing import LEASE, MAX_ATTEMPTS, backoff, longer_wait

REASON_LENGTH = 200
_random = SystemRandom()


def sweep(now: datetime) -> int:
    """Settle what a lost worker left behind; returns how many reminders that were."""
    handed_over = Q(handed_over_at__isnull=False)
    again = handed_over & Q(resent_at=None, attempts__lt=MAX_ATTEMPTS)
    waits = Q(handed_over_at=None, attempts__lt=MAX_ATTEMPTS)
    left_behind = _everybodys().filter(state=State.CLAIMED, lease_until__lt=now)
    return left_behind.update(
        state=Case(
            When(handed_over, then=Value(State.UNCERTAIN)),
            When(waits, then=Value(State.QUEUED)),
            default=Value(State.FAILED),
        ),
        reason=Case(
            When(again, then=Value(_("cut off while sending; will be sent once more"))),
            When(handed_over, then=Value(_("cut off while sending, for the second time"))),
            When(waits, then=Value(_("the sender stopped; will be tried again"))),
            default=Value(_("given up: the sender stopped every time")),
        ),
        finished_at=Case(When(again | waits, then=Value(None)), default=Value(now)),
        try_at=now,
        lease_until=None,
    )


def claim(
    now: datetime, limit: int, *, without: Collection[str] = (), only: str = ""
) -> list[Reminder]:
    """Take up to `limit` reminders that are due, longest waiting first; no two callers get one.

    Of all channels but those `without`, or of one `only`.
    """
    due = _everybodys().filter(
        finished_at=None, state__in=[State.QUEUED, State.UNCERTAIN], try_at__lte=now
    )
    if without:
        due = due.exclude(channel__in=without)
    if only:
        due = due.filter(channel=only)
    due = due.order_by("try_at")[:limit]
    if not limit:
        return []
    if connection.features.has_select_for_update_skip_locked:
        return _claim_locked(due, now)
    # SQLite knows no row locks and would silently ignore the request for one.
    return [row for row in due if _take(_unchanged(row), [row], now)]


def _claim_locked(due: QuerySet[Reminder], now: datetime) -> list[Reminder]:
    """One statement: one round trip, and where the database cuts it off nothing was taken."""
    keys, parameters = due.values("id").query.sql_with_params()
    rows = _everybodys().raw(
        # Chosen once and for all: a plain subquery might be run again and choose more.
        f"WITH chosen AS MATERIALIZED ({keys} FOR UPDATE SKIP LOCKED) "
        "UPDATE reminders_reminder AS taken "
        "SET state = %s, lease_until = %s, attempts = attempts + 1, reason = '' "
        "FROM chosen WHERE taken.id = chosen.id RETURNING taken.*",
        [*parameters, State.CLAIMED, now + LEASE],
    )
    return sorted(rows, key=lambda row: row.try_at)


def _unchanged(row: Reminder) -> QuerySet[Reminder]:
    seen = {name: getattr(row, name) for name in ("state", "attempts", "try_at")}
    return Reminder.objects.these(row).filter(**seen)


def _everybodys() -> ReminderQuerySet:
    return Reminder.objects.across_caseloads("whatever is due goes out, whose ever it is")


def _take(found: QuerySet[Reminder], rows: Iterable[Reminder], now: datetime) -> int:
    lease_until = now + LEASE
    taken = found.update(
        state=State.CLAIMED, lease_until=lease_until, attempts=F("attempts") + 1, reason=""
    )
    for row in rows:
        row.state, row.lease_until, row.reason = State.CLAIMED, lease_until, ""
        row.attempts += 1
    return taken


def hand_over(row: Reminder, now: datetime, *, after: GoneOut | None = None) -> bool:
    """Note that the message goes to the mail server now; False: somebody else has it by now.

    From here on a crash leaves it open whether the message went out. The lease starts anew, so
    that the time other messages of the batch took does not count against this one. In the same
    breath it is noted that the one before has gone out: no more than one is ever in doubt.
    """
    again = row.handed_over_at is not None
    values = {
        "handed_over_at": now,
        "resent_at": now if again else None,
        "lease_until": now + LEASE,
    }
    if after is None:
        handed_over = _held(row).update(**values)
    elif connection.vendor == "postgresql":
        handed_over = _pass_on(after, row, values)
    else:
        settle_sent(after.row, after.at)
        handed_over = _held(row).update(**values)
    if not handed_over:
        return False
    for name, value in values.items():
        setattr(row, name, value)
    return True


@dataclass(frozen=True, slots=True)
class GoneOut:
    """The other side has said yes, and the ledger does not know yet."""

    row: Reminder
    at: datetime


def _pass_on(out: GoneOut, row: Reminder, values: dict[str, datetime | None]) -> int:
    """`settle_sent` and the handing over of the next in one statement, so in one round trip."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH done AS (UPDATE reminders_reminder SET state = 'sent', reason = %s, "
            "finished_at = %s, lease_until = NULL WHERE id = %s AND handed_over_at = %s "
            "AND state IN ('claimed', 'uncertain')) "
            "UPDATE reminders_reminder SET handed_over_at = %s, resent_at = %s, lease_until = %s "
            "WHERE id = %s AND state = 'claimed' AND lease_until = %s",
            [
                *(_sent_reason(out.row), out.at, out.row.pk, out.row.handed_over_at),
                *(*values.values(), row.pk, row.lease_until),
            ],
        )
        handed_over: int = cursor.rowcount
    return handed_over


def take_back(row: Reminder) -> None:
    """The mail server surely has not taken it: as if this handing over had not been.

    Changes `row` only; the end that follows writes it. An earlier handing over that was cut
    off is not forgotten.
    """
    if row.resent_at is None:
        row.handed_over_at = None
    row.resent_at = None


def settle_sent(row: Reminder, now: datetime) -> State:
    """Also where the lease ran out meanwhile: the mail server has said yes."""
    Reminder.objects.these(row).filter(
        handed_over_at=row.handed_over_at, state__in=[State.CLAIMED, State.UNCERTAIN]
    ).update(state=State.SENT, reason=_sent_reason(row), finished_at=now, lease_until=None)
    return State.SENT


def _sent_reason(row: Reminder) -> str:
    return _("sent a second time, because the first was cut off") if row.resent_at else ""


def settle_skipped(row: Reminder, now: datetime, reason: str) -> State:
    return _settle(row, now, State.SKIPPED, reason)


def settle_failed(row: Reminder, now: datetime, reason: str) -> State:
    return _settle(row, now, State.FAILED, reason)


def settle_cut_off(row: Reminder, now: datetime) -> State:
    """The mail server took the message, perhaps: try once more, then leave it to a person."""
    if row.resent_at or row.attempts >= MAX_ATTEMPTS:
        return _end(row, now, State.UNCERTAIN, _("cut off while sending, for the second time"))
    reason = _("cut off while sending; will be sent once more")
    return _reopen(row, now + backoff(1, _random.random()), reason)


def try_later(row: Reminder, now: datetime, reason: str, wait: timedelta | None = None) -> State:
    """This attempt came to nothing: wait longer each time, in the end give up.

    `wait` is how long the other side asks us to wait.
    """
    if row.attempts >= MAX_ATTEMPTS:
        return settle_failed(row, now, reason)
    at_least = backoff(row.attempts, _random.random())
    return _reopen(row, now + longer_wait(at_least, wait, row.not_after - now), reason)


def release(
    rows: Iterable[Reminder], now: datetime, reason: str = "", wait: timedelta | None = None
) -> None:
    """Give back what was not tried: it costs no attempt. One write for all that were never sent."""
    alike: dict[tuple[datetime | None, datetime | None], list[Reminder]] = {}
    for row in rows:
        alike.setdefault((row.handed_over_at, row.resent_at), []).append(row)
    for (handed_over_at, resent_at), some in alike.items():
        _held(*some).update(
            state=State.UNCERTAIN if handed_over_at else State.QUEUED,
            reason=reason[:REASON_LENGTH],
            attempts=F("attempts") - 1,
            handed_over_at=handed_over_at,
            resent_at=resent_at,
            try_at=now + (wait or timedelta()),
            lease_until=None,
        )


def wait_until(row: Reminder, until: datetime, reason: str) -> State:
    """It is not its time yet, after all: that costs no attempt."""
    row.attempts -= 1
    return _reopen(row, until, reason)


def short_wait() -> timedelta:
    """For what is not the messages' own fault."""
    return backoff(1, _random.random())


def _held(*rows: Reminder) -> QuerySet[Reminder]:
    leases = {row.lease_until for row in rows}
    return Reminder.objects.these(*rows).filter(state=State.CLAIMED, lease_until__in=leases)


def _settle(row: Reminder, now: datetime, state: State, reason: str) -> State:
    """What may have gone out before can never end as not sent."""
    if row.handed_over_at is not None:
        state, reason = State.UNCERTAIN, _("may have been sent; not again: %s") % reason
    return _end(row, now, state, reason)


def _end(row: Reminder, now: datetime, state: State, reason: str) -> State:
    _let_go(row, state, reason, finished_at=now)
    return state


def _reopen(row: Reminder, try_at: datetime, reason: str) -> State:
    state = State.UNCERTAIN if row.handed_over_at else State.QUEUED
    _let_go(row, state, reason, try_at=try_at)
    return state


def _let_go(row: Reminder, state: State, reason: str, **values: datetime) -> None:
    _held(row).update(
        state=state,
        reason=reason[:REASON_LENGTH],
        attempts=row.attempts,
        handed_over_at=row.handed_over_at,
        resent_at=row.resent_at,
        lease_until=None,
        **values,
    )
