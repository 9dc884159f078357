"""Whether messages go out, in one line each for what is wrong, and what is to be done about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counsel.reminders.health import PATIENCE, ChannelHealth, Health
from counsel.reminders.models import Channel

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_STOPPED: dict[Channel, StrOrPromise] = {
    Channel.EMAIL: gettext_lazy("Messages have not gone out since %(since)s: %(why)s."),
    Channel.SMS: gettext_lazy("Text messages have not gone out since %(since)s: %(why)s."),
    Channel.PUSH: gettext_lazy("Notifications have not gone out since %(since)s: %(why)s."),
}
# An answer to the sender we name (RFC 5321), where the others are answers to our sign-in.
_SENDER_REFUSED = frozenset({550, 551, 553, 554})
_NO_CREDIT = 402


def alarms(found: Health, *, has_caseload: bool) -> list[str]:
    """The most pressing first; none where all is well, and none before anything ever ran, unless
    something waits.

    Whoever has a caseload is not told at which hour a message was due: it may be a reminder to
    practise, which is there on the days without practice alone.
    """
    return list(_alarms(found, has_caseload))


def _alarms(found: Health, has_caseload: bool) -> Iterator[str]:
    for channel in found.channels:
        if channel.held_since:
            since = clock(channel.held_since)
            yield str(_STOPPED[channel.channel]) % {"since": since, "why": _trouble(channel)[0]}
    if found.sent_at and not found.sends:
        words = _("Messages have not gone out since %(since)s: what sends them does not run.")
        yield words % {"since": clock(found.sent_at)}
    elif found.planned_at and not found.plans:
        words = _(
            "No new messages have been planned since %(since)s: what plans them does not run."
        )
        yield words % {"since": clock(found.planned_at)}
    elif waits := _waits_unexplained(found):
        if has_caseload:
            yield _("A message has been due for more than ten minutes and has not gone out.")
        else:
            words = _("A message that was due at %(since)s has not gone out.")
            yield words % {"since": clock(waits)}


def _waits_unexplained(found: Health) -> datetime | None:
    """Since when something is late that no stopped channel holds back."""
    running = (channel.oldest_due for channel in found.channels if not channel.is_held)
    oldest = min((due for due in running if due), default=None)
    return oldest if oldest and found.at - oldest > PATIENCE else None


def advice(channel: ChannelHealth) -> str:
    """What whoever runs the practice does about a channel that is held."""
    return _trouble(channel)[1]


def clock(instant: datetime) -> str:
    """By the reader's clock; the day only where it is not today."""
    local = timezone.localtime(instant)
    is_today = local.date() == timezone.localdate()
    return date_format(local, "H:i" if is_today else "j M, H:i")


def _trouble(channel: ChannelHealth) -> tuple[str, str]:
    """Why a channel is held, by the code it was answered, and what is to be done about it."""
    code = channel.held_code
    if channel.channel is Channel.SMS and code == _NO_CREDIT:
        return (
            _("there is no credit left for them"),
            _("Top up your account with whoever carries the texts."),
        )
    if channel.channel is Channel.SMS:
        return (
            _("the text message service does not accept our account"),
            _("Look at COUNSEL_SMS_URL and COUNSEL_SMS_TOKEN, and at your account there."),
        )
    if channel.channel is Channel.PUSH:
        return (
            _("the notification service does not accept our key"),
            _("Look at COUNSEL_VAPID_KEY and COUNSEL_VAPID_CONTACT."),
        )
    if code in _SENDER_REFUSED:
        return (
            _("the mail server does not accept us as the sender"),
            _(
                "Ask whoever runs the mail server for which senders your account may write, and "
                "put one of them into COUNSEL_MAIL_FROM."
            ),
        )
    return (
        _("the mail server does not accept our sign-in"),
        _(
            "Ask whoever runs the mail server for the name and password of your account, and put "
            "them into COUNSEL_MAIL_URL."
        ),
    )
