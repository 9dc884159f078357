"""The code that goes to a new address, and the notice to the one whose place it took."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients import codes
from clients.models import Address
from clients.services.addresses import ADDRESS_CHANGED, ADDRESS_CHECK
from counsel.reminders.letters import letter, short_letter
from counsel.reminders.models import Channel, Reminder, Wording
from counsel.reminders.registry import (
    Message,
    Reach,
    ReminderKind,
    Role,
    Skip,
    register_kind,
    register_role,
)

_CHANNELS = (Channel.EMAIL.value, Channel.SMS.value)


def register() -> None:
    register_role("address", Role(_reach_new, _refused))
    register_role("former", Role(_reach_former))
    register_kind(
        ReminderKind(
            key=ADDRESS_CHECK,
            label=_("code for a new address"),
            still_wanted=_still_open,
            render=_code,
            channels=_CHANNELS,
            asked_for=True,
            # The code is for them alone, and so is what they do with their addresses.
            unseen_by_counsellors=True,
        )
    )
    register_kind(
        ReminderKind(
            key=ADDRESS_CHANGED,
            label=_("notice of a new address"),
            still_wanted=_still_in_use,
            render=_notice,
            channels=_CHANNELS,
            unseen_by_counsellors=True,
        )
    )


def _reach_new(reminder: Reminder) -> Reach | Skip:
    address = _address(reminder)
    if address is None:
        return Skip(gettext("the address was taken away"))
    return Reach(address.value, address.client.language, address.client.zone)


def _reach_former(reminder: Reminder) -> Reach | Skip:
    address = _address(reminder)
    if address is None:
        return Skip(gettext("the address was taken away"))
    if address.client.wording_on(reminder.channel) == Wording.NONE:
        return Skip(gettext("they want no messages this way"))
    return Reach(address.former, address.client.language, address.client.zone)


def _refused(reminder: Reminder, value: str) -> None:
    """So that the page says it, instead of leaving them to wait for a code."""
    reminder.person_in(Address.objects.filter(value=value, refused_at=None)).update(
        refused_at=timezone.now()
    )


def _still_open(reminder: Reminder, now: datetime) -> Skip | None:
    address = _address(reminder)
    if address is None or address.code_salt != reminder.occurrence:
        return Skip(gettext("a newer code was asked for"))
    return None if codes.is_open(address, now) else Skip(gettext("the code is over"))


def _still_in_use(reminder: Reminder, now: datetime) -> Skip | None:
    address = _address(reminder)
    if address is None or not address.former:
        return Skip(gettext("the address was taken away"))
    return None


def _code(reminder: Reminder, reach: Reach) -> Message:
    code = codes.code_of(reminder.person_in(Address.objects.all()).get())
    minutes = int(codes.GOOD_FOR.total_seconds() // 60)
    subject, body = letter("address_check", {"code": code, "minutes": minutes}, reach.language)
    short = short_letter("address_check.short", {"code": code}, reach.language)
    return Message(subject=subject, body=body, short=short)


def _notice(reminder: Reminder, reach: Reach) -> Message:
    link = settings.BASE_URL + reverse("clients:messages")
    subject, body = letter("address_changed", {"link": link}, reach.language)
    short = short_letter("address_changed.short", {}, reach.language)
    return Message(subject=subject, body=body, short=short, link=link)


def _address(reminder: Reminder) -> Address | None:
    found: Address | None = reminder.person_in(Address.objects.select_related("client")).first()
    return found
