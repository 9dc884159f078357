"""What lending a record and handing a client over have in common."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.common.errors import ConflictError, DomainError
from counsel.common.zones import local_date


def client_in_turn(client: Client) -> Client:
    """The client as they are now, kept still until this transaction ends.

    Raises ConflictError where they have been handed over since `client` was read. The lock leaves
    rows that point to the client free to be written.
    """
    rows = Client.objects.these(client).select_for_update(no_key=True, of=("self",))
    found: Client = rows.select_related("counsellor__user").get()
    if found.counsellor_id != client.counsellor_id:
        raise ConflictError(_("This client has been handed over in the meantime."))
    return found


def require_colleague(counsellor: Counsellor, colleague: Counsellor) -> None:
    if colleague.pk == counsellor.pk or colleague.has_left:
        raise DomainError(_("Choose a colleague."), field="to")


def require_consent(counsellor: Counsellor, on: date, now: datetime) -> None:
    """The day of the client's yes. Raises DomainError for one that is still to come."""
    if on > local_date(now, counsellor.zone):
        raise DomainError(_("This day is still to come."), field="consent_on")
