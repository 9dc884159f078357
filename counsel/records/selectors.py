"""A client's whole record, as plain data that can leave the house."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from clients.models import Client, Cover, Handover, SafetyPlan
from clients.reach import person_of
from counsel.audit.models import AccessEvent
from counsel.records.homework import (
    assignment_data,
    assignments_of,
    entries_of,
    entry_data,
    event_data,
    measures_data,
    partner_data,
    programme_data,
    small_share_data,
)
from counsel.records.left_out import left_out, withheld_data
from counsel.records.models import CorrectionRequest
from counsel.records.openings import listings_of, openings_of, who
from counsel.records.withholding import withheld_of
from counsel.reminders.models import Channel, Reminder, State
from counsel.reminders.registry import kinds
from exercises.selectors.partners import sent_shares
from sessions.models import ConsultationNote, TalkingPoint
from sessions.note_selectors import signed_notes

FORMAT = "counsel-record/2"


def record_of(client: Client, *, by_counsellor: bool = False) -> dict[str, Any]:
    """Everything the practice keeps about this client that may leave it, instants in UTC.

    Who opened the record is in it; what other people wrote for their own use is not. Taken out
    by the counsellor, for a client who asks on paper, it holds no more than the counsellor reads:
    nothing private, no drafts. Plain data, as `counsel.records.format` describes it.
    """
    withheld = withheld_of(client)
    entries = [it for it in entries_of(client, shared_only=by_counsellor) if it not in withheld]
    return {
        "format": FORMAT,
        "taken_out_at": timezone.now().isoformat(),
        "taken_out_by": "counsellor" if by_counsellor else "client",
        "left_out": left_out(by_counsellor=by_counsellor),
        "withheld": withheld_data(withheld),
        "corrections": [_correction(it) for it in _corrections(client)],
        "profile": _profile(client),
        "messages": None if by_counsellor else _messages(client),
        "consents": [_consent(it) for it in _oldest(client.consents, "given_at")],
        "asked_to_agree": [
            _asked_to_agree(it) for it in _oldest(client.consent_requests, "asked_at")
        ],
        "counsellors": [_handover(h) for h in _handovers(client)],
        "lent_to": [_cover(it) for it in client.covers.select_related("to").order_by("starts_at")],
        "consultations": [_consultation(c) for c in _consultations(client)],
        "talking_points": [_talking_point(p) for p in client.talking_points.order_by("written_at")],
        "plan_for_hard_moments": _plan(client, by_counsellor=by_counsellor),
        "notes": [_note(note) for note in signed_notes(client) if note not in withheld],
        "programmes": [programme_data(it) for it in _programmes(client)],
        "assignments": [assignment_data(a) for a in assignments_of(client)],
        "entries": [entry_data(entry, withheld) for entry in entries],
        "measures": measures_data(entries),
        "events": [event_data(it) for it in _events(client) if it not in withheld],
        **_between_two(client, by_counsellor=by_counsellor),
        "opened_by": [_opening(event) for event in _openings(client, by_counsellor=by_counsellor)],
        "listed_by": [
            {"day": row.day.isoformat(), "who": row.who, "times": row.times}
            for row in listings_of(client, client.zone)
        ],
    }


def _events(client: Client) -> Any:
    return client.progress_events.select_related("author")


def _corrections(client: Client) -> Any:
    rows = CorrectionRequest.objects.filter(client=client).select_related("answered_by")
    return rows.order_by("asked_at", "pk")


def _correction(request: CorrectionRequest) -> dict[str, Any]:
    return {
        "asked_at": request.asked_at.isoformat(),
        "text": request.text,
        "answer": request.answer,
        "words": request.words,
        "answered_by": request.answered_by.display_name if request.answered_by else "",
        "answered_at": request.answered_at.isoformat() if request.answered_at else None,
    }


def _between_two(client: Client, *, by_counsellor: bool) -> dict[str, Any]:
    """What passes between a client and somebody close; no member of staff sees it."""
    if by_counsellor:
        return {"partners": [], "small_shares": []}
    return {
        "partners": [partner_data(it) for it in client.partners.order_by("created_at")],
        "small_shares": [small_share_data(share) for share in sent_shares(client)],
    }


def _openings(client: Client, *, by_counsellor: bool) -> QuerySet[AccessEvent]:
    """What a client did themselves is nothing the counsellor is told."""
    rows = openings_of(client)
    return rows.exclude(actor=client.user_id) if by_counsellor and client.user_id else rows


def _oldest(rows: Any, by: str) -> Any:
    return rows.select_related("document").order_by(by, "pk")


def _programmes(client: Client) -> Any:
    return client.enrolments.select_related("programme").order_by("starts_on", "pk")


def _profile(client: Client) -> dict[str, Any]:
    return {
        "id": str(client.pk),
        "name": client.name,
        "pronouns": client.pronouns,
        "email": client.email,
        "phone": client.phone,
        "time_zone": client.time_zone,
        "language": client.language,
        "emergency_contact": client.emergency_contact,
        "counsellor": client.counsellor.display_name,
        "since": client.created_at.isoformat(),
    }


def _messages(client: Client) -> dict[str, Any]:
    """What they chose about messages, and where those go."""
    until = client.homework_paused_until
    return {
        "wording": {channel.value: client.wording_on(channel).value for channel in Channel},
        "minutes_before_consultations": client.reminder_offsets,
        "practice_hour": client.reminder_hour,
        "no_practice_reminders_before": until.isoformat() if until else None,
        "addresses": [
            {
                "channel": address.channel,
                "address": address.value,
                "in_use": address.verified_at is not None,
            }
            for address in client.addresses.order_by("created_at")
        ],
        "devices": [device.label for device in client.devices.order_by("created_at")],
        "sent": [_sent(row) for row in _mails(client)],
    }


def _mails(client: Client) -> Any:
    """What went out to them, by the ledger: it keeps no words."""
    rows = Reminder.objects.filter(person=person_of(client), state=State.SENT)
    return rows.order_by("finished_at", "pk")


def _sent(row: Reminder) -> dict[str, Any]:
    return {
        "what": next((str(kind.label) for kind in kinds() if kind.key == row.kind), row.kind),
        "channel": row.channel,
        "at": row.finished_at.isoformat() if row.finished_at else None,
    }


def _consent(consent: Any) -> dict[str, Any]:
    return {
        "title": consent.document.title,
        "version": consent.document.version,
        "text": consent.document.text,
        "text_sha256": consent.text_hash,
        "given_at": consent.given_at.isoformat(),
        "given": consent.channel,
        "withdrawn_at": consent.withdrawn_at.isoformat() if consent.withdrawn_at else None,
    }


def _asked_to_agree(asking: Any) -> dict[str, Any]:
    return {
        "title": asking.document.title,
        "version": asking.document.version,
        "text": asking.document.text,
        "asked_at": asking.asked_at.isoformat(),
        "answer": asking.answer,
        "answered_at": asking.answered_at.isoformat() if asking.answered_at else None,
    }


def _handovers(client: Client) -> QuerySet[Handover]:
    accepted = client.handovers.filter(answer=Handover.Answer.ACCEPTED)
    rows: QuerySet[Handover] = accepted.select_related("offered_by", "to")
    return rows.order_by("answered_at")


def _handover(handover: Handover) -> dict[str, Any]:
    """The counsellor's words to a colleague were written for the two of them."""
    return {
        "from": handover.offered_by.display_name,
        "to": handover.to.display_name,
        "at": handover.answered_at.isoformat() if handover.answered_at else None,
        "you_agreed_on": handover.consent_on.isoformat(),
    }


