"""One message as it would go out now: what the dispatcher sends, and the desk previews."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import override

from counsel.reminders.carriers import available_channels
from counsel.reminders.models import Channel, Reminder
from counsel.reminders.registry import Message, Reach, Skip, get_kind, role_of


@dataclass(frozen=True, slots=True)
class Written:
    reach: Reach
    message: Message


def write(reminder: Reminder, now: datetime) -> Written | Skip:
    """Asks its subject whether it is still wanted, and its reader where and how it goes.

    What was deleted wants nothing.
    Raises KeyError for a kind or a person nobody answers for, and whatever its kind raises.
    """
    try:
        reach = _reach(reminder, now)
    except ObjectDoesNotExist:
        return Skip(_("what it was about is not there any more"))
    return reach if isinstance(reach, Skip) else Written(reach, message_for(reminder, reach))


def _reach(reminder: Reminder, now: datetime) -> Reach | Skip:
    if skip := get_kind(reminder.kind).still_wanted(reminder, now):
        return skip
    if reminder.channel not in available_channels():
        return Skip(_("messages are not sent this way here any more"))
    return role_of(reminder).reach(reminder)


def message_for(reminder: Reminder, reach: Reach) -> Message:
    """What its kind says. A mail about homework ends with the way to stop such mails."""
    kind, role = get_kind(reminder.kind), role_of(reminder)
    message = kind.render(reminder, reach)
    if not kind.homework or reminder.channel != Channel.EMAIL or role.stop_link is None:
        return message
    link = role.stop_link(reminder)
    with override(reach.language):
        line = _("No more of these mails: %(link)s") % {"link": link}
    return replace(message, body=f"{message.body}\n{line}\n", stop_link=link)
