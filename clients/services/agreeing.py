"""Asking a client to agree to a text, and their answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, ConsentDocument, ConsentRequest
from clients.reach import channels_of, person_of
from clients.selectors import standing_consent
from clients.services.care import client_in_turn
from clients.services.consenting import consent_give, consent_withdraw
from counsel.accounts.practice import practice
from counsel.common.errors import ConflictError, DomainError
from counsel.common.inserting import insert_if_new
from counsel.reminders.services import reminder_plan, reminders_withdraw
from counsel.reminders.timing import QuietHours

CONSENT_TO_SIGN = "consent_to_sign"
# A text waits in the portal for as long as it takes; the message about it does not.
TOLD_WITHIN = timedelta(days=14)


@transaction.atomic
def consent_ask(*, client: Client, document: ConsentDocument) -> ConsentRequest:
    """Have the client read this text in the portal and agree, or not; a message says so.

    It goes out at once or, in the client's quiet hours, at their end. Raises DomainError for
    somebody who has no portal, who agreed to this version, or who is asked already.
    """
    client = client_in_turn(client)
    if client.user_id is None:
        raise DomainError(_("Invite this client to the portal first."))
    if standing_consent(client, document) is not None:
        raise DomainError(_("They have agreed to this version."), field="document")
    now = timezone.now()
    request = ConsentRequest(
        client=client, document=document, asked_at=now, asked_by=client.counsellor
    )
    if not insert_if_new(request):
        raise DomainError(_("They are asked already."), field="document")
    _tell(request, now)
    return request


@transaction.atomic
def consent_request_answer(*, request: ConsentRequest, agrees: bool) -> ConsentRequest:
    """What the client says. Agreeing records their consent to exactly these words.

    The same said twice changes nothing. Raises ConflictError where it was answered otherwise, or
    taken back.
    """
    answer = ConsentRequest.Answer.AGREED if agrees else ConsentRequest.Answer.DECLINED
    row = _locked(request)
    if row.answer == answer:
        return row
    if row.answer == ConsentRequest.Answer.TAKEN_BACK:
        raise ConflictError(_("You are not asked for this any more."))
    if row.answer:
        raise ConflictError(_("You have answered this already."))
    if agrees:
        consent_give(client=row.client, document=row.document)
    closed = _close(row, answer, _("it was answered"))
    if not agrees:
        # What was agreed to before, in another version or by booking, does not stand beside it.
        consent_withdraw(client=row.client, document=row.document)
    return closed


@transaction.atomic
def consent_request_take_back(*, request: ConsentRequest) -> ConsentRequest:
    """Raises ConflictError once it was answered."""
    row = _locked(request)
    if row.answer == ConsentRequest.Answer.TAKEN_BACK:
        return row
    if row.answer:
        raise ConflictError(_("They have answered in the meantime."))
    return _close(row, ConsentRequest.Answer.TAKEN_BACK, _("they are not asked any more"))


def request_subject(request: ConsentRequest) -> str:
    return f"consent_request:{request.pk}"


def _tell(request: ConsentRequest, now: datetime) -> None:
    client, ours = request.client, practice()
    quiet = QuietHours(client.zone, ours.quiet_from, ours.quiet_until)
    for channel in channels_of(client, CONSENT_TO_SIGN):
        reminder_plan(
            counsellor=client.counsellor,
            kind=CONSENT_TO_SIGN,
            subject=request_subject(request),
            person=person_of(client),
            channel=channel,
            due_at=quiet.end_after(now) if quiet.covers(now) else now,
            not_after=now + TOLD_WITHIN,
        )


def _locked(request: ConsentRequest) -> ConsentRequest:
    rows = ConsentRequest.objects.these(request).select_for_update(of=("self",))
    found: ConsentRequest = rows.select_related("client", "document").get()
    return found


def _close(row: ConsentRequest, answer: ConsentRequest.Answer, reason: str) -> ConsentRequest:
    row.answer, row.answered_at = answer, timezone.now()
    row.save(update_fields=["answer", "answered_at"])
    reminders_withdraw(subject=request_subject(row), reason=reason)
    return row
