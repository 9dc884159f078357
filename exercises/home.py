"""What practice adds to the portal's home."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.home import Panel, register_panel
from clients.models import Client
from counsel.common.zones import local_date
from exercises.progress import day_marks
from exercises.selectors.kept import answered_entries, practised_days, week_of
from exercises.selectors.measures import drafts_that_may_ask_for_help, shows_help
from exercises.selectors.today import todays_practice


def register() -> None:
    register_panel(Panel(5, "exercises/home_help.html", help_at_once))
    register_panel(Panel(20, "exercises/home_replies.html", replies))
    register_panel(Panel(10, "exercises/home_today.html", today))
    register_panel(Panel(40, "exercises/home_stopped.html", stopped))
    register_panel(Panel(50, "exercises/home_days.html", days))


def help_at_once(client: Client, now: datetime) -> Mapping[str, object]:
    """Where to find help, for somebody who answered so that it is called for, and stopped."""
    for draft in drafts_that_may_ask_for_help(client, now):
        if shows_help(draft):
            return {"draft": draft}
    return {}


def replies(client: Client, now: datetime) -> Mapping[str, object]:
    answered = answered_entries(client)
    return {"answered": answered} if answered else {}


def today(client: Client, now: datetime) -> Mapping[str, object]:
    """What the rhythm asks for today comes first; the rest is there, and asks for nothing."""
    rows = todays_practice(client, local_date(now, client.zone))
    first = [row for row in rows if row.wanted or (row.has_draft and not row.could_not)]
    others = [row for row in rows if row not in first]
    return {"first": first, "others": others} if rows else {}


def stopped(client: Client, now: datetime) -> Mapping[str, object]:
    """Where reminders ended by themselves, one tap brings them back."""
    wants_some = client.reminder_hour is not None
    return {"client": client} if client.homework_stopped_at and wants_some else {}


def days(client: Client, now: datetime) -> Mapping[str, object]:
    day = local_date(now, client.zone)
    practised = practised_days(client, *week_of(day))
    return {
        "sentence": _days_sentence(len(practised), is_new=week_of(day)[0] <= _begun(client)),
        "marks": day_marks(practised, day),
        "today": day,
    }


def _begun(client: Client) -> date:
    return local_date(client.created_at, client.zone)


def _days_sentence(count: int, *, is_new: bool) -> str:
    if not count and is_new:
        return _("The days on which you practise will be marked here.")
    if not count:
        return _("The last 7 days were quiet. That's allowed.")
    return ngettext(
        "You practised on %(count)s of the last 7 days.",
        "You practised on %(count)s of the last 7 days.",
        count,
    ) % {"count": count}
