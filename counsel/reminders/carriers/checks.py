"""What must hold of the settings of texts and notifications."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

from counsel.reminders.words import assert_neutral


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
