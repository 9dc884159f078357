"""Lending the reading of one client's record to a colleague, for some days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, Cover
from clients.models.care import CoverQuerySet
from clients.services.care import client_in_turn, require_colleague, require_consent
from counsel.accounts.models import Counsellor
from counsel.common.errors import DomainError
from counsel.common.zones import day_bounds, local_date

MOST_DAYS = 92
# Nobody plans further ahead; it also keeps every day within the calendar.
BEGINS_WITHIN = timedelta(days=366)


@transaction.atomic
def cover_lend(
    *,
    client: Client,
    to: Counsellor,
    first_day: date,
    last_day: date,
    consent_on: date,
    consent_how: str,
    reason: str = "",
) -> Cover:
    """Let a colleague read this client's record from the first day to the last, both included.

    Days are those of the lending counsellor's clock. Nothing has to end it: who reads is asked
    for the instant each time. Raises DomainError, with the field it is about.
    """
    client = client_in_turn(client)
    counsellor, now = client.counsellor, timezone.now()
    require_colleague(counsellor, to)
    require_consent(counsellor, consent_on, now)
    _require_days(first_day, last_day, local_date(now, counsellor.zone))
    cover = Cover(
        client=client,
        lent_by=counsellor,
        to=to,
        starts_at=day_bounds(first_day, counsellor.zone)[0],
        ends_at=day_bounds(last_day, counsellor.zone)[1],
        consent_on=consent_on,
        consent_how=consent_how,
        reason=reason.strip(),
    )
    if _may_read_already(cover):
        raise DomainError(_("This colleague may read it on some of these days already."))
    cover.clean_fields(exclude=["client", "lent_by", "to"])
    cover.save(force_insert=True)
    return cover


def cover_end(*, cover: Cover, by: Cover.EndedBy) -> bool:
    """End it now, or take it back before it begins. False where it was over already."""
    return bool(_end(Cover.objects.these(cover), by, timezone.now()))


def covers_end(*, client: Client, now: datetime) -> None:
    """End all there are of this client: they are another counsellor's from now on."""
    _end(Cover.objects.filter(client=client), Cover.EndedBy.COUNSELLOR, now)


def _end(covers: CoverQuerySet, by: Cover.EndedBy, now: datetime) -> int:
    return covers.still_open(now).update(ended_at=now, ended_by=by)


def _require_days(first_day: date, last_day: date, today: date) -> None:
    if first_day < today:
        raise DomainError(_("The first day must not be in the past."), field="first_day")
    if first_day > today + BEGINS_WITHIN:
        raise DomainError(_("Begin within a year."), field="first_day")
    if last_day < first_day:
        raise DomainError(_("The last day must not be before the first."), field="last_day")
    if (last_day - first_day).days >= MOST_DAYS:
        words = _("At most %(days)d days. If it takes longer, hand the client over.")
        raise DomainError(words % {"days": MOST_DAYS}, field="last_day")


def _may_read_already(cover: Cover) -> bool:
    others = Cover.objects.filter(client=cover.client, to=cover.to, ended_at__isnull=True)
    return bool(others.filter(starts_at__lt=cover.ends_at, ends_at__gt=cover.starts_at).exists())
