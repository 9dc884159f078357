"""What the access log says of a window of time, for who has to find out what happened."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.apps import apps

from counsel.accounts.models import User
from counsel.audit.chain import ChainReader, Read

# As the columns of the list stand, in this order.
COLUMNS = (
    *("sequence", "at_utc", "verb", "kind", "subject_id", "client_id"),
    *("actor_id", "actor", "ip", "reason", "request_id", "hash"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which events: from `since` to before `until`, and only those that fit what else is given."""

    since: datetime
    until: datetime
    user: uuid.UUID | None = None
    ip: str | None = None
    client: uuid.UUID | None = None

    def fits(self, event: Read) -> bool:
        """Of an event within the window."""
        whose = (event.actor_id, event.subject_id)
        return (
            (self.user is None or self.user in whose)
            and (self.ip is None or self.ip == event.ip)
            and (self.client is None or self.client == event.client_id)
        )


class Line(NamedTuple):
    event: Read
    cells: dict[str, Any]


@dataclass(slots=True)
class Proof:
    """The first and the last event of the window, and how the whole chain around them fares.

    All of it is checked: an event whose time was altered may have left the window.
    """

    first: str = ""
    last: str = ""
    # The end of the log: what an earlier `verify_audit` said last must be in it.
    end: str = ""
    first_wrong: int | None = None

    @property
    def holds(self) -> bool:
        return self.first_wrong is None


@dataclass(slots=True)
class Summary:
    """Counts for the notice to the authority. A client is counted once in each of them."""

    events: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    by_verb: Counter[str] = field(default_factory=Counter)
    by_verb_and_kind: Counter[tuple[str, str]] = field(default_factory=Counter)
    clients: set[uuid.UUID] = field(default_factory=set)
    clients_by_verb: defaultdict[str, set[uuid.UUID]] = field(
        default_factory=lambda: defaultdict(set)
    )
    actors: Counter[str] = field(default_factory=Counter)
    addresses: Counter[str] = field(default_factory=Counter)

    def add(self, line: Line) -> None:
        event = line.event
        self.events += 1
        self.first_at = min(self.first_at or event.at, event.at)
        self.last_at = max(self.last_at or event.at, event.at)
        self.by_verb[event.verb] += 1
        self.by_verb_and_kind[event.verb, line.cells["kind"]] += 1
        self.actors[line.cells["actor"]] += 1
        self.addresses[event.ip or "none"] += 1
        if event.client_id:
            self.clients.add(event.client_id)
            self.clients_by_verb[event.verb].add(event.client_id)


class Evidence:
    """Read once, in order: `lines()` gives what fits, and afterwards the rest tells of it.

    The chain is checked in the same reading: what is listed is what was checked.
    """

    def __init__(self, asked: Asked) -> None:
        self.asked, self.proof, self.summary = asked, Proof(), Summary()
        self._people = {
            pk: email if is_staff else "a client"
            for pk, email, is_staff in User.objects.values_list("pk", "email", "is_staff")
        }
        self._kinds: dict[str, str] = {}

    def lines(self) -> Iterator[Line]:
        asked, proof, reader = self.asked, self.proof, ChainReader()
        within: Read | None = None
        last: Read | None = None
        for event in reader.events():
            last = event
            if not asked.since <= event.at < asked.until:
                continue
            within = event
            proof.first = proof.first or _mark(event)
            if asked.fits(event):
                line = Line(event, self._cells(event))
                self.summary.add(line)
                yield line
        proof.last = _mark(within) if within else ""
        proof.end = _mark(last) if last else ""
        proof.first_wrong = reader.first_wrong

    def _cells(self, event: Read) -> dict[str, Any]:
        values = (
            *(event.sequence, utc(event.at), event.verb, self._kind(event.subject)),
            *(_text(event.subject_id), _text(event.client_id), _text(event.actor_id)),
            *(self._who(event), event.ip, event.reason, _text(event.request_id), event.hash),
        )
        return dict(zip(COLUMNS, values, strict=True))

    def _who(self, event: Read) -> str:
        if event.actor_id is None:
            return "nobody signed in"
        return self._people.get(event.actor_id, "somebody erased")

    def _kind(self, label: str) -> str:
        if label not in self._kinds:
            try:
                self._kinds[label] = str(apps.get_model(label)._meta.verbose_name)
            except LookupError:
                # The log outlives the tables it speaks of.
                self._kinds[label] = label
        return self._kinds[label]


def _text(key: uuid.UUID | None) -> str | None:
    return None if key is None else str(key)


def _mark(event: Read) -> str:
    return f"{event.sequence}:{event.hash}"


def utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def told(evidence: Evidence, listing: str, digest: str) -> str:
    """The summary in words, with the proof. `digest` is the SHA-256 of the listing's file."""
    asked, found = evidence.asked, evidence.summary
    narrowed = {
        name: str(value)
        for name, value in asdict(asked).items()
        if value is not None and name not in ("since", "until")
    }
    only = ", ".join(f"{name} {value}" for name, value in narrowed.items()) or "everybody"
    first = utc(found.first_at) if found.first_at else "none"
    last = utc(found.last_at) if found.last_at else "none"
    lines = [
        "What the access log says",
        f"  asked for:    {utc(asked.since)} to before {utc(asked.until)} (UTC), {only}",
        f"  listed in:    {listing}",
        f"  its SHA-256:  {digest}",
        f"  events:       {found.events}, the first at {first}, the last at {last}",
        f"  clients:      {len(found.clients)} whose record they are about",
        *_counts(found),
        *_several("By whom", found.actors),
        *_several("From which addresses", found.addresses),
        *_proof(evidence.proof),
    ]
    return "\n".join(lines) + "\n"


def _counts(found: Summary) -> Iterator[str]:
    yield "What was done"
    for verb, count in sorted(found.by_verb.items()):
        clients = len(found.clients_by_verb[verb])
        yield f"  {verb}: {count} (clients: {clients})"
        kinds = {key[1]: n for key, n in found.by_verb_and_kind.items() if key[0] == verb}
        for kind, number in sorted(kinds.items()):
            yield f"    {kind}: {number}"


def _several(title: str, counts: Counter[str]) -> Iterator[str]:
    yield title
    for name, count in counts.most_common():
        yield f"  {name}: {count}"


def _proof(proof: Proof) -> Iterator[str]:
    yield "The chain"
    yield f"  first in the window: {proof.first or 'none'}"
    yield f"  last in the window:  {proof.last or 'none'}"
    yield f"  end of the log:      {proof.end or 'none'}"
    if proof.holds:
        yield "  whole: each event up to that end is as it was written and none is missing"
    else:
        yield f"  BROKEN: event {proof.first_wrong} is not as it was written, or one is missing"
