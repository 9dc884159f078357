"""The client's own appointments: from a mail without signing in, and in the portal."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clients.portal import portal_client
from counsel.common.errors import DomainError
from counsel.common.http import AuthedRequest, require_get_or_post, signed_in
from counsel.common.zones import get_zone
from sessions.access import mailed_consultation, own_consultation
from sessions.calendar import FILENAME, MIMETYPE, calendar_file
from sessions.models import HOLDING, Consultation, Status
from sessions.selectors import coming_appointments, past_appointments
from sessions.services import consultation_cancel, status_when_cancelled
from sessions.tokens import appointment_token


@require_get_or_post
@never_cache
def appointment(request: HttpRequest, token: str) -> HttpResponse:
    """Opened from a mail: says when, and lets whoever has the mail cancel, by a click."""
    consultation, is_current = mailed_consultation(token)
    now = timezone.now()
    state = _state(consultation, is_current, now)
    status = 200
    if request.method == "POST" and state == "open":
        try:
            consultation_cancel(consultation=consultation, by="client")
            return redirect("booking:appointment", token)
        except DomainError:
            # Changed between the reading and the writing: say how it stands now.
            consultation, is_current = mailed_consultation(token)
            state, status = _state(consultation, is_current, now), 409
    context = {
        "consultation": consultation,
        "zone": get_zone(consultation.time_zone),
        "state": state,
        "is_pending": consultation.status == Status.PENDING,
        "token": token,
        "is_late": _would_be_late(consultation, now),
    }
    return render(request, "sessions/appointment.html", context, status=status)


def _state(consultation: Consultation, is_current: bool, now: datetime) -> str:
    if consultation.status in (Status.COMPLETED, Status.NO_SHOW):
        return "over"
    if consultation.status not in HOLDING:
        return "cancelled"
    if not is_current:
        return "changed"
    return "over" if consultation.starts_at <= now else "open"


def _would_be_late(consultation: Consultation, now: datetime) -> bool:
    return status_when_cancelled(consultation, now) == Status.CANCELLED_LATE


@require_safe
@never_cache
def appointment_file(request: HttpRequest, token: str) -> HttpResponse:
    consultation, is_current = mailed_consultation(token)
    if not is_current:
        raise Http404
    response = HttpResponse(calendar_file(consultation), content_type=f"{MIMETYPE}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{FILENAME}"'
    return response


@require_safe
@signed_in
def mine(request: AuthedRequest) -> HttpResponse:
    client = portal_client(request)
    now = timezone.now()
    context = {
        "client": client,
        "zone": client.zone,
        "coming": [
            {
                "consultation": consultation,
                "token": appointment_token(consultation),
                "has_begun": consultation.starts_at <= now,
                "is_late": _would_be_late(consultation, now),
            }
            for consultation in coming_appointments(client, now)
        ],
        "past": past_appointments(client, now),
    }
    return render(request, "sessions/mine.html", context)


@require_POST
@signed_in
def cancel(request: AuthedRequest, consultation_id: uuid.UUID) -> HttpResponse:
    """Cancels what the page showed: a version that is gone is refused, in words."""
    client = portal_client(request)
    consultation = own_consultation(client, consultation_id)
    try:
        if request.POST.get("version") != str(consultation.version):
            raise DomainError(_("This appointment has changed in the meantime."))
        consultation_cancel(consultation=consultation, by="client")
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Your appointment is cancelled."))
    return redirect("booking:mine")
