"""A record that is to be erased, and what stands in the way of that."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, Handover, LegalHold, PushDevice
from clients.services.cover import covers_end
from counsel.accounts.models import User
from counsel.common.errors import ConflictError, DomainError
from counsel.common.zones import local_date


@transaction.atomic
def client_restrict(*, client: Client, by: str) -> None:
    """From now on the record is only kept: on no list, in no search, and nothing is sent.

    Lent to nobody and offered to nobody any more. Raises ConflictError where that is so already.
    """
    now = timezone.now()
    fresh = Client.objects.these(client).filter(restricted_at=None)
    if not fresh.update(restricted_at=now, restricted_by=by):
        raise ConflictError(_("This was asked for before."))
    client.restricted_at, client.restricted_by = now, by
    covers_end(client=client, now=now)
    Handover.objects.filter(client=client, answer="").update(
        answer=Handover.Answer.TAKEN_BACK, answered_at=now
    )
    _move_devices(client)


def _move_devices(client: Client) -> None:
    """A person's devices go on telling them of what they have with another counsellor."""
    if client.user_id is None:
        return
    others = Client.objects.filter(user=client.user_id, restricted_at=None)
    other = others.exclude(pk=client.pk).first()
    if other is not None:
        PushDevice.objects.filter(client=client).update(client=other)


def client_reopen(*, client: Client) -> bool:
    """Nobody wants it erased any more; False where nobody did."""
    restricted = Client.objects.these(client).filter(restricted_at__isnull=False)
    was = bool(restricted.update(restricted_at=None, restricted_by=""))
    client.restricted_at, client.restricted_by = None, ""
    return was


@transaction.atomic
def legal_hold_set(
    *, client: Client, by: User, reason: str, since: date, until: date | None
) -> LegalHold:
    """Erase nothing of this client before `until` is over, or the hold is lifted."""
    today = local_date(timezone.now(), client.counsellor.zone)
    if until is not None and until < max(since, today):
        raise DomainError(
            _("The last day must not be before the first, nor in the past."), field="until"
        )
    hold = LegalHold(client=client, set_by=by, reason=reason.strip(), since=since, until=until)
    hold.clean_fields(exclude=["client", "set_by"])
    hold.save(force_insert=True)
    return hold


def legal_hold_lift(*, hold: LegalHold, by: User) -> None:
    """Raises ConflictError where somebody has lifted it before."""
    standing = LegalHold.objects.these(hold).filter(lifted_at=None)
    if not standing.update(lifted_at=timezone.now(), lifted_by=by):
        raise ConflictError(_("This hold was lifted before."))
