"""One message as it would go out now: what the dispatcher sends, and the desk previews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from counsel.reminders.carriers import available_channels
from counsel.reminders.models import Reminder
from counsel.reminders.registry import Message, Reach, Skip, get_kind, role_of


@dataclass(frozen=True, slots=True)
class Written:
    reach: Reach
    message: Message


def write(reminder: Reminder, now: datetime) -> Written | Skip:
    """Asks its subject whether it is still wanted, and its reader where and how it goes.

    Raises KeyError for a kind or a person nobody answers for, and whatever its kind raises.
    """
    kind = get_kind(reminder.kind)
    if skip := kind.still_wanted(reminder, now):
        return skip
    if reminder.channel not in available_channels():
        return Skip(_("messages are not sent this way here any more"))
    reach = role_of(reminder).reach(reminder)
    if isinstance(reach, Skip):
        return reach
    return Written(reach, kind.render(reminder, reach))
