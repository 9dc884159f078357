"""The messages of the demo: what went out in the weeks so far, and how clients are reached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from clients.models import Address, Client
from clients.reach import person_of
from clients.services import (
    MessageChoices,
    consent_ask,
    consent_document_publish,
    homework_pause,
    messages_choose,
)
from counsel.accounts.models import User
from counsel.desk.demo.story import Story
from counsel.reminders import reasons
from counsel.reminders.catalogue import get_letter
from counsel.reminders.letter_services import letter_change
from counsel.reminders.models import Channel, Reminder, State
from sessions import kinds
from sessions.models import Consultation, Status
from sessions.planning import version_mark
from sessions.reminding import start_mark

_DAY = timedelta(days=1)
_MAILBOX_FULL = 552


def ledger_make(story: Story, past: list[Consultation]) -> None:
    """What went out about past consultations. `amiss`: how many of them ago a reminder did not."""
    amiss = story.facts.get("amiss", {})
    fates = {
        len(past) - amiss.get("failed", 0): (
            State.FAILED,
            reasons.refused(Channel.EMAIL, _MAILBOX_FULL),
        ),
        len(past) - amiss.get("skipped", 0): (State.SKIPPED, reasons.quiet_too_long()),
    }
    Reminder.objects.bulk_create(
        row
        for number, consultation in enumerate(past)
        for row in _about(consultation, *fates.get(number, (State.SENT, "")))
    )


def _about(consultation: Consultation, state: State, reason: str) -> Iterator[Reminder]:
    starts_at = consultation.starts_at
    yield _row(consultation, kinds.CONFIRMED, "v1", consultation.created_at)
    if consultation.status == Status.CANCELLED_BY_CLIENT:
        state, reason, settled_at = State.CANCELLED, "not wanted any more", starts_at - 2 * _DAY
        mark = version_mark(consultation)
        yield _row(consultation, kinds.CANCELLED, mark, settled_at)
    else:
        settled_at = starts_at - _DAY
    yield _row(
        consultation,
        kinds.REMINDER,
        start_mark(consultation),
        starts_at - _DAY,
        offset_minutes=_DAY // timedelta(minutes=-1),
        state=state,
        reason=reason,
        handed_over_at=settled_at if state == State.SENT else None,
        finished_at=settled_at,
    )


def _row(
    consultation: Consultation, kind: str, occurrence: str, due_at: datetime, **fields: Any
) -> Reminder:
    as_sent = {"state": State.SENT, "handed_over_at": due_at, "finished_at": due_at}
    return Reminder(
        counsellor=consultation.counsellor,
        kind=kind,
        subject=kinds.subject_of(consultation),
        occurrence=occurrence,
        person=person_of(consultation.client),
        due_at=due_at,
        try_at=due_at,
        not_after=consultation.starts_at,
        attempts=1,
        created_at=consultation.created_at,
        **{**as_sent, **fields},
    )


def choices_make(story: Story) -> None:
    """What they chose on "How we reach you", and what came of it."""
    client, facts = story.client, story.facts.get("reached", {})
    if "wording" in facts:
        choices = MessageChoices(
            email_wording=facts["wording"],
            sms_wording=client.sms_wording,
            push_wording=client.push_wording,
            reminder_offsets=facts.get("offsets"),
        )
        messages_choose(client=client, choices=choices)
    if "address" in facts:
        Address.objects.create(
            client=client,
            channel=Channel.EMAIL,
            value=facts["address"],
            verified_at=story.now - 7 * _DAY,
        )
    if "rests_days" in facts:
        homework_pause(client=client, until=story.today + facts["rests_days"] * _DAY)
    if "stopped_days_ago" in facts:
        stopped_at = story.now - facts["stopped_days_ago"] * _DAY
        Client.objects.these(client).update(homework_stopped_at=stopped_at)


def agreement_ask(story: Story, texts: dict[str, dict[str, str]]) -> None:
    if slug := story.facts.get("asked_to_agree"):
        text = texts[slug]
        document = consent_document_publish(
            slug=slug,
            version=1,
            language="en-gb",
            title=text["title"],
            text=text["text"].strip(),
        )
        consent_ask(client=story.client, document=document)


def letters_make(letters: list[dict[str, str]], by: User) -> None:
    """The practice's own words for some messages."""
    for facts in letters:
        letter_change(
            kind=get_letter(facts["key"]),
            language="en-gb",
            subject=facts["subject"],
            body=facts["body"].strip(),
            seen="",
            by=by,
        )
