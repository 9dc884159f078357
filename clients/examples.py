"""What somebody who sees a client's screen would read of a message, in each wording."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.utils.translation import gettext as _

from clients.models import Client
from clients.reach import first_name
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
    hello = _("Hello %(name)s,") % {"name": first_name(client)}
    greeting = hello if wording == Wording.PLAIN else _("Hello,")
    line = f"{greeting} " + _("your appointment is on Tuesday 3 March, 17:00 …")
    if channel == Channel.EMAIL:
        sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[0] or _("our address")
        return Example(sender, _("Your appointment"), line)
    return Example("", "", line)
