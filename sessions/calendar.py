"""Calendar files that say when, and nothing else: calendars are shared with other people."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from sessions.models import Consultation, Status

MIMETYPE = "text/calendar"
FILENAME = "appointment.ics"

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
    calendar = Calendar()
    # Names no product: the file lies on the person's own devices.
    calendar.add("prodid", "-//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", calendar_method(consultation))
    calendar.add_component(_event(consultation))
    return str(calendar.to_ical(), "utf-8")


def _event(consultation: Consultation) -> Event:
    event = Event()
    event.add("uid", str(consultation.pk))
    event.add("sequence", consultation.version)
    event.add("dtstamp", timezone.now())
    event.add("dtstart", consultation.starts_at)
    event.add("dtend", consultation.ends_at)
    event.add("summary", _("Appointment"))
    event.add("status", _STATUS.get(Status(consultation.status), "CANCELLED"))
    return event
