"""Which looks at records are odd enough that somebody should ask: pure rules, values in and out."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from zoneinfo import ZoneInfo

SURNAME, NIGHT, MANY, NOT_THEIRS = "surname", "night", "many", "not-theirs"
# Figures of our own. Hours are by the clock of the one who looked.
NIGHT_FROM, NIGHT_UNTIL = 22, 6
FEWEST_TO_BE_MANY, TIMES_USUAL = 15, 3


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff who looks."""

    pk: uuid.UUID
    name: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Record:
    """Whose record it is, and which member of staff it belongs to."""

    pk: uuid.UUID
    name: str
    owner: uuid.UUID


@dataclass(frozen=True, slots=True)
class Looks:
    """What one person did with one record within an hour. `why` is what the log says of it."""

    who: uuid.UUID
    record: uuid.UUID
    why: str
    first: datetime
    last: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Odd looks of one person in one day of theirs; `record` is empty where it is about many."""

    who: uuid.UUID
    record: uuid.UUID | None
    day: date
    kinds: frozenset[str]
    whys: frozenset[str]
    first: datetime
    last: datetime
    count: int

    @property
    def pk(self) -> uuid.UUID:
        """Another one as soon as more was looked at: what was reviewed covers what was there."""
        parts = (self.who, self.record, self.day, *sorted(self.kinds), self.count)
        return uuid.uuid5(uuid.NAMESPACE_OID, "/".join(map(str, parts)))


def findings(
    looks: Iterable[Looks],
    people: Mapping[uuid.UUID, Person],
    records: Mapping[uuid.UUID, Record],
    usual: Mapping[uuid.UUID, float],
) -> list[Finding]:
    """The newest first. `usual` says how many records somebody reads on a day of theirs.

    Looks of somebody who is no member of staff tell nothing. Of a record that is gone it is not
    known whose it was.
    """
    days: dict[tuple[uuid.UUID, date], dict[uuid.UUID, list[Looks]]] = defaultdict(dict)
    for look in looks:
        if look.who in people:
            day = look.first.astimezone(people[look.who].zone).date()
            days[look.who, day].setdefault(look.record, []).append(look)
    found = []
    for (who, day), by_record in days.items():
        for key, of_one in by_record.items():
            kinds = _kinds(people[who], records.get(key), of_one)
            if kinds:
                found.append(_finding(who, key, day, kinds, of_one))
        if is_many(len(by_record), usual.get(who, 0)):
            every = [look for of_one in by_record.values() for look in of_one]
            found.append(_finding(who, None, day, {MANY}, every))
    return sorted(found, key=lambda it: (it.last, str(it.pk)), reverse=True)


def is_many(count: int, usual: float) -> bool:
    return count >= FEWEST_TO_BE_MANY and count > TIMES_USUAL * usual


def usual_of(counts: Iterable[int]) -> float:
    """Of the days on which somebody read anything; none is no usual day."""
    return float(median(list(counts) or [0]))


def is_night(at: datetime, zone: ZoneInfo) -> bool:
    hour = at.astimezone(zone).hour
    return hour >= NIGHT_FROM or hour < NIGHT_UNTIL


def same_surname(one: str, other: str) -> bool:
    """The last words, without regard to case; a single word is as good as a surname."""
    mine, theirs = one.split()[-1:], other.split()[-1:]
    return bool(mine and theirs) and mine[0].casefold() == theirs[0].casefold()


def _kinds(person: Person, record: Record | None, looks: list[Looks]) -> set[str]:
    kinds = set()
    if any(is_night(at, person.zone) for look in looks for at in (look.first, look.last)):
        kinds.add(NIGHT)
    if record is not None:
        if same_surname(person.name, record.name):
            kinds.add(SURNAME)
        if record.owner != person.pk:
            kinds.add(NOT_THEIRS)
    return kinds


def _finding(
    who: uuid.UUID, record: uuid.UUID | None, day: date, kinds: set[str], looks: list[Looks]
) -> Finding:
    return Finding(
        who=who,
        record=record,
        day=day,
        kinds=frozenset(kinds),
        whys=frozenset(look.why for look in looks if look.why),
        first=min(look.first for look in looks),
        last=max(look.last for look in looks),
        count=sum(look.count for look in looks),
    )
