"""What must hold of the settings of texts and notifications."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

from counsel.reminders.words import assert_neutral

# Names that never exist outside of one house (RFC 2606, RFC 6762).
_NOWHERE = ("localhost", ".local", ".invalid", ".test", ".example", ".internal")


@register(Tags.security, deploy=True)
def check_bridge(**kwargs: Any) -> list[CheckMessage]:
    if urlsplit(settings.SMS_URL).scheme != "http":
        return []
    return [
        Warning(
            "Texts are handed over without encryption, to a program on this machine.",
            hint="Fine for a bridge of your own; a provider's address begins with https://.",
            id="reminders.W011",
        )
    ]


@register(Tags.security, deploy=True)
def check_sender_of_texts(**kwargs: Any) -> list[CheckMessage]:
    """It stands above every text."""
    found = assert_neutral(settings.SMS_FROM)
    return [
        Warning(
            f"COUNSEL_SMS_FROM tells what the texts are about: {word}.",
            hint="Choose a name that says nothing of counselling.",
            id="reminders.W012",
        )
        for word in found
    ]


@register(Tags.security, deploy=True)
def check_contact(**kwargs: Any) -> list[CheckMessage]:
    """Push services are told it with every notification; some look whether it can be real."""
    contact = settings.VAPID_CONTACT
    messages: list[CheckMessage] = []
    if found := assert_neutral(contact):
        messages.append(
            Warning(
                f"COUNSEL_VAPID_CONTACT tells what this is about: {', '.join(found)}.",
                hint="Name an address that says nothing of counselling.",
                id="reminders.W013",
            )
        )
    if contact.endswith(_NOWHERE):
        messages.append(
            Warning(
                "COUNSEL_VAPID_CONTACT leads nowhere: Apple's push service refuses such.",
                hint="Name an address at which somebody reads.",
                id="reminders.W014",
            )
        )
    return messages
