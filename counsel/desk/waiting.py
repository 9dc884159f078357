"""What waits for a counsellor: each kind counted, with names, and the list that is counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Min, QuerySet, Value
from django.urls import reverse
from django.utils.translation import ngettext

from clients.models import Client, Cover, EmergencyAccess, Handover
from counsel.accounts.roles import AnyUser
from counsel.desk.needs import Need, needs_of
from counsel.records.correcting import corrections_open_to
from counsel.reminders.models import Reminder
from exercises.models import Entry, RiskFlag
from sessions.models import HOLDING, Consultation, ConsultationNote, Status

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_NAMES = 3
# What is counted by clients; the other needs are counted by what there is of each.
_OF_CLIENTS = frozenset(Need) - {Need.FLAG, Need.UNREAD}


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows are of this client."""

    client_id: UUID
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Person:
    client_id: UUID
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """`words` go on after the number; `shape` is that of the status beside."""

    key: str
    count: int
    words: StrOrPromise
    url: str
    shape: str
    people: list[Person]
    # Further clients, whose names are not shown.
    others: int

    @property
    def is_urgent(self) -> bool:
        return self.key == "flags"


def unread_by_client(user: AnyUser) -> list[Counted]:
    """Those who wait longest first. One query."""
    return _by_client(Entry.objects.visible_to(user).unread(), Min("happened_at"))


def waiting_for(
    user: AnyUser, caseload: QuerySet[Client], unread: list[Counted], now: datetime
) -> list[Waiting]:
    """What is there, the most pressing first. At most eleven queries.

    `caseload` has standings that are brought up to date.
    """
    found = [
        _flags(user),
        _requests(user, now),
        _unread(unread),
        _to_note(user, now),
        _to_sign(user),
        _unwritten(user, now),
        _messages(user, now),
        *_of_clients(caseload, now),
        _emergencies(user),
        _corrections(user),
        *_from_colleagues(user, now),
    ]
    return [row for row in found if row.count]


def _flags(user: AnyUser) -> Waiting:
    rows = _by_client(
        RiskFlag.objects.visible_to(user).filter(closed_at__isnull=True), Min("created_at")
    )
    count = _total(rows)
    words = ngettext("flag is open", "flags are open", count)
    return _waiting("flags", rows, words, "exercises_riskflag", "state=open", "risk")


def _requests(user: AnyUser, now: datetime) -> Waiting:
    asked = Consultation.objects.visible_to(user).filter(status=Status.PENDING, ends_at__gt=now)
    rows = _by_client(asked, Min("starts_at"))
    words = ngettext("request to confirm", "requests to confirm", _total(rows))
    return _waiting("requests", rows, words, "consultations_consultation", "when=waiting")


def _unread(rows: list[Counted]) -> Waiting:
    words = ngettext("entry to read", "entries to read", _total(rows))
    return _waiting("unread", rows, words, "exercises_entry", "read=no", "new")


def _to_note(user: AnyUser, now: datetime) -> Waiting:
    over = Consultation.objects.visible_to(user).filter(status__in=HOLDING, ends_at__lte=now)
    rows = _by_client(over, Min("starts_at"))
    words = ngettext(
        "consultation is over: was it held?",
        "consultations are over: were they held?",
        _total(rows),
    )
    return _waiting("to_note", rows, words, "consultations_consultation", "when=to-note")


def _to_sign(user: AnyUser) -> Waiting:
    drafts = ConsultationNote.objects.visible_to(user).unsigned()
    rows = _by_client(drafts, Min("consultation__starts_at"), "consultation__client")
    words = ngettext("note to sign", "notes to sign", _total(rows))
    return _waiting("to_sign", rows, words, "consultations_consultationnote", "state=unsigned")


def _unwritten(user: AnyUser, now: datetime) -> Waiting:
    held = Consultation.objects.visible_to(user).without_note(now)
    rows = _by_client(held, Min("starts_at"))
    words = ngettext(
        "held consultation has no note", "held consultations have no note", _total(rows)
    )
    return _waiting("unwritten", rows, words, "consultations_consultation", "when=without-note")


