"""What the mails about consultations say, and when one is not wanted any more.

No mail says whom or what the appointment is for; calendar files neither.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from counsel.common.zones import get_zone
from counsel.reminders.letters import letter
from counsel.reminders.models import Reminder, State
from counsel.reminders.registry import Attachment, Message, Reach, ReminderKind, Skip, register_kind
from sessions import planning
from sessions.calendars.files import FILENAME, MIMETYPE, calendar_file, calendar_method
from sessions.changes import is_as_in
from sessions.models import CALLED_OFF, Consultation, Status
from sessions.series import planning as series_planning
from sessions.tokens.appointments import appointment_token
from sessions.wording import when_words, zone_and_offset


def register() -> None:
    for key, label, wanted, render in (
        (planning.REQUESTED, _("request received"), _while((Status.PENDING,)), _requested),
        (planning.CONFIRMED, _("confirmation"), _while((Status.CONFIRMED,)), _confirmed),
        (planning.REMINDER, _("appointment reminder"), _reminder_wanted, _reminder),
        (planning.CANCELLED, _("cancellation"), _while(CALLED_OFF), _cancelled),
        (planning.COUNSELLOR, _("news for the counsellor"), _news_wanted, _news),
    ):
        register_kind(ReminderKind(key, label, wanted, render, over_at=_starts_at))


_BY_CLIENT = (Status.CANCELLED_BY_CLIENT, Status.CANCELLED_LATE)


# --- Still wanted? ------------------------------------------------------------------------


def _while(statuses: Collection[str]) -> Callable[[Reminder, datetime], Skip | None]:
    """Wanted as long as the consultation is as it was when the message was planned."""

    def still_wanted(reminder: Reminder, now: datetime) -> Skip | None:
        consultation = _consultation(reminder)
        version = planning.marked_version(reminder.occurrence)
        if consultation.status in statuses and is_as_in(consultation, version):
            return None
        return Skip(gettext("the appointment has changed since"))

    return still_wanted


def _news_wanted(reminder: Reminder, now: datetime) -> Skip | None:
    consultation = _consultation(reminder)
    if consultation.client.counsellor_id != consultation.counsellor_id:
        return Skip(gettext("the client was handed over"))
    return _while(tuple(Status))(reminder, now)


def _reminder_wanted(reminder: Reminder, now: datetime) -> Skip | None:
    consultation = _consultation(reminder)
    if consultation.status != Status.CONFIRMED:
        return Skip(gettext("the appointment is not on any more"))
    if planning.start_mark(consultation) != reminder.occurrence:
        return Skip(gettext("the appointment was moved"))
    return Skip(gettext("the appointment has begun")) if consultation.starts_at <= now else None


# --- What it says -------------------------------------------------------------------------


def _requested(reminder: Reminder, reach: Reach) -> Message:
    consultation = _consultation(reminder)
    # One that was firm is in their calendar, at another time.
    was_firm = _was_told_firm(consultation)
    return _to_client(
        consultation,
        reach,
        "consultation_requested",
        with_file=was_firm,
        moved=was_firm or _was_sent(reminder.subject, planning.REQUESTED),
    )


def _confirmed(reminder: Reminder, reach: Reach) -> Message:
    consultation = _consultation(reminder)
    moved = _was_told_firm(consultation)
    return _to_client(consultation, reach, "consultation_confirmed", with_file=True, moved=moved)


def _was_told_firm(consultation: Consultation) -> bool:
    """Whether the client has heard before that it is confirmed, by itself or with its series."""
    return _was_sent(planning.subject_of(consultation), planning.CONFIRMED) or _was_sent(
        series_planning.subject_of(consultation.series_id), series_planning.BOOKED
    )


def _was_sent(subject: str, kind: str) -> bool:
    return Reminder.objects.filter(subject=subject, kind=kind, state=State.SENT).exists()


def _reminder(reminder: Reminder, reach: Reach) -> Message:
    return _to_client(_consultation(reminder), reach, "consultation_reminder")


def _cancelled(reminder: Reminder, reach: Reach) -> Message:
    consultation = _consultation(reminder)
    if consultation.status == Status.DECLINED:
        in_calendar = _was_told_firm(consultation)
        return _to_client(consultation, reach, "consultation_declined", with_file=in_calendar)
    return _to_client(consultation, reach, "consultation_cancelled", with_file=True)


def _news(reminder: Reminder, reach: Reach) -> Message:
    context = {"link": settings.BASE_URL + reverse("admin:index")}
    subject, body = letter("counsellor_request", context, reach.language)
    return Message(subject=subject, body=body)


def _to_client(
    consultation: Consultation,
    reach: Reach,
    template: str,
    *,
    with_file: bool = False,
    moved: bool = False,
) -> Message:
    zone = get_zone(consultation.time_zone)
    with translation.override(reach.language):
        context = {
            "when": when_words(consultation.starts_at, zone),
            "zone": zone_and_offset(zone, consultation.starts_at),
            "free_until": when_words(consultation.cancels_freely_until, zone),
            "moves_until": when_words(consultation.moves_until, zone),
            "link": settings.BASE_URL
            + reverse("booking:appointment", args=[appointment_token(consultation)]),
            "moved": moved,
            "has_words": bool(consultation.words) and consultation.status not in _BY_CLIENT,
        }
        files = (_attachment(consultation),) if with_file else ()
    subject, body = letter(template, context, reach.language)
    return Message(subject=subject, body=body, attachments=files)


def _attachment(consultation: Consultation) -> Attachment:
    mimetype = f"{MIMETYPE}; method={calendar_method(consultation)}"
    return Attachment(FILENAME, calendar_file(consultation), mimetype)


def _starts_at(reminder: Reminder) -> datetime:
    return _consultation(reminder).starts_at


def _consultation(reminder: Reminder) -> Consultation:
    rows = Consultation.objects.select_related("client", "counsellor__user")
    found: Consultation = rows.get(pk=reminder.subject_id)
    return found
