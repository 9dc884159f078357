"""Which messages this app has words for, and what is filled in there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clients.letters import TO_COUNSELLORS
from counsel.reminders.catalogue import GREETING, LetterKind, Placeholder, link_to, register_letters

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

IN_A_LINE = _("The same as a text message or a notification.")

APPOINTMENTS = _("Appointments")
SERIES = _("Series of appointments")
FREE_TIMES = _("Free times")

WHEN = Placeholder(
    name="when",
    meaning=_("day and time, by the reader's clock"),
    sample=_("Tuesday 3 March, 17:00 (India time)"),
    is_required=True,
    suits_subjects=True,
)
SHORT_WHEN = Placeholder(
    name="when",
    meaning=_("day and time, by the reader's clock"),
    sample=_("Tue 3 Mar, 17:00 (India)"),
    is_required=True,
)
ZONE = Placeholder(
    name="zone",
    meaning=_("which time zone that is"),
    sample=_("India time, UTC+5:30"),
    is_required=True,
)
WITH_WHOM = Placeholder(
    name="with_whom",
    meaning=_("a line with your name, for those who asked for names; nothing for others"),
    sample="",
    named=_("With: Maya Rao"),
)
NOTE = Placeholder(
    name="note",
    meaning=_("says that you wrote them something; nothing where you did not"),
    sample=_("There is a note for you on its page, behind the link below."),
)
FREE_UNTIL = Placeholder(
    name="free_until",
    meaning=_("how long it can be cancelled freely"),
    sample=_("Monday 2 March, 17:00 (India time)"),
    is_required=True,
)
MOVES_UNTIL = Placeholder(
    name="moves_until",
    meaning=_("how long another time can be chosen"),
    sample=_("Monday 2 March, 17:00 (India time)"),
    is_required=True,
)
KEPT_UNTIL = Placeholder(
    name="until",
    meaning=_("how long the time is kept"),
    sample=_("Tuesday 3 March, 9:30 (India time)"),
    is_required=True,
)
DAY_LIST = Placeholder(
    name="list",
    meaning=_("how many appointments there are, and how many requests wait"),
    sample=_("3 appointments today, the first at 9:00."),
    is_required=True,
)
ITS_PAGE = link_to(_("its page"), "/appointments/8c1f7a…/")


def register() -> None:
    register_letters(*_appointments(), *_series(), *_free_times())
    register_letters(
        LetterKind(
            "counsellor_request",
            TO_COUNSELLORS,
            _("Something new in your calendar"),
            _("To a counsellor when a client asks, books, moves or cancels."),
            (link_to(_("the desk"), "/admin/"),),
        ),
        LetterKind(
            "morning_list",
            TO_COUNSELLORS,
            _("List of the day"),
            _("To a counsellor in the morning of a day on which there is something."),
            (DAY_LIST, link_to(_("the desk"), "/admin/")),
        ),
    )


def _appointments() -> tuple[LetterKind, ...]:
    asked = (GREETING, WHEN, ZONE, WITH_WHOM, ITS_PAGE)
    firm = (GREETING, WHEN, ZONE, WITH_WHOM, NOTE, FREE_UNTIL, MOVES_UNTIL, ITS_PAGE)
    remind = (GREETING, WHEN, ZONE, WITH_WHOM, FREE_UNTIL, MOVES_UNTIL, ITS_PAGE)
    requested, moved = _("Request received"), _("New time")
    confirmed, reminder = _("Confirmed"), _("Reminder")
    cancelled, declined = _("Cancelled"), _("Not confirmed")
    return (
        _mail("requested", requested, _("When a client has asked for a time."), asked),
        _mail(
            "requested_anew",
            _("Request at another time"),
            _("When a time that is not yet confirmed was moved."),
            asked,
        ),
        _line("requested", requested),
        _mail("confirmed", confirmed, _("When an appointment is booked or confirmed."), firm),
        _line("confirmed", confirmed),
        _mail("moved", moved, _("When an appointment was moved."), firm),
        _line("moved", moved),
        _mail("reminder", reminder, _("Before an appointment."), remind),
        _line("reminder", reminder),
        _mail("cancelled", cancelled, _("When an appointment is off."), (GREETING, WHEN)),
        _mail(
            "cancelled.with_note",
            _("Cancelled, with a note"),
            _("When an appointment is off and you wrote them something."),
            (GREETING, WHEN, ITS_PAGE),
        ),
        _line("cancelled", cancelled),
        _mail("declined", declined, _("When a request could not be confirmed."), (GREETING, WHEN)),
        _mail(
            "declined.with_note",
            _("Not confirmed, with a note"),
            _("When a request could not be confirmed and you wrote them something."),
            (GREETING, WHEN, ITS_PAGE),
        ),
        _line("declined", declined),
    )


def _mail(
    key: str, label: StrOrPromise, when: StrOrPromise, placeholders: tuple[Placeholder, ...]
) -> LetterKind:
    return LetterKind(f"consultation_{key}", APPOINTMENTS, label, when, placeholders)


def _line(key: str, label: StrOrPromise) -> LetterKind:
    return LetterKind(
        f"consultation_{key}.short", APPOINTMENTS, label, IN_A_LINE, (SHORT_WHEN,), is_short=True
    )


def _series() -> tuple[LetterKind, ...]:
    dates = Placeholder(
        "dates",
        _("the dates, one a line"),
        _("Tuesday 3 March, 17:00\nTuesday 10 March, 17:00"),
        is_required=True,
    )
    reminders = Placeholder(
        "reminders",
        _("when they are reminded; nothing where they are not"),
        _("You are reminded of each of them: a day before."),
    )
    terms = Placeholder(
        "cancel_terms",
        _("how long each can be cancelled freely"),
        _("You can cancel each of them freely until 24 hours before it begins."),
        is_required=True,
    )
    lead = Placeholder("lead", _("what the link is for"), _("To look at them, or to cancel one:"))
    page = link_to(_("their appointments"), "/my/appointments/")
    confirmed, moved, cancelled = _("Confirmed"), _("New times"), _("Cancelled")
    booked = (GREETING, dates, ZONE, WITH_WHOM, reminders, terms, lead, page)
    anew = (GREETING, dates, ZONE, WITH_WHOM, lead, page)
    return (
        _series_mail("confirmed", confirmed, _("When a series is booked."), booked),
        _series_line("confirmed", confirmed),
        _series_mail("moved", moved, _("When dates of a series were moved."), anew),
        _series_line("moved", moved),
        _series_mail(
            "cancelled", cancelled, _("When dates of a series are off."), (GREETING, dates, ZONE)
        ),
        _series_line("cancelled", cancelled),
    )


def _series_mail(
    key: str, label: StrOrPromise, when: StrOrPromise, placeholders: tuple[Placeholder, ...]
) -> LetterKind:
    return LetterKind(f"series_{key}", SERIES, label, when, placeholders)


def _series_line(key: str, label: StrOrPromise) -> LetterKind:
    count = Placeholder("count", _("how many"), "4")
    placeholders = (count, SHORT_WHEN)
    return LetterKind(f"series_{key}.short", SERIES, label, IN_A_LINE, placeholders, is_short=True)


def _free_times() -> tuple[LetterKind, ...]:
    return (
        LetterKind(
            "booking_confirm",
            FREE_TIMES,
            _("Address to be confirmed"),
            _("To a visitor who asked for a time with an address we do not know."),
            (WHEN, ZONE, KEPT_UNTIL, link_to(_("the page that books it"), "/held/8c1f7a…/")),
        ),
        LetterKind(
            "waiting_link",
            FREE_TIMES,
            _("Link to the waiting list"),
            _("To somebody who asked to hear when a time comes free."),
            (link_to(_("their place in the list"), "/waiting/8c1f7a…/"),),
        ),
        LetterKind(
            "waiting_offer",
            FREE_TIMES,
            _("A time has come free"),
            _("To the one on the waiting list for whom a time is kept."),
            (
                WHEN,
                ZONE,
                KEPT_UNTIL,
                link_to(_("the page that takes it or declines it"), "/offer/8c1f7a…/"),
            ),
        ),
    )
