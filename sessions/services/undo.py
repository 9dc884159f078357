"""Taking back what was done a moment ago, before anybody was told of it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.services import invitation_take_back
from counsel.common.errors import DomainError
from sessions import planning
from sessions.changes import undoable, versions_that_hold
from sessions.models import Consultation, ConsultationChange, Side, Status
from sessions.series import planning as series_planning
from sessions.services.talking import talking_points_reopen
from sessions.services.writing import (
    OverlapRefused,
    change,
    overlap_refused,
    require_in_caseload,
    stand_aside,
    take_turn,
    times_from,
)

Action = ConsultationChange.Action


@transaction.atomic
def consultation_undo(*, consultation: Consultation, by: Side) -> Consultation:
    """Put back the latest change of this side, made within the grace, as if it had not been.

    What two exchanged goes back for both. Raises DomainError when it is too late or something
    else has happened since, and OverlapRefused where the time has been given to somebody else.
    """
    take_turn(consultation.counsellor_id)
    require_in_caseload(consultation.client_id, consultation.counsellor_id)
    last = undoable(consultation, by, timezone.now())
    if last is None:
        raise DomainError(_("This can't be undone any more."))
    partner = _exchanged_with(last)
    try:
        with overlap_refused():
            if partner is not None:
                stand_aside(consultation)
                _go_back(partner.consultation, partner)
            _go_back(consultation, last)
    except OverlapRefused as error:
        words = _("This can't be undone: the time has been given to somebody else.")
        raise OverlapRefused(words) from error
    for undone in filter(None, (last, partner)):
        _take_messages_back(undone)
    if last.action == Action.COMPLETED:
        talking_points_reopen(consultation.client, last.at)
    return consultation


def _exchanged_with(last: ConsultationChange) -> ConsultationChange | None:
    """The other half, where two have exchanged their times. Raises DomainError if it changed."""
    if last.exchange is None:
        return None
    theirs = {"consultation__counsellor": last.consultation.counsellor_id}
    rows = ConsultationChange.objects.filter(**theirs, exchange=last.exchange)
    others = rows.exclude(pk=last.pk)
    other: ConsultationChange = others.select_related("consultation__client").get()
    if other.consultation.version != other.version:
        raise DomainError(_("This can't be undone: the other one has changed since."))
    return other


def _go_back(consultation: Consultation, undone: ConsultationChange) -> None:
    fields: dict[str, Any] = {
        "status": undone.from_status,
        "overlap_reason": undone.from_overlap_reason,
        "words": undone.from_words,
        **times_from(consultation, undone.from_starts_at),
    }
    change(
        consultation,
        action=Action.UNDONE,
        by=Side(undone.by),
        allowed={undone.to_status},
        **fields,
    )


def _take_messages_back(undone: ConsultationChange) -> None:
    consultation = undone.consultation
    holding = versions_that_hold(consultation)
    taken_back = planning.put_back(consultation, undone, holding)
    if not taken_back or series_planning.is_told(undone):
        raise DomainError(_("This can't be undone any more: the message about it has gone out."))
    is_firm = consultation.status == Status.CONFIRMED
    if is_firm and series_planning.was_told_otherwise(consultation, undone, holding):
        planning.plan_confirmation(consultation, timezone.now())
    if undone.action == Action.CONFIRMED:
        invitation_take_back(client=consultation.client, made_since=undone.at)