def _messages(user: AnyUser, now: datetime) -> Waiting:
    """Two queries: the ledger holds keys, and the names come from the caseload."""
    trouble = Reminder.objects.visible_to(user).lately_in_trouble(now)
    persons = dict(
        trouble.order_by().values_list("person").annotate(n=Count("pk")).order_by("-n", "person")
    )
    keys = [key.partition(":")[2] for key in persons if key.startswith("client:")]
    clients = Client.objects.visible_to(user).filter(pk__in=keys[:MOST_NAMES]).order_by("name")
    count = sum(persons.values())
    return Waiting(
        key="messages",
        count=count,
        words=ngettext("message may not have arrived", "messages may not have arrived", count),
        url=reverse("admin:reminders_reminder_changelist") + "?state=trouble",
        shape="risk",
        **_named(list(clients.values_list("pk", "name")), len(persons)),
    )


def _of_clients(caseload: QuerySet[Client], now: datetime) -> Iterable[Waiting]:
    for row in needs_of(caseload, now):
        if row.need in _OF_CLIENTS:
            yield Waiting(
                key=row.need.value,
                count=row.count,
                words=row.words,
                url=row.url,
                shape=row.need.shape,
                **_named(row.clients, row.count),
            )


def _emergencies(user: AnyUser) -> Waiting:
    """Records of the reader's clients that somebody opened, and nobody looked into it yet."""
    opened = EmergencyAccess.objects.visible_to(user).filter(reviewed_at__isnull=True)
    rows = _by_client(opened.exclude(by=user), Min("began_at"))
    count = _total(rows)
    words = ngettext("record was opened in an emergency", "records were opened", count)
    named = _named([(row.client_id, row.name) for row in rows], len(rows))
    return Waiting("emergency", count, words, reverse("admin:emergency"), "risk", **named)


def _corrections(user: AnyUser) -> Waiting:
    rows = _by_client(corrections_open_to(user), Min("asked_at"))
    count = _total(rows)
    words = ngettext("request to correct a record", "requests to correct a record", count)
    named = _named([(row.client_id, row.name) for row in rows], len(rows))
    return Waiting("corrections", count, words, reverse("admin:corrections"), "wait", **named)


def _from_colleagues(user: AnyUser, now: datetime) -> Iterable[Waiting]:
    """Clients offered to the reader, and records lent to them, on one page. One query."""
    offers = Handover.objects.offered_to(user).order_by()
    covers = Cover.objects.lent_to(user, now).order_by()
    rows = offers.values_list("client__name", "client", "pk", Value("offered")).union(
        covers.values_list("client__name", "client", "client", Value("lent")), all=True
    )
    found: dict[str, list[Person]] = {"offered": [], "lent": []}
    pages = {"offered": "handover_offer", "lent": "cover_client"}
    for name, client_id, pk, key in sorted(rows):
        url = reverse(f"admin:{pages[key]}", args=[pk])
        found[key].append(Person(client_id, name, url))
    offered, lent = len(found["offered"]), len(found["lent"])
    yield _colleagues(
        "offered",
        found["offered"],
        ngettext("client is offered to you", "clients are offered to you", offered),
    )
    yield _colleagues(
        "lent",
        found["lent"],
        ngettext("record is lent to you", "records are lent to you", lent),
    )


def _colleagues(key: str, people: list[Person], words: StrOrPromise) -> Waiting:
    shown, count = people[:MOST_NAMES], len(people)
    return Waiting(key, count, words, reverse("admin:cover"), "wait", shown, count - len(shown))


def _waiting(
    key: str, rows: list[Counted], words: StrOrPromise, page: str, query: str, shape: str = "wait"
) -> Waiting:
    url = reverse(f"admin:{page}_changelist")
    named = _named([(row.client_id, row.name) for row in rows], len(rows))
    return Waiting(key, _total(rows), words, f"{url}?{query}", shape, **named)


def _named(clients: Sequence[tuple[UUID, str]], total: int) -> dict[str, Any]:
    """The first names, each leading to its page, and how many more there are of `total`."""
    page = "admin:clients_client_change"
    people = [Person(pk, name, reverse(page, args=[pk])) for pk, name in clients[:MOST_NAMES]]
    return {"people": people, "others": total - len(people)}


def _by_client(rows: QuerySet[Any], first: Any, client: str = "client") -> list[Counted]:
    """`client` is the way from a row to whose it is."""
    columns = (f"{client}_id", f"{client}__name")
    found: Iterable[tuple[UUID, str, int]] = (
        rows.order_by()
        .values_list(*columns)
        .annotate(n=Count("pk"), first=first)
        .order_by("first", columns[1])
        .values_list(*columns, "n")
    )
    return [Counted(*row) for row in found]


def _total(rows: Iterable[Counted]) -> int:
    return sum(row.count for row in rows)
