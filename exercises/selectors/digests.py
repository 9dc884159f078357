"""What each client's message of a day would speak of, read for one client or for all of them.

The number of queries does not depend on how many they are, or on what is open for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from clients.models import Client
from counsel.accounts.models import Practice
from counsel.accounts.practice import practice
from exercises.digest import ASKING, EVERY, Open, Pace, Part, is_turn, nudging, parts_of
from exercises.models import Assignment, Entry, Exercise, Reply
from exercises.plans import ONE_DAY, Plan, is_wanted_on
from exercises.selectors.plans import plans_of
from exercises.selectors.today import LONGEST_LOOK_BACK, Answered, answered_since
from exercises.telling import is_news

# Whose practice is under way: nobody who paused, ended or cannot sign in is reminded of it.
REMINDED = (Client.Status.PROSPECTIVE, Client.Status.ACTIVE)
# Days that ask are counted no further back than this.
COUNTED_BACK = timedelta(days=60)

_CLIENT = (
    *("counsellor_id", "time_zone", "reminder_hour", "status"),
    *("homework_paused_until", "homework_stopped_at", "homework_mails_off_at"),
    *("email_wording", "sms_wording", "push_wording", "mail_off_at", "plain_mail_off_at"),
)
_ASSIGNMENT = (
    *("rhythm", "times_a_week", "weekdays", "every_weeks", "earlier", "starts_on", "ends_on"),
    *("withdrawn_on", "created_at", "opened_at", "reminders", "status"),
)


@dataclass(frozen=True, slots=True)
class Unread:
    """Words of the counsellor's that were neither read nor told of."""

    reply_id: UUID
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """One client with all that a message may speak of.

    `ignored` reminders, one after the other, were followed by nothing; `until` is the last day
    that was counted, or on which they practised. Days are the client's local ones.
    """

    client: Client
    ours: Practice
    assignments: Sequence[Assignment]
    plans: Mapping[UUID, Plan]
    answered: Mapping[UUID, Answered]
    unread: Sequence[Unread]
    ignored: int
    until: date | None
    has_stopped: bool

    def parts_on(self, day: date, *, reply: bool) -> frozenset[Part]:
        """What the message of that day says; `reply`: whether it speaks of words unread.

        Whether its turn has come is reckoned as if nobody had said that it wasn't a day for it.
        The last one comes on such a day too: it asks for nothing.
        """
        planned = self._parts(self._open_on(day, as_if_unsaid=True), day, reply=reply)
        if not any(self._answers(a).could_not for a in self.assignments):
            return planned
        is_open = replace(self._open_on(day), reply=reply)
        said = {part for part in planned if part is Part.LAST or is_open.has(part)}
        return frozenset(said | (planned & {Part.GENTLY} if said & ASKING else set()))

    def would_ask(self, day: date, *, reply: bool = False) -> bool:
        """Whether that day's message asks, leaving out that it wasn't a day for it."""
        parts = self._parts(self._open_on(day, as_if_unsaid=True), day, reply=reply)
        return bool(parts & ASKING)

    def could_not(self, day: date) -> bool:
        return any(day in self._answers(a).could_not for a in self.assignments if a.reminders)

    def after_asking(self, day: date, parts: frozenset[Part]) -> Person:
        """As things stand once that day's message has gone out and nothing has followed."""
        if Part.LAST in parts:
            return replace(self, ignored=0, until=day, has_stopped=True)
        if parts & ASKING:
            return replace(self, ignored=self.ignored + 1, until=day)
        return self

    @property
    def pace(self) -> Pace:
        return nudging(self.ignored, self.ours.soften_after, self.ours.stop_after)

    def _parts(self, is_open: Open, day: date, *, reply: bool) -> frozenset[Part]:
        may_ask = not self.has_stopped and is_turn(self.pace, self._asking_days(day))
        return parts_of(replace(is_open, reply=reply), self.pace, may_ask=may_ask)

    def _asking_days(self, day: date) -> int:
        """How many days ask since the last that was counted, this one included; `EVERY` at most."""
        if self.pace is Pace.DAILY:
            return EVERY
        earliest = max(self.until or date.min, day - COUNTED_BACK)
        count = 0
        while day > earliest and count < EVERY:
            count += bool(self._asking(day, as_if_unsaid=True))
            day -= ONE_DAY
        return count

    def _open_on(self, day: date, *, as_if_unsaid: bool = False) -> Open:
        asking = self._asking(day, as_if_unsaid=as_if_unsaid)
        news = any(
            is_news(a, self.plans[a.pk], day, self._answers(a, as_if_unsaid=as_if_unsaid))
            for a in self.assignments
        )
        return Open(practice=Part.PRACTICE in asking, measure=Part.MEASURE in asking, news=news)

    def _asking(self, day: date, *, as_if_unsaid: bool) -> set[Part]:
        return {
            _part(a)
            for a in self.assignments
            if a.reminders
            and _asks(self.plans[a.pk], day, self._answers(a, as_if_unsaid=as_if_unsaid))
        }

    def _answers(self, assignment: Assignment, *, as_if_unsaid: bool = False) -> Answered:
        answered = self.answered.get(assignment.pk, Answered())
        return Answered(done=answered.done) if as_if_unsaid else answered


