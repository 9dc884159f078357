"""The only ways from an id, an address or a token to a row. Strangers get 404."""

from __future__ import annotations

import uuid
from typing import cast

from django.http import Http404
from django.shortcuts import get_object_or_404

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.accounts.roles import AnyUser
from sessions.audience import client_of, may_see
from sessions.calendars.feeds import digest_of, is_served
from sessions.models import (
    CalendarFeed,
    Consultation,
    Hold,
    ImportedCalendar,
    ProcessNote,
    Service,
    WaitingEntry,
)
from sessions.tokens import waiting as waiting_tokens
from sessions.tokens.appointments import BadToken, Use, prove_booked, proven_version, unproven_id
from sessions.tokens.holds import asked_id, hold_id
from sessions.tokens.waiting import is_for_entry, is_for_offer

_MAILED = "a secret, or a signature that is proved, says whose it is"


def consultation_of(user: AnyUser, consultation_id: uuid.UUID) -> Consultation:
    """One in the caseload of this member of staff."""
    rows = Consultation.objects.visible_to(user).select_related("client", "counsellor", "service")
    return cast("Consultation", get_object_or_404(rows, pk=consultation_id))


def noted_consultation_of(
    user: AnyUser, client_id: uuid.UUID, consultation_id: uuid.UUID
) -> Consultation:
    """One of a client in this caseload, whoever held it, with its note where there is one."""
    clients = Client.objects.visible_to(user).filter(pk=client_id)
    rows = Consultation.objects.filter(client__in=clients)
    related = ("client__counsellor", "service", "note__author", "note__signed_by")
    return cast(
        "Consultation", get_object_or_404(rows.select_related(*related), pk=consultation_id)
    )


def process_note_of(user: AnyUser, client_id: uuid.UUID, note_id: uuid.UUID) -> ProcessNote:
    """One of the reader's own, about a client in their caseload."""
    rows = ProcessNote.objects.visible_to(user).filter(client=client_id)
    note = get_object_or_404(rows.select_related("client__counsellor"), pk=note_id)
    return cast("ProcessNote", note)


def own_consultation(client: Client, consultation_id: uuid.UUID) -> Consultation:
    """One of the client whose portal is open."""
    rows = Consultation.objects.filter(client=client).select_related("counsellor", "service")
    return cast("Consultation", get_object_or_404(rows, pk=consultation_id))


def public_counsellor(slug: str, user: AnyUser | None = None) -> Counsellor:
    """One with a page for everybody or, taking no new clients, for their own."""
    counsellor = get_object_or_404(Counsellor, slug=slug, user__is_active=True, user__is_staff=True)
    if not counsellor.accepts_new_clients and client_of(user, counsellor) is None:
        raise Http404
    return counsellor


def public_service(slug: str, service_slug: str, user: AnyUser | None = None) -> Service:
    """One on the page that is there for this reader at all."""
    counsellor = public_counsellor(slug, user)
    service = get_object_or_404(Service, counsellor=counsellor, slug=service_slug, is_public=True)
    service.counsellor = counsellor
    if not may_see(service, client_of(user, counsellor)):
        raise Http404
    return service


def mailed_hold(token: str) -> Hold:
    """The time kept for whoever reads the mail the link was in."""
    try:
        return _kept(hold_id(token))
    except BadToken as error:
        raise Http404 from error


def asked_hold(token: str) -> Hold:
    """The time kept for whoever asked for it in this browser."""
    try:
        return _kept(asked_id(token))
    except BadToken as error:
        raise Http404 from error


def _kept(hold_id: uuid.UUID) -> Hold:
    rows = Hold.objects.across_caseloads(_MAILED).select_related(
        "service__counsellor__user", "consent", "consultation__client"
    )
    hold = cast("Hold", get_object_or_404(rows, pk=hold_id))
    if _leads_nowhere(hold):
        raise Http404
    return hold


def _leads_nowhere(hold: Hold) -> bool:
    """Booked, it ends once the client's address is another; before, when the counsellor leaves."""
    if hold.consultation is None:
        return hold.service.counsellor.has_left
    return bool(hold.consultation.client.email.lower() != hold.email.lower())


def waiting_entry(token: str) -> WaitingEntry:
    """The place in the list of whoever reads the mail the link was in."""
    rows = WaitingEntry.objects.across_caseloads(_MAILED).select_related("service__counsellor")
    entry = cast("WaitingEntry", get_object_or_404(rows, pk=_unproven(token)))
    if not is_for_entry(token, entry):
        raise Http404
    return entry


def offered_time(token: str) -> Hold:
    """The time offered to whoever reads the mail the link was in."""
    offer = _kept(_unproven(token))
    if offer.waiting_entry_id is None or not is_for_offer(token, offer):
        raise Http404
    return offer


def _unproven(token: str) -> uuid.UUID:
    try:
        return waiting_tokens.unproven_id(token)
    except BadToken as error:
        raise Http404 from error


def booked_consultation(token: str) -> Consultation:
    try:
        consultation = _by_id(unproven_id(token))
        prove_booked(token, consultation)
    except BadToken as error:
        raise Http404 from error
    return consultation


def mailed_consultation(token: str, use: Use = Use.APPOINTMENT) -> tuple[Consultation, int]:
    """The one a mail spoke of, and which version of it."""
    try:
        consultation = _by_id(unproven_id(token))
        return consultation, proven_version(token, consultation, use)
    except BadToken as error:
        raise Http404 from error


def feed_by_secret(secret: str) -> CalendarFeed:
    """The feed at a secret address; unknown, ended and no longer served ones look alike."""
    feeds = CalendarFeed.objects.across_caseloads(_MAILED)
    feeds = feeds.select_related("counsellor__user", "client__user")
    feed = get_object_or_404(feeds, digest=digest_of(secret), revoked_at__isnull=True)
    if not is_served(feed):
        raise Http404
    return cast("CalendarFeed", feed)


def imported_calendar_of(user: AnyUser, calendar_id: uuid.UUID) -> ImportedCalendar:
    """A calendar elsewhere of this counsellor's own."""
    rows = ImportedCalendar.objects.visible_to(user)
    return cast("ImportedCalendar", get_object_or_404(rows, pk=calendar_id))


def _by_id(consultation_id: uuid.UUID) -> Consultation:
    rows = Consultation.objects.across_caseloads(_MAILED).select_related(
        "client", "counsellor", "service"
    )
    return cast("Consultation", get_object_or_404(rows, pk=consultation_id))
