"""Who had a client's record before them, as it is told to the client."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from clients.models import Client
from counsel.audit.models import AccessEvent, Verb
from counsel.audit.services import COVER, EMERGENCY, HANDED_OVER, OFFERED, REVIEWED


def openings_of(client: Client) -> QuerySet[AccessEvent]:
    """Who opened, changed or took out this client's record, newest first."""
    rows = AccessEvent.objects.filter(client_id=client.pk).exclude(verb=Verb.LIST)
    return rows.select_related("actor__counsellor")


@dataclass(frozen=True, slots=True)
class Listing:
    """How often somebody had the client before them among others, on one day of `zone`."""

    day: date
    who: str
    times: int


def listings_of(client: Client, zone: ZoneInfo, most: int | None = None) -> list[Listing]:
    """The newest day first; the latest `most` of them, or all."""
    rows = AccessEvent.objects.filter(client_id=client.pk, verb=Verb.LIST).order_by()
    names = ("actor__counsellor__display_name", "actor__name")
    found = (
        rows.annotate(day=TruncDate("at", tzinfo=zone))
        .values_list("day", *names)
        .annotate(times=Count("pk"))
        .order_by("-day", *names)[:most]
    )
    return [Listing(day, counsellor or name or "", times) for day, counsellor, name, times in found]


def what_words(event: AccessEvent) -> str:
    """What somebody did, as it is told to the client."""
    by_reason = {
        COVER: _("looked at it, to stand in"),
        EMERGENCY: _("looked at it, in an emergency"),
        REVIEWED: _("checked who opened it in an emergency"),
        OFFERED: _("was asked to take over"),
        HANDED_OVER: _("handed over to the next counsellor"),
    }
    by_verb = {Verb.READ: _("looked at it"), Verb.EXPORT: _("downloaded it")}
    return by_reason.get(event.reason) or by_verb.get(Verb(event.verb)) or _("changed something")


def who(event: AccessEvent) -> str:
    """The name a client knows the reader by."""
    if event.actor is None:
        return ""
    counsellor = getattr(event.actor, "counsellor", None)
    return counsellor.display_name if counsellor else event.actor.get_full_name()
