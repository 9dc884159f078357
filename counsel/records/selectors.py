"""A client's whole record, as plain data that can leave the house."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from clients.models import Client, Cover, Handover
from counsel.audit.models import AccessEvent
from counsel.records.openings import listings_of, openings_of, who
from counsel.reminders.models import Channel
from exercises.answers import readable
from exercises.models import Entry, Partner, SmallShare
from exercises.selectors.partners import sent_shares
from exercises.selectors.responses import response_of
from exercises.wording import earlier_words, rhythm_words
from sessions.models import ConsultationNote, TalkingPoint
from sessions.note_selectors import signed_notes

FORMAT = "counsel-record/1"
LEFT_OUT = gettext_lazy(
    "Left out are notes your counsellor has not signed yet, and what they write down for "
    "themselves alone."
)


def record_of(client: Client) -> dict[str, Any]:
    """Everything the practice keeps about this client, instants in UTC, drafts included.

    Made for the client. Who opened the record is in it; what other people wrote for their
    own use is not.
    """
    entries = list(_entries(client))
    return {
        "format": FORMAT,
        "profile": _profile(client),
        "messages": _messages(client),
        "consents": [_consent(consent) for consent in client.consents.select_related("document")],
        "asked_to_agree": [
            _asked_to_agree(asking) for asking in client.consent_requests.select_related("document")
        ],
        "counsellors": [_handover(h) for h in _handovers(client)],
        "lent_to": [_cover(cover) for cover in client.covers.select_related("to")],
        "consultations": [_consultation(c) for c in _consultations(client)],
        "talking_points": [_talking_point(p) for p in client.talking_points.order_by("written_at")],
        "notes": [_note(note) for note in signed_notes(client)],
        "left_out": str(LEFT_OUT),
        "programmes": [_programme(e) for e in client.enrolments.select_related("programme")],
        "assignments": [_assignment(a) for a in _assignments(client)],
        "entries": [_entry(entry) for entry in entries],
        "measures": _measures(entries),
        "events": [_event(event) for event in client.progress_events.select_related("author")],
        "partners": [_partner(partner) for partner in client.partners.order_by("created_at")],
        "small_shares": [_small_share(share) for share in sent_shares(client)],
        "opened_by": [_opening(event) for event in openings_of(client)],
        "listed_by": [
            {"day": row.day.isoformat(), "who": row.who, "times": row.times}
            for row in listings_of(client, client.zone)
        ],
    }


def _entries(client: Client) -> Iterable[Entry]:
    return (
        client.entries.select_related("version")
        .prefetch_related("replies__author")
        .order_by("happened_at")
    )


def _profile(client: Client) -> dict[str, Any]:
    return {
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
    }


def _consent(consent: Any) -> dict[str, Any]:
    return {
        "title": consent.document.title,
        "version": consent.document.version,
        "text": consent.document.text,
        "given_at": consent.given_at.isoformat(),
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
    return rows


def _consultation(consultation: Any) -> dict[str, Any]:
    return {
        "with": consultation.counsellor.display_name,
        "service": consultation.service.name,
        "starts_at": consultation.starts_at.isoformat(),
        "ends_at": consultation.ends_at.isoformat(),
        "status": consultation.status,
        "place": consultation.place,
        "fee": str(consultation.fee) if consultation.fee is not None else None,
        "currency": consultation.currency,
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


def _programme(enrolment: Any) -> dict[str, Any]:
    return {
        "title": enrolment.programme.title,
        "starts_on": enrolment.starts_on.isoformat(),
        "ended_on": enrolment.ended_on.isoformat() if enrolment.ended_on else None,
    }


def _assignments(client: Client) -> QuerySet[Any]:
    rows: QuerySet[Any] = client.assignments.select_related("version").prefetch_related("pauses")
    return rows


def _assignment(assignment: Any) -> dict[str, Any]:
    return {
        "exercise": assignment.version.title,
        "why": assignment.rationale,
        "rhythm": rhythm_words(assignment),
        "starts_on": assignment.starts_on.isoformat(),
        "ends_on": assignment.ends_on.isoformat() if assignment.ends_on else None,
        "status": assignment.status,
        "withdrawn_on": assignment.withdrawn_on.isoformat() if assignment.withdrawn_on else None,
        "in_its_smaller_form": assignment.smaller,
        "earlier_rhythms": [
            {"rhythm": words, "until": until.isoformat()}
            for words, until in earlier_words(assignment)
        ],
        "rests": [
            {
                "first_day": pause.first_day.isoformat(),
                "last_day": pause.last_day.isoformat() if pause.last_day else None,
            }
            for pause in assignment.pauses.all()
        ],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "exercise": entry.version.title,
        "state": entry.state,
        "outcome": entry.outcome,
        "happened_at": entry.happened_at.isoformat(),
        "sharing": entry.sharing,
        "helpful": entry.helpful,
        "because": entry.because,
        "answers": [
            {"asked": asked, "answered": answered}
            for asked, answered in readable(entry.steps(), entry.answers)
        ],
        "replies": [
            {"from": reply.author.display_name, "text": reply.text} for reply in entry.replies.all()
        ],
    }


def _event(event: Any) -> dict[str, Any]:
    """The client does not see it in the portal; the record is theirs all the same."""
    return {
        "day": event.day.isoformat(),
        "what_happened": event.words,
        "noted_by": event.author.display_name,
    }


def _partner(partner: Partner) -> dict[str, Any]:
    return {
        "name": partner.name,
        "email": partner.email,
        "signed_as": partner.signs_as,
        "invited_at": partner.created_at.isoformat(),
        "accepted_at": partner.accepted_at.isoformat() if partner.accepted_at else None,
        "ended_at": partner.ended_at.isoformat() if partner.ended_at else None,
        "ended_by": partner.ended_by,
    }


def _small_share(share: SmallShare) -> dict[str, Any]:
    """When exactly it was read is the partner's own."""
    return {
        "to": share.partner.name,
        "text": share.text,
        "sent_at": share.created_at.isoformat(),
        "was_read": share.seen_at is not None,
        "taken_back_at": share.taken_back_at.isoformat() if share.taken_back_at else None,
    }


def _measures(entries: Iterable[Entry]) -> list[dict[str, object]]:
    """What was handed in of measures once more, as FHIR QuestionnaireResponses."""
    handed_in = (entry for entry in entries if entry.state == Entry.State.SUBMITTED)
    return [found for entry in handed_in if (found := response_of(entry)) is not None]


def _opening(event: AccessEvent) -> dict[str, Any]:
    return {
        "at": event.at.isoformat(),
        "who": who(event),
        "what": event.get_verb_display(),
        "why": event.reason,
    }
