"""What the messages about consultations say, and when one is not wanted any more.

None says what the appointment is for. With whom it is stands in the body alone, and only for a
client who asked for plain words; never in a subject, a short message or a calendar file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.reach import person_of
from counsel.accounts.models import ChangeNews, Counsellor
from counsel.accounts.practice import practice
from counsel.common.zones import get_zone
from counsel.reminders.greeting import greeted, greeting
from counsel.reminders.letters import letter, short_letter
from counsel.reminders.models import Channel, Reminder, State
from counsel.reminders.registry import Attachment, Message, Reach, ReminderKind, Skip, register_kind
from sessions import kinds, planning
from sessions.calendars.files import FILENAME, MIMETYPE, calendar_file, calendar_method
from sessions.changes import is_as_in
from sessions.kinds import is_told_firm
from sessions.models import CALLED_OFF, Consultation, Status
from sessions.models.consultations import ConsultationQuerySet
from sessions.reminding import quiet_hours_of, start_mark
from sessions.tokens.appointments import appointment_token
from sessions.wording import short_when, when_words, zone_and_offset

# The one that brings the calendar file is the mail; the others say it in a line.
_CHANNELS = tuple(Channel)
# How late a message may go out and still count as on time.
ON_TIME = timedelta(minutes=15)


def register() -> None:
    for key, label, wanted, render in (
        (kinds.REQUESTED, _("request received"), _while((Status.PENDING,)), _requested),
        (kinds.CONFIRMED, _("confirmation"), _while((Status.CONFIRMED,)), _confirmed),
        (kinds.MOVED, _("new time"), _while((Status.CONFIRMED,)), _confirmed),
        (kinds.CANCELLED, _("cancellation"), _while(CALLED_OFF), _cancelled),
        (kinds.DECLINED, _("request declined"), _while((Status.DECLINED,)), _cancelled),
    ):
        register_kind(
            ReminderKind(
                key,
                label,
                wanted,
                render,
                _CHANNELS,
                prepare=_load_consultations,
                over_at=_starts_at,
            )
        )
    register_kind(
        ReminderKind(
            kinds.REMINDER,
            _("appointment reminder"),
            _reminder_wanted,
            _reminder,
            _CHANNELS,
            prepare=_load_for_reminders,
            over_at=_starts_at,
            waits_until=_quiet_until,
        )
    )
    label = _("news for the counsellor")
    register_kind(ReminderKind(kinds.COUNSELLOR, label, _news_wanted, _news, over_at=_starts_at))


_CONSULTATION, _NEARER = "consultation", "nearer"
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
    if consultation.counsellor.change_news == ChangeNews.NONE:
        return Skip(gettext("they want no messages about changes"))
    return _while(tuple(Status))(reminder, now)


def _reminder_wanted(reminder: Reminder, now: datetime) -> Skip | None:
    consultation = _consultation(reminder)
    if consultation.status != Status.CONFIRMED:
        return Skip(gettext("the appointment is not on any more"))
    if start_mark(consultation) != reminder.occurrence:
        return Skip(gettext("the appointment was moved"))
    if consultation.starts_at <= now:
        return Skip(gettext("the appointment has begun"))
    if _is_overtaken(reminder, now):
        return Skip(gettext("a later one says the same"))
    return None


def _is_overtaken(reminder: Reminder, now: datetime) -> bool:
    """Whether a nearer one is due by now, as after an outage: one is enough.

    One that is sent by hand is wanted for itself.
    """
    if reminder.is_by_hand:
        return False
    others = reminder.at_hand.get(_NEARER)
    if others is None:
        others = _standing([reminder.subject])
    return any(
        other.offset_minutes > reminder.offset_minutes
        and other.due_at <= now
        and all(getattr(other, name) == getattr(reminder, name) for name in _SAME)
        for other in others
    )


_SAME = ("subject", "occurrence", "person", "channel")


def _standing(subjects: Iterable[str]) -> QuerySet[Reminder, Any]:
    """Reminders that have gone out, or still may."""
    gone = (State.CANCELLED, State.SKIPPED, State.FAILED)
    rows = Reminder.objects.filter(subject__in=subjects, kind=kinds.REMINDER)
    rows = rows.exclude(state__in=gone).order_by()
    return rows.values_list(*_SAME, "offset_minutes", "due_at", named=True)


def _quiet_until(reminder: Reminder, now: datetime) -> datetime | None:
    """The end of the client's quiet hours for one that comes late, after an outage, say.

    One that is on time was planned outside them, and whoever sends one by hand means now.
    """
    if reminder.is_by_hand or now - reminder.due_at <= ON_TIME:
        return None
    quiet = quiet_hours_of(_consultation(reminder).client, practice())
    return quiet.end_after(now) if quiet.covers(now) else None


# --- What it says -------------------------------------------------------------------------


def _requested(reminder: Reminder, reach: Reach) -> Message:
    consultation = _consultation(reminder)
    # One that was firm is in their calendar, at another time.
    was_firm = is_told_firm(consultation)
    is_new = not was_firm and not _was_requested(before=reminder)
    key = "consultation_requested" if is_new else "consultation_requested_anew"
    return to_client(consultation, reach, key, "consultation_requested", with_file=was_firm)


def _confirmed(reminder: Reminder, reach: Reach) -> Message:
    """Whether it is new to them or moved is decided by what they have heard by now."""
    consultation = _consultation(reminder)
    was_firm = is_told_firm(consultation, before=reminder)
    key = "consultation_moved" if was_firm else "consultation_confirmed"
    return to_client(consultation, reach, key, key, with_file=True)


def _was_requested(before: Reminder) -> bool:
    sent = Reminder.objects.filter(subject=before.subject, kind=kinds.REQUESTED, state=State.SENT)
    return sent.exclude(occurrence=before.occurrence).exists()


def _reminder(reminder: Reminder, reach: Reach) -> Message:
    key = "consultation_reminder"
    return to_client(_consultation(reminder), reach, key, key)


def _cancelled(reminder: Reminder, reach: Reach) -> Message:
    consultation = _consultation(reminder)
    was_declined = consultation.status == Status.DECLINED
    short = "consultation_declined" if was_declined else "consultation_cancelled"
    return to_client(
        consultation,
        reach,
        f"{short}.with_note" if _has_note(consultation) else short,
        short,
        with_file=not was_declined or is_told_firm(consultation),
    )


def _news(reminder: Reminder, reach: Reach) -> Message:
    context = {"link": settings.BASE_URL + reverse("admin:index")}
    subject, body = letter("counsellor_request", context, reach.language)
    return Message(subject=subject, body=body)


def to_client(
    consultation: Consultation, reach: Reach, key: str, short: str, *, with_file: bool = False
) -> Message:
    """In the words of the letter `key`, and in a line those of `short`."""
    zone = get_zone(consultation.time_zone)
    link = settings.BASE_URL + reverse(
        "booking:appointment", args=[appointment_token(consultation)]
    )
    with translation.override(reach.language):
        context = {
            "greeting": greeting(reach.name),
            "when": when_words(consultation.starts_at, zone),
            "zone": zone_and_offset(zone, consultation.starts_at),
            "with_whom": with_whom(consultation.counsellor, reach),
            "note": _note_words() if _has_note(consultation) else "",
            "free_until": when_words(consultation.cancels_freely_until, zone),
            "moves_until": when_words(consultation.moves_until, zone),
            "link": link,
        }
        when = short_when(consultation.starts_at, zone)
        line = short_letter(f"{short}.short", {"when": when}, reach.language)
        line = greeted(reach.name, line)
        files = (_attachment(consultation),) if with_file else ()
    subject, body = letter(key, context, reach.language)
    return Message(subject=subject, body=body, attachments=files, short=line, link=link)


def with_whom(counsellor: Counsellor, reach: Reach) -> str:
    """A line with the counsellor's name, for a reader who asked for names."""
    name = " ".join(counsellor.display_name.split())
    return gettext("With: %(name)s") % {"name": name} if reach.name else ""


