"""Opening the record of somebody else's client for an hour, and looking at it afterwards."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.emergency_mail import emergency_mail_plan
from clients.models import Client, EmergencyAccess
from clients.models.people import ClientQuerySet
from counsel.accounts.models import User
from counsel.common.errors import ConflictError, DomainError

# Long enough to read a record once; a figure of our own.
LASTS = timedelta(minutes=60)


@transaction.atomic
def emergency_access_open(*, by: User, who: str, reason: str) -> EmergencyAccess:
    """Let a member of staff read a record for an hour, and tell the client's counsellor at once.

    `who` is the client's whole name or address as somebody who needs it in an emergency has it:
    there is no list to choose from. Raises DomainError, with the field it is about.
    """
    if not reason.strip():
        raise DomainError(_("Say why it cannot wait."), field="reason")
    client = _the_one(who.strip(), by)
    now = timezone.now()
    mine = EmergencyAccess.objects.open_to(by, now)
    there: EmergencyAccess | None = mine.filter(client=client).first()
    if there is not None:
        return there
    access = EmergencyAccess(
        client=client, by=by, reason=reason.strip(), began_at=now, ends_at=now + LASTS
    )
    access.clean_fields(exclude=["client", "by"])
    access.save(force_insert=True)
    emergency_mail_plan(access)
    return access


@transaction.atomic
def emergency_access_review(*, access: EmergencyAccess, by: User, words: str) -> None:
    """Somebody else has looked at it. Once: raises ConflictError where that was done before."""
    if by == access.by:
        raise DomainError(_("Somebody else has to look at it."))
    if not words.strip():
        raise DomainError(_("Write a sentence on what you found."), field="words")
    rows = EmergencyAccess.objects.these(access).select_for_update(of=("self",))
    fresh = rows.get()
    if fresh.reviewed_at is not None:
        raise ConflictError(_("This was looked at before."))
    fresh.reviewed_at, fresh.reviewed_by, fresh.review = timezone.now(), by, words.strip()
    fresh.clean_fields(exclude=["client", "by", "reviewed_by"])
    fresh.save(update_fields=["reviewed_at", "reviewed_by", "review"])


def _the_one(who: str, by: User) -> Client:
    found = list(_called(who).exclude(counsellor__user=by).order_by("pk")[:2]) if who else []
    if not found:
        raise DomainError(_("Nobody else's client is called so. Give the whole name."), field="who")
    if len(found) > 1:
        words = _("Several are called so. Give the e-mail address instead.")
        raise DomainError(words, field="who")
    client: Client = found[0]
    return client


def _called(who: str) -> ClientQuerySet:
    rows = Client.objects.across_caseloads("somebody who is named whole, in an emergency")
    rows = rows.unrestricted().select_related("counsellor")
    found: ClientQuerySet = (
        rows.filter(email__iexact=who) if "@" in who else rows.filter(name__iexact=who)
    )
    return found
