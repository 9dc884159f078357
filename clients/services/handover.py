"""Handing a client over to a colleague: offered, answered, and all rights moved at once."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clients import ties
from clients.models import Client, Handover
from clients.services.care import client_in_turn, require_colleague, require_consent
from clients.services.cover import covers_end
from counsel.accounts.models import Counsellor
from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.services import reminders_pass_on

Answer = Handover.Answer


@transaction.atomic
def handover_offer(
    *,
    client: Client,
    to: Counsellor,
    consent_on: date,
    consent_how: str,
    words: str = "",
) -> Handover:
    """Offer a client to a colleague; nothing changes before they accept.

    Raises DomainError while something is open with the client, see `clients.ties`, and
    ConflictError where an offer stands already.
    """
    client = client_in_turn(client)
    now = timezone.now()
    require_colleague(client.counsellor, to)
    require_consent(client.counsellor, consent_on, now)
    if ties.open_matters(client, now):
        raise DomainError(_("Please settle first what is still open with this client."))
    handover = Handover(
        client=client,
        offered_by=client.counsellor,
        to=to,
        consent_on=consent_on,
        consent_how=consent_how,
        words=words.strip(),
    )
    handover.clean_fields(exclude=["client", "offered_by", "to"])
    try:
        with transaction.atomic():
            handover.save(force_insert=True)
    except IntegrityError as error:
        raise ConflictError(_("This client is offered to a colleague already.")) from error
    return handover


def handover_take_back(*, handover: Handover) -> None:
    _answer(handover, Answer.TAKEN_BACK, timezone.now())


def handover_decline(*, handover: Handover) -> None:
    _answer(handover, Answer.DECLINED, timezone.now())


@transaction.atomic
def handover_accept(*, handover: Handover) -> Client:
    """Make the client the colleague's, with all that belongs to them, in this instant.

    Raises ConflictError where the offer does not stand any more, DomainError where something has
    become open since, or the colleague has a client with that address: told to them alone.
    """
    now = timezone.now()
    _answer(handover, Answer.ACCEPTED, now)
    former = _turn_of(handover.offered_by_id)
    client = client_in_turn(handover.client)
    if ties.open_matters(client, now):
        words = _(
            "Something is still open between this client and %(name)s. Ask them to settle it."
        )
        raise DomainError(words % {"name": former.display_name})
    _move(client, handover.to)
    covers_end(client=client, now=now)
    reminders_pass_on(person=f"client:{client.pk}", former=former, to=handover.to)
    ties.let_go(client, former)
    return client


def _answer(handover: Handover, answer: Handover.Answer, now: datetime) -> None:
    """Once only: whoever comes second is told so."""
    still_open = Handover.objects.these(handover).filter(answer="")
    if not still_open.update(answer=answer, answered_at=now):
        raise ConflictError(_("This offer does not stand any more."))


def _turn_of(counsellor_id: UUID) -> Counsellor:
    """Wait until no booking with them is under way: each takes this lock."""
    found: Counsellor = Counsellor.objects.select_for_update(no_key=True).get(pk=counsellor_id)
    return found


def _move(client: Client, to: Counsellor) -> None:
    same = Q(email__iexact=client.email)
    if client.user_id is not None:
        same |= Q(user=client.user_id)
    already = DomainError(
        _(
            "You already have a client with this e-mail address. Nobody else is told. "
            "Decline, and speak with the client about it."
        )
    )
    if Client.objects.filter(same, counsellor=to).exists():
        raise already
    client.counsellor = to
    try:
        with transaction.atomic():
            client.save(update_fields=["counsellor"])
    except IntegrityError as error:
        raise already from error
