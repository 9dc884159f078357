"""What a client was given to do, what they wrote, and what was said to it, as plain data."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

from django.db.models import QuerySet

from clients.models import Client
from exercises.answers import readable
from exercises.models import Entry, Partner, Reply, SmallShare
from exercises.selectors.responses import response_of
from exercises.wording import earlier_words, rhythm_words


def entries_of(client: Client, *, shared_only: bool) -> list[Entry]:
    """Oldest first. Of the client's own, drafts and what was replaced since are there too."""
    rows = Entry.objects.filter(client=client)
    if shared_only:
        rows = rows.shared()
    rows = rows.select_related("version").prefetch_related("replies__author")
    return list(rows.order_by("happened_at", "created_at", "pk"))


def programme_data(enrolment: Any) -> dict[str, Any]:
    return {
        "title": enrolment.programme.title,
        "starts_on": enrolment.starts_on.isoformat(),
        "ended_on": enrolment.ended_on.isoformat() if enrolment.ended_on else None,
    }


def assignments_of(client: Client) -> QuerySet[Any]:
    rows: QuerySet[Any] = client.assignments.select_related("version").prefetch_related("pauses")
    return rows.order_by("starts_on", "created_at", "pk")


def assignment_data(assignment: Any) -> dict[str, Any]:
    return {
        "id": str(assignment.pk),
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


def entry_data(entry: Entry, withheld: Container[Reply]) -> dict[str, Any]:
    return {
        "id": str(entry.pk),
        "assignment": str(entry.assignment_id) if entry.assignment_id else None,
        "corrects": str(entry.corrects_id) if entry.corrects_id else None,
        "exercise": entry.version.title,
        "state": entry.state,
        "outcome": entry.outcome,
        "happened_at": entry.happened_at.isoformat(),
        "saved_at": entry.logged_at.isoformat() if entry.logged_at else None,
        "sharing": entry.sharing,
        "helpful": entry.helpful,
        "reason": entry.reason,
        "because": entry.because,
        "answers": [
            {"asked": asked, "answered": answered}
            for asked, answered in readable(entry.steps(), entry.answers)
        ],
        "replies": [
            {
                "from": reply.author.display_name,
                "at": reply.created_at.isoformat(),
                "text": reply.text,
            }
            for reply in entry.replies.all()
            if reply not in withheld
        ],
    }


def event_data(event: Any) -> dict[str, Any]:
    """The client does not see it in the portal; the record is theirs all the same."""
    return {
        "day": event.day.isoformat(),
        "what_happened": event.words,
        "noted_by": event.author.display_name,
    }


def partner_data(partner: Partner) -> dict[str, Any]:
    """When there was somebody close; their name and address are theirs."""
    return {
        "signed_as": partner.signs_as,
        "invited_at": partner.created_at.isoformat(),
        "accepted_at": partner.accepted_at.isoformat() if partner.accepted_at else None,
        "ended_at": partner.ended_at.isoformat() if partner.ended_at else None,
        "ended_by": partner.ended_by,
    }


def small_share_data(share: SmallShare) -> dict[str, Any]:
    """The client's own words. Who got them and when exactly they were read is the partner's own."""
    return {
        "text": share.text,
        "sent_at": share.created_at.isoformat(),
        "was_read": share.seen_at is not None,
        "taken_back_at": share.taken_back_at.isoformat() if share.taken_back_at else None,
    }


def measures_data(entries: Iterable[Entry]) -> list[dict[str, object]]:
    """What was handed in of measures once more, as FHIR QuestionnaireResponses."""
    handed_in = (entry for entry in entries if entry.state == Entry.State.SUBMITTED)
    return [found for entry in handed_in if (found := response_of(entry)) is not None]
