"""Text messages, by one POST each to whoever carries them (docs/operate.md has the contract)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from urllib3.util import parse_url

from counsel.common.network import Network, NetworkError
from counsel.common.posting import Answer, CutOff, Poster
from counsel.reminders.carriers.base import NoAddress, Refusal, Verdict
from counsel.reminders.models import Reminder
from counsel.reminders.numbers import e164
from counsel.reminders.registry import Message, Reach
from counsel.reminders.texting import text_of

# For one message, all in all.
SECONDS = 15.0
# Whoever runs Counsel has named the address: it may well lie inside.
_TO_THE_BRIDGE = Network(allows=lambda address: True)

# This message to this number will never be taken; with the second ones, none to this number.
_FINAL = frozenset({400, 404, 410, 413, 422})
_NO_SUCH_NUMBER = frozenset({410, 422})
# 409: the same message is being taken in at this moment.
_LATER = frozenset({408, 409, 425, 429})
# They speak of the bridge, or of what is behind it; a bare 500 may well be about the message.
_FOR_ALL = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Text:
    key: str
    to: str
    body: bytes


class SmsCarrier:
    def __init__(self) -> None:
        self._poster = Poster(_TO_THE_BRIDGE)

    def open(self) -> None:
        """The line is opened by the first message."""

    def pack(self, reminder: Reminder, reach: Reach, message: Message) -> Text:
        try:
            number = e164(reach.address)
        except ValueError as error:
            raise NoAddress from error
        # The same however often one row is handed over: a second copy by hand is another row.
        key = reminder.pk.hex
        words = text_of(message.short or message.subject, message.link)
        content = {"to": number, "text": words, "id": key, "from": settings.SMS_FROM}
        return Text(key, number, json.dumps(content, ensure_ascii=False).encode())

    def send(self, parcel: Text) -> None:
        headers = {
            "Authorization": f"Bearer {settings.SMS_TOKEN}",
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": parcel.key,
            "User-Agent": "messages/1",
        }
        url = parse_url(settings.SMS_URL)
        try:
            answer = self._poster.post(url, parcel.body, headers, seconds=SECONDS)
        except CutOff as error:
            raise Refusal(Verdict.CUT_OFF, what=type(error).__name__) from error
        except NetworkError as error:
            raise Refusal(
                Verdict.LATER, what=type(error).__name__, whole_queue=True, hung_up=True
            ) from error
        if not answer.is_yes:
            raise _refusal(answer, parcel.to)

    def close(self) -> None:
        self._poster.close()


def judge(status: int) -> Verdict:
    """What an answer other than yes means.

    Whatever is neither about this message nor about this moment speaks of our account, or of an
    address that was set wrongly: every message would meet the same.
    """
    if status in _FINAL:
        return Verdict.FINAL
    if status in _LATER or status >= 500:
        return Verdict.LATER
    return Verdict.STOP


def _refusal(answer: Answer, number: str) -> Refusal:
    return Refusal(
        judge(answer.status),
        answer.status,
        what="HTTP",
        address=number if answer.status in _NO_SUCH_NUMBER else "",
        wait=answer.wait(timezone.now()),
        whole_queue=answer.status in _FOR_ALL,
    )
