"""A client asks to be forgotten, or somebody at the practice for them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, RestrictedBy
from clients.reach import person_of
from clients.services import client_reopen, client_restrict
from counsel.audit.models import Verb
from counsel.audit.services import ERASURE_ASKED, ERASURE_TAKEN_BACK, record_access
from counsel.common.errors import DomainError
from counsel.records.erasing import client_erase_if_due
from counsel.reminders.models import Reminder, State
from exercises.models import RiskFlag
from exercises.services.partners import partner_end
from sessions.models import Consultation, WaitingEntry
from sessions.services import feed_end, waiting_leave
from sessions.services.waiting import ON_THE_LIST


@transaction.atomic
def erasure_ask(*, client: Client, by: RestrictedBy, request: HttpRequest) -> bool:
    """Erase at once where nothing has to be kept, and say so; else keep the record out of use.

    Raises DomainError while something is open that this would do away with unseen.
    """
    now = timezone.now()
    _require_settled(client, now)
    _leave_lists(client)
    client_restrict(client=client, by=by)
    _let_go(client)
    if client_erase_if_due(client_id=client.pk, now=now, request=request) is not None:
        return True
    record_access(
        verb=Verb.CHANGE,
        subject=client,
        client_id=client.pk,
        request=request,
        reason=ERASURE_ASKED,
    )
    return False


@transaction.atomic
def erasure_take_back(*, client: Client, request: HttpRequest) -> None:
    """The record is in use again as it was; what was lent, or shared with a partner, is not."""
    if client_reopen(client=client):
        record_access(
            verb=Verb.CHANGE,
            subject=client,
            client_id=client.pk,
            request=request,
            reason=ERASURE_TAKEN_BACK,
        )


def in_the_way(client: Client, now: datetime) -> list[str]:
    """What has to be settled first, in words that both sides may read."""
    found = []
    if Consultation.objects.filter(client=client).holding().filter(starts_at__gt=now).exists():
        found.append(_("A consultation is booked. Cancel it first, or let it take place."))
    if RiskFlag.objects.filter(client=client, closed_at=None).exists():
        words = _("An answer waits to be looked at. The counsellor has to do this first.")
        found.append(words)
    return found


def _require_settled(client: Client, now: datetime) -> None:
    words = in_the_way(client, now)
    if words:
        raise DomainError(" ".join(words))


def _leave_lists(client: Client) -> None:
    """Before the client is locked: bookings take their counsellor's turn first, then the client."""
    waiting = WaitingEntry.objects.filter(client=client, state__in=ON_THE_LIST)
    for entry in waiting.select_related("counsellor", "service"):
        waiting_leave(entry=entry)


def _let_go(client: Client) -> None:
    """Nothing comes or goes for them any more: by partners, calendars or messages."""
    for tie in client.partners.open():
        partner_end(partner=tie)
    feed_end(owner=client)
    waits = Reminder.objects.filter(person=person_of(client), state=State.QUEUED)
    waits.update(
        state=State.CANCELLED,
        reason=_("their record is to be erased"),
        finished_at=timezone.now(),
    )
