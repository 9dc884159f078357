"""What somebody who sees a client's screen would read of a message, in each wording."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.utils.translation import gettext as _

from clients.models import Client
from clients.reach import first_name
from counsel.reminders.greeting import greeted, greeting
from counsel.reminders.models import Channel, Wording


@dataclass(frozen=True, slots=True)
class Example:
    sender: str
    title: str
    line: str


def example(client: Client, channel: Channel, wording: Wording) -> Example | None:
    """As a locked screen shows it; None where nothing would come."""
    if wording == Wording.NONE:
        return None
    name = first_name(client) if wording == Wording.PLAIN else ""
    if channel == Channel.EMAIL:
        line = f"{greeting(name)} " + _("your appointment is on Tuesday 3 March, 17:00 …")
        sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[0] or _("our address")
        return Example(sender, _("Your appointment"), line)
    return Example("", "", greeted(name, _("Reminder: Tue 3 Mar, 17:00 …")))
