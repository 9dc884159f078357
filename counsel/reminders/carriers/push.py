"""Notifications to the browsers a person has let us push to."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from counsel.common.network import AddressRefused
from counsel.reminders.carriers.base import NoAddress, Refusal, Verdict
from counsel.reminders.carriers.push_services import origin_of
from counsel.reminders.carriers.pushing import Envelope, Note, Pusher
from counsel.reminders.models import Reminder
from counsel.reminders.registry import Device, Message, Reach, role_of

# For one device, and for all devices of one person.
DEVICE_SECONDS = 8.0
SECONDS = 20.0
_LONGEST_LINE = 200
# So many people's devices at one push service must refuse our key before it counts as ours that is
# wrong: whoever wants to can name a service of their own, or a device under another key.
_NOT_ONE_PERSONS = 3
# Of what several devices said: what is to be done about the message.
_WORST_FIRST = (Verdict.CUT_OFF, Verdict.STOP, Verdict.LATER, Verdict.FINAL)


@dataclass(frozen=True, slots=True)
class Parcel:
    person: str
    envelopes: tuple[Envelope, ...]
    # Is told of each device that is gone.
    tell: Callable[[str], None]


class PushCarrier:
    """One message goes to all devices, and counts as sent when one of them took it: whoever got
    it on their phone is not bothered again because their tablet was out of reach.
    """

    def __init__(self) -> None:
        self._pusher = Pusher()
        # By push service: whose devices it refused our key for.
        self._refused_to: dict[str, set[str]] = {}
        self._has_sent = False

    def open(self) -> None:
        """Lines are opened by the first message to each push service."""

    def pack(self, reminder: Reminder, reach: Reach, message: Message) -> Parcel:
        note = _note(reminder, reach, message)
        envelopes = tuple(self._sealed(note, reach.devices))
        if not envelopes:
            raise NoAddress
        tell = role_of(reminder).refused
        return Parcel(
            reminder.person, envelopes, lambda address: tell(reminder, address) if tell else None
        )

    def send(self, parcel: Parcel) -> None:
        until = time.monotonic() + SECONDS
        refusals = [self._refusal(envelope, parcel.person, until) for envelope in parcel.envelopes]
        for refusal in refusals:
            if refusal and refusal.address:
                parcel.tell(refusal.address)
        said_no = [refusal for refusal in refusals if refusal]
        if len(said_no) == len(refusals):
            raise _told(min(said_no, key=lambda refusal: _WORST_FIRST.index(refusal.verdict)))

    def close(self) -> None:
        self._pusher.close()

    def _sealed(self, note: Note, devices: tuple[Device, ...]) -> list[Envelope]:
        sealed = []
        for device in devices:
            try:
                sealed.append(self._pusher.seal(note, device))
            except AddressRefused:
                continue
        return sealed

    def _refusal(self, envelope: Envelope, person: str, until: float) -> Refusal | None:
        left = until - time.monotonic()
        if left <= 0:
            return Refusal(Verdict.LATER, what="Unreachable")
        try:
            self._pusher.push(envelope, seconds=min(left, DEVICE_SECONDS))
        except Refusal as refusal:
            return self._weighed(refusal, origin_of(envelope.url), person)
        self._has_sent = True
        return None

    def _weighed(self, refusal: Refusal, service: str, person: str) -> Refusal:
        """No one person's device stops the notifications of everybody."""
        if refusal.verdict is not Verdict.STOP:
            return refusal
        persons = self._refused_to.setdefault(service, set())
        persons.add(person)
        if len(persons) >= _NOT_ONE_PERSONS and not self._has_sent:
            return refusal
        return Refusal(Verdict.LATER, refusal.code, what=refusal.what, wait=refusal.wait)


def _note(reminder: Reminder, reach: Reach, message: Message) -> Note:
    with override(reach.language):
        title = _("A message for you")
    body = message.short or message.subject
    return Note(
        key=reminder.pk.hex,
        title=title,
        body=body if len(body) <= _LONGEST_LINE else body[: _LONGEST_LINE - 1] + "…",
        link=message.link or f"{settings.BASE_URL}/",
        lasts=reminder.not_after - timezone.now(),
    )


def _told(refusal: Refusal) -> Refusal:
    """The same without the address, which its owner's role has been told of."""
    return Refusal(refusal.verdict, refusal.code, what=refusal.what, wait=refusal.wait)
