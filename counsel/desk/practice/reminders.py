"""How reminders fared: what fell due in a span, by kind and channel, and what is late just now.

Of what `ReminderQuerySet.visible_to` lets the reader see, so that each number is as long as the
list it leads to. Three queries for any span.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counsel.accounts.roles import AnyUser
from counsel.desk.practice.spans import Span
from counsel.desk.practice.tables import Cell, Row, Table
from counsel.reminders.models import Channel, Heartbeat, Reminder, State
from counsel.reminders.registry import get_kind

# What happened to them, and by which states that is told. All but what was withdrawn was due.
_DUE = tuple(state for state in State if state is not State.CANCELLED)
_OPEN = (State.QUEUED, State.CLAIMED)
_FATES = (
    (gettext_lazy("Due"), _DUE),
    (gettext_lazy("Sent"), (State.SENT,)),
    (gettext_lazy("Not sent, on purpose"), (State.SKIPPED,)),
    (gettext_lazy("Failed"), (State.FAILED,)),
    (gettext_lazy("May have been sent"), (State.UNCERTAIN,)),
    (gettext_lazy("Waiting"), _OPEN),
)


@dataclass(frozen=True, slots=True)
class ReminderFigures:
    """`late` fell due and have not gone out; `last_run` of what sends is a sign of life."""

    is_empty: bool
    late: int
    late_url: str
    oldest_late: datetime | None
    last_run: datetime | None
    kinds: Table


def reminders_in(span: Span, user: AnyUser, now: datetime, zone: ZoneInfo) -> ReminderFigures:
    first, until = span.instants(zone)
    found = _counted(user, first, min(until, now))
    between = {"due_at__gte": first.isoformat(), "due_at__lt": min(until, now).isoformat()}
    rows = Reminder.objects.visible_to(user)
    late = rows.late(now).aggregate(count=Count("pk"), oldest=Min("due_at"))
    return ReminderFigures(
        is_empty=not found,
        late=late["count"],
        late_url=_list({"state": "late"}),
        oldest_late=late["oldest"],
        last_run=Heartbeat.objects.filter(name=Heartbeat.Name.SEND)
        .values_list("at", flat=True)
        .first(),
        kinds=Table(
            _("Messages by kind and channel"),
            (_("Reminder"), *(str(words) for words, _states in _FATES)),
            tuple(_rows(found, between)),
        ),
    )


def _counted(
    user: AnyUser, first: datetime, until: datetime
) -> dict[tuple[str, str], Counter[str]]:
    rows = Reminder.objects.visible_to(user).filter(
        due_at__gte=first, due_at__lt=until, state__in=_DUE
    )
    found: dict[tuple[str, str], Counter[str]] = {}
    for row in rows.order_by().values("channel", "kind", "state").annotate(count=Count("pk")):
        states = found.setdefault((row["channel"], row["kind"]), Counter())
        states[row["state"]] += row["count"]
    return found


def _rows(found: dict[tuple[str, str], Counter[str]], between: dict[str, str]) -> Iterator[Row]:
    """Kinds by name, channel after channel, each with its sum."""
    for channel, label in Channel.choices:
        kinds = {kind: states for (at, kind), states in found.items() if at == channel}
        for kind in sorted(kinds, key=_name):
            lookups = {**between, "channel": channel, "kind": kind}
            words = _("%(kind)s, by %(channel)s") % {"kind": _name(kind), "channel": label}
            yield Row(words, _cells(kinds[kind], lookups))
        if not kinds:
            continue
        every: Counter[str] = sum(kinds.values(), Counter())
        words = _("All by %(channel)s") % {"channel": label}
        yield Row(words, _cells(every, {**between, "channel": channel}), is_total=True)


def _cells(states: Counter[str], lookups: dict[str, str]) -> tuple[Cell, ...]:
    return tuple(
        _cell(sum(states[state] for state in among), lookups, among) for _words, among in _FATES
    )


def _cell(count: int, lookups: dict[str, str], states: tuple[State, ...]) -> Cell:
    if not count:
        return Cell("0")
    one = {"state": states[0].value} if len(states) == 1 else {}
    several = {"state__in": ",".join(states)} if len(states) > 1 else {}
    return Cell(number_format(count), _list({**lookups, **one, **several}))


def _list(lookups: dict[str, str]) -> str:
    return f"{reverse('admin:reminders_reminder_changelist')}?{urlencode(lookups)}"


def _name(kind: str) -> str:
    try:
        return capfirst(str(get_kind(kind).label))
    except KeyError:
        return kind
