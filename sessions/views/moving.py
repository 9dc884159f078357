"""Choosing another time: from a mail without signing in, and in the portal.

Another time of the same service is chosen from those that are open, then confirmed by a button.
"""

from __future__ import annotations

import copy
import uuid
from abc import ABC, abstractmethod
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clients.models import Client
from clients.portal import portal_client
from counsel.common.errors import DomainError
from counsel.common.http import AuthedRequest, require_get_or_post, signed_in
from counsel.common.zones import get_zone, local_date
from sessions.access import mailed_consultation, own_consultation
from sessions.audience import is_instant
from sessions.models import Consultation, ConsultationChange, Side, Status
from sessions.selectors import nearest_open, open_slot, open_slots
from sessions.services import consultation_reschedule
from sessions.times import month_of_times
from sessions.tokens.appointments import Use, appointment_token
from sessions.views.appointments import appointment_page, terms
from sessions.views.reader import reader_look
from sessions.views.standing import (
    Standing,
    done_already,
    may_be_moved,
    seen_version,
    standing,
)


class Way(ABC):
    """How somebody came to move their appointment, and where the pages lead them."""

    layout: str
    zone: ZoneInfo
    consultation: Consultation
    # The one they saw when they chose to move it.
    version: int

    @abstractmethod
    def load(self) -> None:
        """Read the consultation (anew). Raises Http404 for strangers."""

    @abstractmethod
    def times_url(self) -> str: ...

    @abstractmethod
    def time_url(self, start: datetime) -> str: ...

    @abstractmethod
    def appointment_url(self) -> str:
        """Where it stands how it is now."""

    @abstractmethod
    def stopped(self, request: HttpRequest, stands: Standing, status: int) -> HttpResponse:
        """It is not open, or not as they saw it."""


class ByMail(Way):
    layout = "public.html"

    def __init__(self, token: str) -> None:
        self.token = token
        self.load()
        self.zone = get_zone(self.consultation.time_zone)

    def load(self) -> None:
        self.consultation, self.version = mailed_consultation(self.token, Use.MOVING)

    def times_url(self) -> str:
        return reverse("booking:move_mailed", args=[self.token])

    def time_url(self, start: datetime) -> str:
        return reverse("booking:move_mailed_to", args=[self.token, start])

    def appointment_url(self) -> str:
        return reverse("booking:appointment", args=[appointment_token(self.consultation)])

    def stopped(self, request: HttpRequest, stands: Standing, status: int) -> HttpResponse:
        return appointment_page(request, self.consultation, self.version, status=status)


class InPortal(Way):
    layout = "portal.html"

    def __init__(self, request: AuthedRequest, consultation_id: uuid.UUID) -> None:
        self.client: Client = portal_client(request)
        self.zone = self.client.zone
        self.consultation_id = consultation_id
        self.load()
        is_sent = request.method == "POST"
        self.version = seen_version(request) if is_sent else self.consultation.version

    def load(self) -> None:
        self.consultation = own_consultation(self.client, self.consultation_id)
        self.consultation.client = self.client

    def times_url(self) -> str:
        return reverse("booking:move", args=[self.consultation_id])

    def time_url(self, start: datetime) -> str:
        return reverse("booking:move_to", args=[self.consultation_id, start])

    def appointment_url(self) -> str:
        return reverse("booking:mine")

    def stopped(self, request: HttpRequest, stands: Standing, status: int) -> HttpResponse:
        if stands == Standing.CHANGED:
            messages.error(request, _("This appointment has changed in the meantime."))
        else:
            messages.error(request, _("This appointment can't be moved any more."))
        return redirect("booking:mine")


# --- The addresses --------------------------------------------------------------------------


@require_safe
@never_cache
def mailed_times(request: HttpRequest, token: str) -> HttpResponse:
    return _times(request, ByMail(token))


@require_get_or_post
@never_cache
def mailed_time(request: HttpRequest, token: str, start: datetime) -> HttpResponse:
    return _time(request, ByMail(token), start)


@require_safe
@signed_in
def own_times(request: AuthedRequest, consultation_id: uuid.UUID) -> HttpResponse:
    return _times(request, InPortal(request, consultation_id))


