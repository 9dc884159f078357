"""The client's own appointments: from a mail without signing in, and in the portal."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clients.models import Client
from clients.portal import portal_client
from counsel.common.errors import DomainError
from counsel.common.http import AuthedRequest, require_get_or_post, signed_in
from counsel.common.zones import get_zone
from sessions.access import mailed_consultation, own_consultation
from sessions.calendars.files import FILENAME, MIMETYPE, calendar_file
from sessions.changes import is_as_in
from sessions.models import Consultation, ConsultationChange, Side, Status
from sessions.selectors import coming_appointments, past_appointments
from sessions.services import consultation_cancel, consultation_undo, status_when_cancelled
from sessions.talking import open_talking_point
from sessions.tokens.appointments import Use, appointment_token, moving_token, undo_token
from sessions.views.standing import (
    Standing,
    done_already,
    may_be_moved,
    seen_version,
    standing,
    undo_of,
    undos_of,
    words_for_client,
)

Action = ConsultationChange.Action
Change = Callable[..., Consultation]


# --- From a mail ----------------------------------------------------------------------------


@require_get_or_post
@never_cache
def appointment(request: HttpRequest, token: str) -> HttpResponse:
    """Says when, and lets whoever has the mail cancel, by a click."""
    consultation, version = mailed_consultation(token)
    if request.method != "POST":
        return appointment_page(request, consultation, version)
    if standing(consultation, version, timezone.now()) == Standing.OPEN:
        try:
            consultation_cancel(consultation=consultation, by=Side.CLIENT)
        except DomainError:
            # Changed between the reading and the writing: say how it stands now.
            consultation, version = mailed_consultation(token)
    if done_already(consultation, version, action=Action.CANCELLED):
        return redirect("booking:appointment", token)
    return appointment_page(request, consultation, version, status=409)


@require_POST
@never_cache
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """Takes back what was just done from a mail's page."""
    consultation, version = mailed_consultation(token, Use.UNDOING)
    refusal = ""
    if consultation.version == version:
        try:
            consultation_undo(consultation=consultation, by=Side.CLIENT)
        except DomainError as error:
            refusal = error.message
            consultation, version = mailed_consultation(token, Use.UNDOING)
    if done_already(consultation, version, action=Action.UNDONE):
        return redirect("booking:appointment", appointment_token(consultation))
    return appointment_page(request, consultation, version, refusal=refusal, status=409)


def appointment_page(
    request: HttpRequest,
    consultation: Consultation,
    version: int,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """How it stands for whoever holds a link to that version of it."""
    now = timezone.now()
    stands = standing(consultation, version, now)
    # A link from before the client's own cancelling may take it back; one from before
    # anything else may not even say what holds now.
    may_undo = consultation.version == version or done_already(
        consultation, version, action=Action.CANCELLED
    )
    context = {
        "consultation": consultation,
        "zone": get_zone(consultation.time_zone),
        "stands": stands,
        "is_pending": consultation.status == Status.PENDING,
        "token": appointment_token(consultation),
        "moving_token": moving_token(consultation),
        "undo": undo_of(consultation, now) if may_undo else None,
        "undo_token": undo_token(consultation),
        "refusal": refusal,
        "words": "" if stands == Standing.CHANGED else words_for_client(consultation),
        "has_page_of_own": consultation.client.user_id is not None,
        "terms": terms(consultation, now),
    }
    return render(request, "sessions/appointment.html", context, status=status)


@require_safe
@never_cache
def appointment_file(request: HttpRequest, token: str) -> HttpResponse:
    consultation, version = mailed_consultation(token)
    if not is_as_in(consultation, version):
        raise Http404
    response = HttpResponse(calendar_file(consultation), content_type=f"{MIMETYPE}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{FILENAME}"'
    return response


# --- In the portal --------------------------------------------------------------------------


@require_safe
@signed_in
def mine(request: AuthedRequest) -> HttpResponse:
    client = portal_client(request)
    now = timezone.now()
    undos = undos_of(client, now)
    context = {
        "client": client,
        "zone": client.zone,
        "has_point": open_talking_point(client) is not None,
        "coming": [
            {"undo": undos.pop(consultation.pk, None), **_coming(consultation, client, now)}
            for consultation in coming_appointments(client, now)
        ],
        # What is not among the coming ones any more.
        "just_cancelled": list(undos.values()),
        "past": [
            {"consultation": consultation, "words": words_for_client(consultation)}
            for consultation in past_appointments(client, now)
        ],
    }
    return render(request, "sessions/mine.html", context)


@require_POST
@signed_in
def cancel(request: AuthedRequest, consultation_id: uuid.UUID) -> HttpResponse:
    return _change_own(
        request,
        consultation_id,
        Action.CANCELLED,
        partial(consultation_cancel, by=Side.CLIENT),
        _("Your appointment is cancelled."),
    )


@require_POST
@signed_in
def undo_own(request: AuthedRequest, consultation_id: uuid.UUID) -> HttpResponse:
    """Takes back what was just done in the portal."""
    return _change_own(
        request,
        consultation_id,
        Action.UNDONE,
        partial(consultation_undo, by=Side.CLIENT),
        _("That is undone. It is as it was before."),
    )


def _change_own(
    request: AuthedRequest,
    consultation_id: uuid.UUID,
    action: Action,
    change: Change,
    done: str,
) -> HttpResponse:
    """Does it to what the page showed: a version that is gone is refused, in words."""
    consultation = own_consultation(portal_client(request), consultation_id)
    version = seen_version(request)
    try:
        if done_already(consultation, version, action=action):
            messages.info(request, _("That was done already."))
        elif consultation.version != version:
            messages.error(request, _("This appointment has changed in the meantime."))
        else:
            change(consultation=consultation)
            messages.success(request, done)
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("booking:mine")


def _coming(consultation: Consultation, client: Client, now: datetime) -> dict[str, object]:
    consultation.client = client
    return {
        "consultation": consultation,
        "token": appointment_token(consultation),
        "words": words_for_client(consultation),
        "has_begun": consultation.starts_at <= now,
        "terms": terms(consultation, now),
    }


@dataclass(frozen=True)
class Terms:
    """What the client may still do. `are_one`: moving and cancelling have the same limit."""

    is_late: bool
    may_move: bool
    are_one: bool


def terms(consultation: Consultation, now: datetime) -> Terms:
    may_move = may_be_moved(consultation, now)
    same = consultation.moves_until == consultation.cancels_freely_until
    return Terms(
        is_late=status_when_cancelled(consultation, now) == Status.CANCELLED_LATE,
        may_move=may_move,
        # A request may be taken back until it begins.
        are_one=may_move and same and consultation.status == Status.CONFIRMED,
    )
