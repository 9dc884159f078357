"""Why a message has not gone out, in the ledger's words. The other side is named by its channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counsel.reminders.models import Channel

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_PROVIDERS: dict[str, StrOrPromise] = {
    Channel.EMAIL: gettext_lazy("the mail server"),
    Channel.SMS: gettext_lazy("the text message service"),
    Channel.PUSH: gettext_lazy("the notification service"),
}


def provider(channel: str) -> str:
    return str(_PROVIDERS.get(channel, channel))


def not_taken(channel: str, what: int | str) -> str:
    return _("not taken by %(who)s (%(what)s)") % {"who": provider(channel), "what": what}


def refused(channel: str, code: int) -> str:
    return _("refused by %(who)s (%(code)d)") % {"who": provider(channel), "code": code}


def unreachable(channel: str) -> str:
    return _("waits: %(who)s cannot be reached") % {"who": provider(channel)}


def account_refused(channel: str, code: int) -> str:
    return _("waits: %(who)s refuses our account (%(code)d)") % {
        "who": provider(channel),
        "code": code,
    }


def quiet_hours() -> str:
    return _("waits for the end of its reader's quiet hours")


def quiet_too_long() -> str:
    return _("too late to be of use when its reader's quiet hours end")


def asked_to_wait(channel: str) -> str:
    return _("waits: %(who)s asks us to wait") % {"who": provider(channel)}


def not_set_up(channel: str) -> str:
    return _("waits: %(who)s is not set up") % {"who": provider(channel)}
