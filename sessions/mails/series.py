"""What the messages about a series say: one for all of its dates, by the client's clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from counsel.accounts.practice import practice
from counsel.common.offsets import offsets_words
from counsel.common.zones import get_zone
from counsel.reminders.greeting import greeted, greeting
from counsel.reminders.letters import letter
from counsel.reminders.models import Channel, Reminder
from counsel.reminders.registry import Attachment, Message, Reach, ReminderKind, Skip, register_kind
from sessions import kinds
from sessions.calendars.files import FILENAME, MIMETYPE, calendar_of
from sessions.changes import is_as_in
from sessions.mails.consultations import with_whom
from sessions.models import Consultation, ConsultationChange, ConsultationQuerySet, Side, Status
from sessions.planning import GRACE
from sessions.reminding import offsets_of
from sessions.series import planning as series_planning
from sessions.tokens.appointments import appointment_token
from sessions.wording import clock_words, day_words, short_when, zone_words

Action = ConsultationChange.Action
# A consultation, and when it was to be before the change that is told.
Told = tuple[Consultation, datetime]


def register() -> None:
    for key, label, about, writing in (
        (kinds.SERIES_BOOKED, _("confirmation of a series"), _coming, CONFIRMED),
        (kinds.SERIES_MOVED, _("new times of a series"), _moved, MOVED),
        (kinds.SERIES_CANCELLED, _("cancellation of a series"), _off, CANCELLED),
    ):
        register_kind(
            ReminderKind(
                key,
                label,
                _while_any(about),
                _written(about, writing),
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
        series=reminder.subject_id, status=Status.CONFIRMED, starts_at__gt=timezone.now()
    )
    return [(row, row.starts_at) for row in rows]


def _moved(reminder: Reminder) -> list[Told]:
    return [told for told in _changed(reminder, Action.MOVED) if told[0].status == Status.CONFIRMED]


def _off(reminder: Reminder) -> list[Told]:
    return _changed(reminder, Action.CANCELLED)


def _changed(reminder: Reminder, action: ConsultationChange.Action) -> list[Told]:
    """Those that are still, or again, as this change left them."""
    changes = ConsultationChange.objects.filter(
        consultation__series=reminder.subject_id,
        action=action,
        by=Side.COUNSELLOR,
        at__range=series_planning.changed_between(reminder),
    ).select_related("consultation")
    told = {row.consultation_id: row for row in changes if is_as_in(row.consultation, row.version)}
    before = _known_starts(told)
    return [(row, before[row.pk]) for row in _consultations().filter(pk__in=told)]


def _known_starts(told: Mapping[UUID, ConsultationChange]) -> dict[UUID, datetime]:
    """When the client knows each to be: what was changed again at once was never told."""
    known = dict(told)
    for change in ConsultationChange.objects.filter(consultation__in=told).order_by("-version"):
        later = known[change.consultation_id]
        if change.version == later.version - 1 and change.at > later.at - GRACE:
            known[change.consultation_id] = change
    return {key: change.from_starts_at for key, change in known.items()}


def _consultations() -> ConsultationQuerySet:
    rows: ConsultationQuerySet = Consultation.objects.order_by("starts_at")
    return rows.select_related("client", "counsellor")


def _last_start(about: Callable[[Reminder], list[Told]]) -> Callable[[Reminder], datetime]:
    return lambda reminder: max(row.starts_at for row, _before in about(reminder))


# --- What it says ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Writing:
    """How one message is written: its template, the method of its file, and in a line."""

    template: str
    method: str
    short: Callable[[int], str]


CONFIRMED = Writing(
    "series_confirmed",
    "PUBLISH",
    lambda count: ngettext(
        "Confirmed: %(when)s", "Confirmed: %(count)d appointments, the first %(when)s", count
    ),
)
MOVED = Writing(
    "series_moved",
    "PUBLISH",
    lambda count: ngettext(
        "New time: %(when)s", "New times: %(count)d appointments, the first %(when)s", count
    ),
)
CANCELLED = Writing(
    "series_cancelled",
    "CANCEL",
    lambda count: ngettext(
        "Cancelled: %(when)s", "Cancelled: %(count)d appointments, the first %(when)s", count
    ),
)


def _written(
    about: Callable[[Reminder], list[Told]], writing: Writing
) -> Callable[[Reminder, Reach], Message]:
    def render(reminder: Reminder, reach: Reach) -> Message:
        told = about(reminder)
        consultations = [consultation for consultation, _before in told]
        first = consultations[0]
        with translation.override(reach.language):
            context = _context(told, reach)
            content = calendar_of(consultations, method=writing.method)
            when = short_when(first.starts_at, get_zone(first.time_zone))
            line = writing.short(len(told)) % {"when": when, "count": len(told)}
            short = greeted(reach.name, line)
        subject, body = letter(writing.template, context, reach.language)
        file = Attachment(FILENAME, content, f"{MIMETYPE}; method={writing.method}")
        return Message(
            subject=subject,
            body=body,
            attachments=(file,),
            short=short,
            link=str(context["link"]),
        )

    return render


def _context(told: list[Told], reach: Reach) -> dict[str, object]:
    first, _before = told[0]
    zone = get_zone(first.time_zone)

    def words(instant: datetime) -> str:
        day = day_words(instant.astimezone(zone).date())
        return f"{day}, {clock_words(instant, zone)}"

    offsets = offsets_of(first.client, practice())
    has_portal = first.client.user_id is not None
    path = (
        reverse("booking:mine")
        if has_portal
        else reverse("booking:appointment", args=[appointment_token(first)])
    )
    return {
        "greeting": greeting(reach.name),
        "with_whom": with_whom(first.counsellor, reach),
        "dates": [{"when": words(row.starts_at), "before": words(before)} for row, before in told],
        "count": len(told),
        "zone": zone_words(zone),
        "reminders": offsets_words(offsets) if offsets else "",
        "notice": first.cancel_notice,
        "has_portal": has_portal,
        "link": settings.BASE_URL + path,
    }
