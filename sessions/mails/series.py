"""What the messages about a series say: one for all of its dates, by the client's clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from counsel.accounts.practice import practice
from counsel.common.offsets import offsets_words
from counsel.common.zones import get_zone
from counsel.reminders.greeting import greeted, greeting
from counsel.reminders.letters import letter, short_letter
from counsel.reminders.models import Channel, Reminder
from counsel.reminders.registry import Attachment, Message, Reach, ReminderKind, Skip, register_kind
from sessions import kinds
from sessions.calendars.files import FILENAME, MIMETYPE, calendar_of
from sessions.changes import is_as_in
from sessions.mails.consultations import with_whom
from sessions.models import (
    Consultation,
    ConsultationChange,
    ConsultationQuerySet,
    Series,
    Side,
    Status,
)
from sessions.models.base import OfMeetingQuerySet
from sessions.planning import GRACE
from sessions.reminding import offsets_of
from sessions.series import planning as series_planning
from sessions.tokens.appointments import appointment_token
from sessions.wording import clock_words, day_words, short_when, zone_words

Action = ConsultationChange.Action
# A consultation, and when it was to be before the change that is told.
Told = tuple[Consultation, datetime]


def register() -> None:
    for key, label, about, letter_key, method in (
        (kinds.SERIES_BOOKED, _("confirmation of a series"), _coming, "confirmed", "PUBLISH"),
        (kinds.SERIES_MOVED, _("new times of a series"), _moved, "moved", "PUBLISH"),
        (kinds.SERIES_CANCELLED, _("cancellation of a series"), _off, "cancelled", "CANCEL"),
    ):
        register_kind(
            ReminderKind(
                key,
                label,
                _while_any(about),
                _written(about, letter_key, method),
                channels=tuple(Channel),
                over_at=_last_start(about),
            )
        )


def _while_any(
    about: Callable[[Reminder], list[Told]],
) -> Callable[[Reminder, datetime], Skip | None]:
    def still_wanted(reminder: Reminder, now: datetime) -> Skip | None:
        if about(reminder):
            return None
        return Skip(gettext("the appointments have changed since"))

    return still_wanted


# --- Which consultations a message is about -------------------------------------------------


def _coming(reminder: Reminder) -> list[Told]:
    rows = _consultations().filter(
        series__in=_series(reminder), status=Status.CONFIRMED, starts_at__gt=timezone.now()
    )
    return [(row, row.starts_at) for row in rows]


def _moved(reminder: Reminder) -> list[Told]:
    return [told for told in _changed(reminder, Action.MOVED) if told[0].status == Status.CONFIRMED]


def _off(reminder: Reminder) -> list[Told]:
    return _changed(reminder, Action.CANCELLED)


def _changed(reminder: Reminder, action: ConsultationChange.Action) -> list[Told]:
    """Those that are still, or again, as this change left them."""
    changes = ConsultationChange.objects.filter(
        consultation__series__in=_series(reminder),
        action=action,
        by=Side.COUNSELLOR,
        at__range=series_planning.changed_between(reminder),
    ).select_related("consultation")
    told = {row.consultation_id: row for row in changes if is_as_in(row.consultation, row.version)}
    before = _known_starts(told)
    rows = _consultations().filter(series__in=_series(reminder), pk__in=told)
    return [(row, before[row.pk]) for row in rows]


def _known_starts(told: Mapping[UUID, ConsultationChange]) -> dict[UUID, datetime]:
    """When the client knows each to be: what was changed again at once was never told."""
    known = dict(told)
    for change in ConsultationChange.objects.filter(consultation__in=told).order_by("-version"):
        later = known[change.consultation_id]
        if change.version == later.version - 1 and change.at > later.at - GRACE:
            known[change.consultation_id] = change
    return {key: change.from_starts_at for key, change in known.items()}


def _series(reminder: Reminder) -> OfMeetingQuerySet:
    return reminder.subject_in(Series.objects.all())


def _consultations() -> ConsultationQuerySet:
    rows: ConsultationQuerySet = Consultation.objects.order_by("starts_at")
    return rows.select_related("client", "counsellor")


def _last_start(about: Callable[[Reminder], list[Told]]) -> Callable[[Reminder], datetime]:
    return lambda reminder: max(row.starts_at for row, _before in about(reminder))


# --- What it says ---------------------------------------------------------------------------


def _written(
    about: Callable[[Reminder], list[Told]], key: str, method: str
) -> Callable[[Reminder, Reach], Message]:
    def render(reminder: Reminder, reach: Reach) -> Message:
        told = about(reminder)
        consultations = [consultation for consultation, _before in told]
        with translation.override(reach.language):
            context = _context(told, reach, is_moved=key == "moved")
            content = calendar_of(consultations, method=method)
            short = greeted(reach.name, _line(consultations, key, reach))
        subject, body = letter(f"series_{key}", context, reach.language)
        file = Attachment(FILENAME, content, f"{MIMETYPE}; method={method}")
        return Message(
            subject=subject,
            body=body,
            attachments=(file,),
            short=short,
            link=str(context["link"]),
        )

    return render


def _line(consultations: list[Consultation], key: str, reach: Reach) -> str:
    """One date is told like any other."""
    first = consultations[0]
    when = short_when(first.starts_at, get_zone(first.time_zone))
    of_what = "consultation" if len(consultations) == 1 else "series"
    context = {"when": when, "count": len(consultations)}
    return short_letter(f"{of_what}_{key}.short", context, reach.language)


def _context(told: list[Told], reach: Reach, *, is_moved: bool) -> dict[str, object]:
    first, _before = told[0]
    zone = get_zone(first.time_zone)
    has_portal = first.client.user_id is not None
    path = (
        reverse("booking:mine")
        if has_portal
        else reverse("booking:appointment", args=[appointment_token(first)])
    )
    return {
        "greeting": greeting(reach.name),
        "with_whom": with_whom(first.counsellor, reach),
        "dates": "\n".join(_date(row, before, zone, is_moved=is_moved) for row, before in told),
        "zone": zone_words(zone),
        "reminders": _reminding(first),
        "cancel_terms": _cancel_terms(first.cancel_notice),
        "lead": gettext("To look at them, or to cancel one:")
        if has_portal
        else gettext("To look at the first of them, or to cancel it:"),
        "link": settings.BASE_URL + path,
    }


def _date(row: Consultation, before: datetime, zone: ZoneInfo, *, is_moved: bool) -> str:
    when = _day_and_time(row.starts_at, zone)
    if not is_moved:
        return when
    return gettext("%(when)s (it was %(before)s)") % {
        "when": when,
        "before": _day_and_time(before, zone),
    }


def _day_and_time(instant: datetime, zone: ZoneInfo) -> str:
    day = day_words(instant.astimezone(zone).date())
    return f"{day}, {clock_words(instant, zone)}"


def _reminding(first: Consultation) -> str:
    offsets = offsets_of(first.client, practice())
    if not offsets:
        return ""
    words = {"reminders": offsets_words(offsets)}
    return gettext("You are reminded of each of them: %(reminders)s.") % words


def _cancel_terms(hours: int) -> str:
    if not hours:
        return gettext("You can cancel each of them freely until it begins.")
    return ngettext(
        "You can cancel each of them freely until %(hours)d hour before it begins.",
        "You can cancel each of them freely until %(hours)d hours before it begins.",
        hours,
    ) % {"hours": hours}
