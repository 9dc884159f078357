"""What ties a client to their counsellor here: times that are held, kept or waited for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from clients.models import Client
from clients.ties import OpenMatter, Tie, register_tie
from counsel.accounts.models import Counsellor
from sessions.models import ClientService, Consultation, ConsultationNote, Hold, WaitingEntry
from sessions.services.waiting import ON_THE_LIST
from sessions.wording import when_words


def register() -> None:
    register_tie(Tie(open_matters=open_matters, let_go=let_go))


def open_matters(client: Client, now: datetime) -> Iterator[OpenMatter]:
    """Four queries. People who asked without signing in are known by their address."""
    yield from _consultations(client, now)
    yield from _drafts(client)
    theirs = Q(email__iexact=client.email)
    if _holds(client, now, theirs | Q(waiting_entry__client=client)):
        words = _("A time is being kept for them. It is booked or free again within hours.")
        yield OpenMatter(words, reverse("admin:consultations_consultation_calendar"))
    waiting = WaitingEntry.objects.filter(theirs | Q(client=client), state__in=ON_THE_LIST)
    if waiting.filter(counsellor=client.counsellor).exists():
        words = _("They are on your waiting list. Take them off.")
        yield OpenMatter(words, reverse("admin:consultations_waitingentry_changelist"))


def let_go(client: Client, former: Counsellor) -> None:
    """What was agreed about services was about those of the former counsellor."""
    ClientService.objects.filter(client=client, service__counsellor=former).delete()


def _consultations(client: Client, now: datetime) -> Iterator[OpenMatter]:
    """Each that holds its time, be it long over; those to come of one series as one."""
    rows = Consultation.objects.filter(client=client, counsellor=client.counsellor).holding()
    named = set()
    for row in rows.select_related("counsellor").order_by("starts_at"):
        when = when_words(row.starts_at, row.counsellor.zone)
        is_over = row.starts_at <= now
        if row.series_id is not None and not is_over:
            if row.series_id not in named:
                named.add(row.series_id)
                words = _("A series is booked, the next on %(when)s. Cancel it.")
                url = reverse("admin:consultations_series_change", args=[row.series_id])
                yield OpenMatter(words % {"when": when}, url)
            continue
        to_do = _("Note what became of the consultation on %(when)s.")
        if not is_over:
            to_do = _("Hold or cancel the consultation on %(when)s.")
        url = reverse("admin:consultations_consultation_change", args=[row.pk])
        yield OpenMatter(to_do % {"when": when}, url)


def _drafts(client: Client) -> Iterator[OpenMatter]:
    """A note is its writer's until it is signed; one that was begun and left empty says nothing."""
    unsigned = ConsultationNote.objects.unsigned().filter(consultation__client=client)
    begun = unsigned.filter(version__gt=1).select_related("consultation__counsellor")
    for note in begun.defer("sections", "agreed").order_by("consultation__starts_at"):
        when = when_words(note.consultation.starts_at, note.consultation.counsellor.zone)
        words = _("Sign your note of the consultation on %(when)s.") % {"when": when}
        args = [client.pk, note.consultation_id]
        yield OpenMatter(words, reverse("admin:clients_client_note", args=args))


def _holds(client: Client, now: datetime, theirs: Q) -> bool:
    kept = Hold.objects.filter(theirs, counsellor=client.counsellor, state=Hold.State.OPEN)
    return bool(kept.filter(expires_at__gt=now).exists())