def _cover(cover: Cover) -> dict[str, Any]:
    return {
        "to": cover.to.display_name,
        "from": cover.starts_at.isoformat(),
        "until": min(cover.ends_at, cover.ended_at or cover.ends_at).isoformat(),
        "you_agreed_on": cover.consent_on.isoformat(),
    }


def _consultations(client: Client) -> QuerySet[Any]:
    rows: QuerySet[Any] = client.consultations.select_related("service", "counsellor")
    return rows.order_by("starts_at", "pk")


def _consultation(consultation: Any) -> dict[str, Any]:
    return {
        "id": str(consultation.pk),
        "with": consultation.counsellor.display_name,
        "service": consultation.service.name,
        "starts_at": consultation.starts_at.isoformat(),
        "ends_at": consultation.ends_at.isoformat(),
        "status": consultation.status,
        "place": consultation.place,
        "fee": str(consultation.fee) if consultation.fee is not None else None,
        "currency": consultation.currency,
        "where": consultation.place_details,
        "asked_when_booking": [
            {"asked": it["question"], "answered": it["answer"]} for it in consultation.intake or []
        ],
        "words_to_you": consultation.words or "",
    }


def _plan(client: Client, *, by_counsellor: bool) -> dict[str, Any] | None:
    rows = SafetyPlan.objects.filter(client=client)
    plan = (rows.shared() if by_counsellor else rows).first()
    if plan is None:
        return None
    return {
        "shared": plan.is_shared,
        "changed_at": plan.changed_at.isoformat(),
        "parts": [{"asked": asked, "answered": answered} for asked, answered in plan.written],
    }


def _talking_point(point: TalkingPoint) -> dict[str, Any]:
    settled = point.settled_at
    return {
        "text": point.text,
        "written_at": point.written_at.isoformat(),
        "settled_at": settled.isoformat() if settled else None,
    }


def _note(note: ConsultationNote) -> dict[str, Any]:
    return {
        "id": str(note.pk),
        "consultation": note.consultation.starts_at.isoformat(),
        "format": note.get_format_display(),
        "sections": note.sections,
        "agreed": note.agreed,
        "signed_by": note.signed_by.display_name if note.signed_by else "",
        "signed_at": note.signed_at.isoformat() if note.signed_at else None,
        "added": [
            {
                "by": addendum.author.display_name,
                "at": addendum.created_at.isoformat(),
                "text": addendum.text,
            }
            for addendum in note.addenda.all()
        ],
    }


def _opening(event: AccessEvent) -> dict[str, Any]:
    return {
        "at": event.at.isoformat(),
        "who": who(event),
        "what": event.get_verb_display(),
        "why": event.reason,
    }