def _note_words() -> str:
    return gettext("There is a note for you on its page, behind the link below.")


def _has_note(consultation: Consultation) -> bool:
    return bool(consultation.words) and consultation.status not in _BY_CLIENT


def _attachment(consultation: Consultation) -> Attachment:
    mimetype = f"{MIMETYPE}; method={calendar_method(consultation)}"
    return Attachment(FILENAME, calendar_file(consultation), mimetype)


def _starts_at(reminder: Reminder) -> datetime:
    return _consultation(reminder).starts_at


def _consultation(reminder: Reminder) -> Consultation:
    at_hand: Consultation | None = reminder.at_hand.get(_CONSULTATION)
    if at_hand is not None:
        return at_hand
    found: Consultation = reminder.subject_in(_consultations()).get()
    return found


def _consultations() -> ConsultationQuerySet:
    rows: ConsultationQuerySet = Consultation.objects.select_related("client", "counsellor__user")
    return rows


# --- For many at once ---------------------------------------------------------------------


def _load_consultations(reminders: Sequence[Reminder]) -> None:
    everybodys = _consultations().across_caseloads("messages that are due, whose ever they are")
    found = everybodys.in_bulk({row.subject_id for row in reminders})
    for row in reminders:
        consultation = found.get(row.subject_id)
        if consultation is not None and row.person in _readers(consultation):
            row.at_hand[_CONSULTATION] = consultation


def _readers(consultation: Consultation) -> set[str]:
    return {person_of(consultation.client), f"counsellor:{consultation.counsellor_id}"}


def _load_for_reminders(reminders: Sequence[Reminder]) -> None:
    _load_consultations(reminders)
    nearer: dict[str, list[Any]] = {row.subject: [] for row in reminders}
    for other in _standing(nearer):
        nearer[other.subject].append(other)
    for row in reminders:
        row.at_hand[_NEARER] = nearer[row.subject]