_FOR_ALL = "the tick plans for everybody"


@dataclass(slots=True)
class _Found:
    """Gathered for one client on the way."""

    client: Client
    assignments: list[Assignment] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)


def people(now: datetime, client: Client | None = None) -> list[Person]:
    """Those for whom anything is open today or tomorrow, by their own clock. Six queries, and one
    more where a rhythm goes by consultations.
    """
    found: dict[UUID, _Found] = {}
    for assignment in _open_for(now, client):
        person = found.setdefault(assignment.client_id, _Found(assignment.client))
        assignment.client = person.client
        person.assignments.append(assignment)
    for reply in _unread_by(client):
        theirs = reply.entry.client
        person = found.setdefault(theirs.pk, _Found(theirs))
        person.unread.append(Unread(reply.pk, reply.created_at))
    return _people(list(found.values()), now)


def _people(found: Sequence[_Found], now: datetime) -> list[Person]:
    # The earliest today anywhere is yesterday in UTC.
    first, last = now.date() - ONE_DAY, now.date() + 2 * ONE_DAY
    clients = [person.client for person in found]
    answered = answered_since(first - LONGEST_LOOK_BACK, clients=clients)
    given = [assignment for person in found for assignment in person.assignments]
    plans = plans_of(given, first - COUNTED_BACK, last)
    ours = practice()
    return [
        Person(
            client=person.client,
            ours=ours,
            assignments=person.assignments,
            plans=plans,
            answered=answered,
            unread=person.unread,
            **_counted(person.client),
        )
        for person in found
    ]


def _counted(client: Client) -> dict[str, Any]:
    nudges = getattr(client, "nudges", None)
    return {
        "ignored": nudges.ignored if nudges else 0,
        "until": nudges.until if nudges else None,
        "has_stopped": client.homework_stopped_at is not None,
    }


def _open_for(now: datetime, client: Client | None) -> Iterable[Assignment]:
    """What is open for anybody, on any date that is today or tomorrow somewhere."""
    first, last = now.date() - ONE_DAY, now.date() + 2 * ONE_DAY
    if client is None:
        theirs = Assignment.objects.across_caseloads(_FOR_ALL)
    else:
        theirs = client.assignments.all()
    rows = theirs.open_between(first, last).filter(_reminded("client__"))
    return rows.select_related("client__nudges", "version__exercise").only(
        *_ASSIGNMENT, "version__exercise__kind", *_client_fields("client__")
    )


def _unread_by(client: Client | None) -> Iterable[Reply]:
    """As the client's home shows them: not those to what has been replaced."""
    replaced = Entry.objects.filter(
        corrects=OuterRef("entry"), corrects__isnull=False, state=Entry.State.SUBMITTED
    )
    if client is None:
        theirs = Reply.objects.across_caseloads(_FOR_ALL)
    else:
        theirs = Reply.objects.filter(entry__client=client)
    rows = theirs.filter(
        ~Exists(replaced), _reminded("entry__client__"), read_at=None, told_at=None
    ).filter(entry__state=Entry.State.SUBMITTED)
    return rows.select_related("entry__client__nudges").only(
        "created_at", "entry__state", *_client_fields("entry__client__")
    )


def _reminded(path: str) -> Q:
    return Q(
        **{
            f"{path}restricted_at__isnull": True,
            f"{path}status__in": REMINDED,
            f"{path}reminder_hour__isnull": False,
            f"{path}user__is_active": True,
        }
    )


def _client_fields(path: str) -> list[str]:
    nudges = (f"{path}nudges__{name}" for name in ("ignored", "until"))
    return [*(f"{path}{name}" for name in _CLIENT), *nudges]


def _part(assignment: Assignment) -> Part:
    is_measure = assignment.version.exercise.kind == Exercise.Kind.MEASURE
    return Part.MEASURE if is_measure else Part.PRACTICE


def _asks(plan: Plan, day: date, answered: Answered) -> bool:
    return day not in answered.could_not and is_wanted_on(plan, day, answered.done)
