"""One message as it would read if it went out now. Looking at it changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from counsel.reminders.again import by_hand
from counsel.reminders.html_part import html_part
from counsel.reminders.links import without_keys
from counsel.reminders.models import Channel, Reminder
from counsel.reminders.registry import Attachment, Message, Reach, Skip, get_kind, role_of
from counsel.reminders.texting import text_of
from counsel.reminders.writing import Written, write

_FOLD = "\r\n "


@dataclass(frozen=True, slots=True)
class File:
    name: str
    mimetype: str
    text: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What it says, or why there is nothing to be read: `why_not` is why it would not go out."""

    why_not: str = ""
    # Empty where the channel carries a line alone, or where there is nothing to be read.
    subject: str = ""
    text: str = ""
    language: str = ""
    address: str = ""
    files: tuple[File, ...] = ()
    # The same as mail programs show it, a whole document.
    html: str = ""


def preview_of(reminder: Reminder, now: datetime) -> Preview:
    """As the dispatcher would write it. Of one that is over, also what would not go out today.

    What depends on what a client has done is theirs to know, and so is not looked at.
    """
    try:
        if get_kind(reminder.kind).tells_what_clients_do:
            return Preview(_("What it says depends on what the client has done, which is theirs."))
        # One that is over goes out by hand or not at all.
        return _preview(by_hand(reminder) if reminder.finished_at else reminder, now)
    except Exception as error:
        return Preview(_("It cannot be written (%s).") % type(error).__name__)


def _preview(reminder: Reminder, now: datetime) -> Preview:
    written = write(reminder, now)
    if isinstance(written, Written):
        return _shown(reminder, written.reach, written.message)
    why_not = _("It would not go out as things are: %s.") % written.reason
    reach = role_of(reminder).reach(reminder)
    if reminder.finished_at is None or isinstance(reach, Skip):
        return Preview(why_not)
    return _shown(reminder, reach, get_kind(reminder.kind).render(reminder, reach), why_not)


def _shown(reminder: Reminder, reach: Reach, message: Message, why_not: str = "") -> Preview:
    if reminder.channel != Channel.EMAIL:
        line = text_of(message.short or message.subject, message.link)
        return Preview(
            why_not, text=without_keys(line), language=reach.language, address=reach.address
        )
    subject, body = without_keys(message.subject), without_keys(message.body)
    return Preview(
        why_not=why_not,
        subject=subject,
        text=body,
        language=reach.language,
        address=reach.address,
        files=tuple(_file(file) for file in message.attachments),
        html=html_part(
            subject,
            body,
            language=reach.language,
            is_neutral=not reach.name,
            aside=without_keys(message.stop_link),
        ),
    )


def _file(file: Attachment) -> File:
    return File(file.filename, file.mimetype, without_keys(file.content.replace(_FOLD, "")))
