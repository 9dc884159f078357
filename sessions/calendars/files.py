"""Calendar files that say when, and nothing else: calendars are shared with other people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from sessions.models import Consultation, Status

MIMETYPE = "text/calendar"
FILENAME = "appointment.ics"
LOOK_AGAIN = timedelta(hours=1)

# The event's own word for each status; the rest are called off.
_STATUS = {
    Status.PENDING: "TENTATIVE",
    Status.CONFIRMED: "CONFIRMED",
    Status.COMPLETED: "CONFIRMED",
    Status.NO_SHOW: "CONFIRMED",
}


def calendar_method(consultation: Consultation) -> str:
    return "PUBLISH" if consultation.status in _STATUS else "CANCEL"


def calendar_file(consultation: Consultation) -> str:
    """One event, to add, to move or (METHOD:CANCEL) to take away, as the status says."""
    return calendar_of([consultation], method=calendar_method(consultation))


def calendar_of(
    consultations: Iterable[Consultation],
    *,
    method: str,
    stamp: datetime | None = None,
    subscribed: bool = False,
) -> str:
    """One file with an event for each, in their order.

    `method` is PUBLISH or CANCEL for the file as a whole; each event still has its own status.
    `stamp` is when it was written (DTSTAMP): now, unless told. A file that is `subscribed` to
    names itself and says how often to look again.
    """
    calendar = Calendar()
    # Names no product: the file lies on the person's own devices.
    calendar.add("prodid", "-//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if subscribed:
        calendar.add("x-wr-calname", _("Appointments"))
        calendar.add("refresh-interval", LOOK_AGAIN, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    at = stamp or timezone.now()
    for consultation in consultations:
        calendar.add_component(_event(consultation, at))
    return str(calendar.to_ical(), "utf-8")


def _event(consultation: Consultation, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", str(consultation.pk))
    event.add("sequence", consultation.version)
    event.add("dtstamp", stamp)
    event.add("dtstart", consultation.starts_at)
    event.add("dtend", consultation.ends_at)
    event.add("summary", _title(consultation))
    event.add("status", _STATUS.get(Status(consultation.status), "CANCELLED"))
    return event


def _title(consultation: Consultation) -> str:
    if consultation.status == Status.PENDING:
        return _("Appointment (not confirmed)")
    return _("Appointment")
