"""What clients may need their counsellor for: each need one rule, by which the first page counts
and the caseload is filtered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, TextChoices, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clients.models import STOPPED_AS_TOLD, Client
from clients.reach import takes_nothing
from counsel.accounts.models import Practice
from counsel.accounts.practice import practice
from counsel.accounts.roles import AnyUser
from exercises.models import RiskFlag
from exercises.services.standing import standings_refresh
from sessions.models import Consultation

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Need(TextChoices):
    """The most pressing first. The values stand in addresses."""

    FLAG = "flag", _("open flag")
    UNREAD = "unread", _("unread entries")
    ADDRESS = "address", _("messages come back")
    NO_NEXT = "no_next", _("no consultation ahead")
    MISSED = "missed", _("missed practices")
    QUIET = "quiet", _("quiet")
    SMALLER = "smaller", _("would like something smaller")
    STOPPED = "stopped", _("reminders stopped by themselves")

    @property
    def shape(self) -> str:
        """The sign that stands beside the word."""
        return _SHAPES[self]

    @property
    def url(self) -> str:
        return f"{reverse('admin:clients_client_changelist')}?need={self.value}"


_SHAPES = {
    Need.FLAG: "risk",
    Need.UNREAD: "new",
    Need.ADDRESS: "wait",
    Need.NO_NEXT: "wait",
    Need.MISSED: "new",
    Need.QUIET: "wait",
    Need.SMALLER: "new",
    Need.STOPPED: "off",
}
# Whatever became of a client: these are not over before somebody looked.
OF_ANY_STATUS = frozenset({Need.FLAG, Need.UNREAD})
# Somebody invited, or resting, is to be reached too.
OF_ALL_BUT_ENDED = frozenset({Need.ADDRESS})


@dataclass(frozen=True, slots=True)
class NeedCount:
    """`words` go on after the number of clients, who are given by id and name."""

    need: Need
    clients: list[tuple[UUID, str]]
    words: str

    @property
    def count(self) -> int:
        return len(self.clients)

    @property
    def url(self) -> str:
        return self.need.url


@dataclass(frozen=True, slots=True)
class Rules:
    """From when on the practice wants to be told, and what day it is for the reader."""

    missed: int
    quiet_days: int
    today: date
    now: datetime

    def of(self, need: Need) -> Q:
        """Which clients have it. True for standings that are brought up to date."""
        rule = _RULES[need](self)
        if need in OF_ANY_STATUS:
            return rule
        if need in OF_ALL_BUT_ENDED:
            return ~Q(status=Client.Status.ENDED) & rule
        return Q(status=Client.Status.ACTIVE) & rule


def rules(now: datetime) -> Rules:
    """One query. "Today" is the day of the reader's clock."""
    ours: Practice = practice()
    return Rules(ours.missed_in_a_row, ours.quiet_days, timezone.localdate(now), now)


def caseload_of(user: AnyUser, now: datetime) -> QuerySet[Client]:
    """The reader's clients, after where each of them stands was brought up to date.

    One query where nothing has changed.
    """
    clients = Client.objects.visible_to(user)
    standings_refresh(clients=clients, now=now)
    return clients


def needs_of(caseload: QuerySet[Client], now: datetime) -> list[NeedCount]:
    """Who of a caseload needs what, the most pressing first; nothing that nobody needs.

    Two queries.
    """
    given = rules(now)
    asked = [Case(When(given.of(need), then=True), default=False) for need in Need]
    rows = caseload.order_by("name", "pk").values_list("pk", "name", *asked)
    found: dict[Need, list[tuple[UUID, str]]] = {need: [] for need in Need}
    for pk, name, *answers in rows:
        for need, has_it in zip(Need, answers, strict=True):
            if has_it:
                found[need].append((pk, name))
    return [
        NeedCount(need, clients, _words(need, len(clients), given))
        for need, clients in found.items()
        if clients
    ]


def label(need: Need, given: Rules) -> StrOrPromise:
    """What the filter calls it: with its number where the practice chose one."""
    if need is Need.MISSED:
        words = gettext("missed %(count)s or more in a row")
        return words % {"count": given.missed}
    if need is Need.QUIET:
        return gettext("nothing heard for %(count)s days") % {"count": given.quiet_days}
    return need.label


def _words(need: Need, count: int, given: Rules) -> str:
    match need:
        case Need.FLAG:
            words = ngettext("client has an open flag", "clients have open flags", count)
        case Need.UNREAD:
            words = ngettext(
                "client shared something to read", "clients shared something to read", count
            )
        case Need.ADDRESS:
            words = ngettext(
                "client gets no messages: they come back",
                "clients get no messages: they come back",
                count,
            )
        case Need.NO_NEXT:
            words = ngettext(
                "client has no consultation ahead", "clients have no consultation ahead", count
            )
        case Need.MISSED:
            words = ngettext(
                "client missed %(limit)s or more in a row",
                "clients missed %(limit)s or more in a row",
                count,
            )
        case Need.QUIET:
            words = ngettext(
                "client was not heard of for %(limit)s days",
                "clients were not heard of for %(limit)s days",
                count,
            )
        case Need.SMALLER:
            words = ngettext(
                "client would like something smaller",
                "clients would like something smaller",
                count,
            )
        case Need.STOPPED:
            words = ngettext(
                "client's reminders stopped by themselves",
                "clients' reminders stopped by themselves",
                count,
            )
    limit = given.missed if need is Need.MISSED else given.quiet_days
    return words % {"limit": limit}


def _no_next(given: Rules) -> Q:
    coming = Consultation.objects.holding().filter(ends_at__gt=given.now)
    return ~Q(Exists(coming.filter(client=OuterRef("pk"))))


_RULES: dict[Need, Callable[[Rules], Q]] = {
    # Of the flags themselves: nothing that is kept for speed may hide one.
    Need.FLAG: lambda _given: Q(
        Exists(RiskFlag.objects.filter(client=OuterRef("pk"), closed_at__isnull=True))
    ),
    Need.UNREAD: lambda _given: Q(standing__unread__gt=0),
    Need.ADDRESS: lambda _given: takes_nothing(),
    Need.NO_NEXT: _no_next,
    Need.MISSED: lambda given: Q(standing__missed__gte=given.missed),
    Need.QUIET: lambda given: Q(
        standing__quiet_since__lte=given.today - timedelta(days=given.quiet_days)
    ),
    Need.SMALLER: lambda _given: Q(standing__wants_smaller=True),
    Need.STOPPED: lambda _given: STOPPED_AS_TOLD,
}