@require_get_or_post
@signed_in
def own_time(request: AuthedRequest, consultation_id: uuid.UUID, start: datetime) -> HttpResponse:
    return _time(request, InPortal(request, consultation_id), start)


# --- What they show -------------------------------------------------------------------------


def _times(request: HttpRequest, way: Way) -> HttpResponse:
    now = timezone.now()
    closed = _closed(request, way, now)
    if closed is not None:
        return closed
    consultation = way.consultation
    look = reader_look(request, consultation.service, way.zone, now)
    slots = [
        slot
        for slot in open_slots(consultation.service, *look.days, now, without=consultation)
        if slot.start != consultation.starts_at
    ]
    return _page(request, way, "move", month=month_of_times(look, slots, way.time_url))


def _time(request: HttpRequest, way: Way, start: datetime) -> HttpResponse:
    if request.method == "POST":
        return _move(request, way, start)
    now = timezone.now()
    closed = _closed(request, way, now)
    if closed is not None:
        return closed
    if start == way.consultation.starts_at:
        return _taken(request, way, start, _("Your appointment is at that time already."))
    if open_slot(way.consultation.service, start, now, without=way.consultation) is None:
        return _taken(request, way, start, _("That time is not free any more."))
    return _confirmation(request, way, start, now)


def _move(request: HttpRequest, way: Way, start: datetime) -> HttpResponse:
    closed = _closed(request, way, timezone.now(), status=409)
    if closed is not None:
        return _done_already(request, way, start) or closed
    try:
        consultation_reschedule(consultation=way.consultation, starts_at=start, by=Side.CLIENT)
    except DomainError as error:
        # Whatever it was about before, what is shown now is how it stands now.
        way.load()
        return (
            _done_already(request, way, start)
            or _closed(request, way, timezone.now(), status=409)
            or _taken(request, way, start, error.message)
        )
    return redirect(way.appointment_url())


def _done_already(request: HttpRequest, way: Way, start: datetime) -> HttpResponse | None:
    moved = {"action": ConsultationChange.Action.MOVED, "to_starts_at": start}
    if not done_already(way.consultation, way.version, **moved):
        return None
    messages.info(request, _("That was done already."))
    return redirect(way.appointment_url())


def _closed(
    request: HttpRequest, way: Way, now: datetime, status: int = 200
) -> HttpResponse | None:
    """Where nothing can be chosen, the page that says why and what to do."""
    stands = standing(way.consultation, way.version, now)
    if stands != Standing.OPEN:
        return way.stopped(request, stands, status)
    if not may_be_moved(way.consultation, now):
        return _page(request, way, "move_late", status=status, terms=terms(way.consultation, now))
    return None


def _confirmation(request: HttpRequest, way: Way, start: datetime, now: datetime) -> HttpResponse:
    consultation = way.consultation
    moved = copy.copy(consultation)
    moved.starts_at = start
    is_firm = consultation.status == Status.CONFIRMED
    return _page(
        request,
        way,
        "move_confirm",
        start=start,
        free_until=moved.cancels_freely_until if now <= moved.cancels_freely_until else None,
        asks_again=not (is_firm and is_instant(consultation.service, consultation.client)),
    )


def _taken(request: HttpRequest, way: Way, start: datetime, words: str) -> HttpResponse:
    consultation = way.consultation
    slots = nearest_open(consultation.service, start, timezone.now(), without=consultation)
    nearest = [
        {
            "day": local_date(slot.start, way.zone),
            "start": slot.start,
            "url": way.time_url(slot.start),
        }
        for slot in slots
        if slot.start != consultation.starts_at
    ]
    return _page(request, way, "move_taken", status=409, words=words, nearest=nearest)


def _page(
    request: HttpRequest, way: Way, name: str, *, status: int = 200, **more: object
) -> HttpResponse:
    context = {
        "way": way,
        "zone": way.zone,
        "consultation": way.consultation,
        "is_pending": way.consultation.status == Status.PENDING,
        **more,
    }
    return render(request, f"sessions/{name}.html", context, status=status)
