"""One notification to one browser (RFC 8030), sealed for it alone (RFC 8291) and signed (RFC 8292).

The push service and whoever runs it see how long it is kept, and nothing of what it says: it is
padded, so that not even its length tells.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from py_vapid import Vapid02
from urllib3.util import Url

from counsel.common.network import NetworkError
from counsel.common.posting import CutOff, Poster
from counsel.reminders.carriers.base import Refusal, Verdict
from counsel.reminders.carriers.push_services import endpoint_url, origin_of, service_network
from counsel.reminders.registry import Device

# Push services keep nothing for longer.
_LONGEST = timedelta(days=28)
_SIGNED_FOR = timedelta(hours=12)
_PADDED_TO = 256
_GONE = frozenset({404, 410})
_ACCOUNT = frozenset({401, 403})
_LATER = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Note:
    """What a notification shows. One of the same `key` takes the place of an earlier one, at the
    push service and on the device (32 letters of base64url at most). It is kept for `lasts`.
    """

    key: str
    title: str
    body: str
    link: str
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class Envelope:
    """A note on its way to one device: nothing but the device can open it."""

    endpoint: str
    url: Url
    body: bytes
    headers: dict[str, str]


class Pusher:
    """Keeps lines and signatures for each push service until it is closed."""

    def __init__(self) -> None:
        self._poster = Poster(service_network())
        self._signed: dict[str, str] = {}

    def seal(self, note: Note, device: Device) -> Envelope:
        """Raises AddressRefused for a device at no push service we know of."""
        url = endpoint_url(device.endpoint)
        seconds = min(max(note.lasts, timedelta()), _LONGEST).total_seconds()
        headers = {
            "Authorization": self._signature(origin_of(url)),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(seconds)),
            "Topic": note.key,
            "Urgency": "normal",
            "User-Agent": "messages/1",
        }
        return Envelope(device.endpoint, url, _sealed(note, device), headers)

    def push(self, envelope: Envelope, *, seconds: float) -> None:
        """Raises Refusal unless the push service said yes; its address is the endpoint of a
        device that is gone.
        """
        try:
            answer = self._poster.post(
                envelope.url, envelope.body, envelope.headers, seconds=seconds
            )
        except CutOff as error:
            raise Refusal(Verdict.CUT_OFF, what=type(error).__name__) from error
        except NetworkError as error:
            raise Refusal(Verdict.LATER, what=type(error).__name__) from error
        if not answer.is_yes:
            raise Refusal(
                judge(answer.status),
                answer.status,
                what="HTTP",
                address=envelope.endpoint if answer.status in _GONE else "",
                wait=answer.wait(timezone.now()),
            )

    def close(self) -> None:
        self._poster.close()

    def _signature(self, service: str) -> str:
        if service not in self._signed:
            until = int(time.time() + _SIGNED_FOR.total_seconds())
            claims = {"aud": service, "sub": settings.VAPID_CONTACT, "exp": until}
            self._signed[service] = _signer().sign(claims)["Authorization"]
        return self._signed[service]


def _signer() -> Vapid02:
    if settings.VAPID_KEY is None:
        raise ImproperlyConfigured("COUNSEL_VAPID_KEY must be set")
    return Vapid02.from_raw(settings.VAPID_KEY.private.encode())


def judge(status: int) -> Verdict:
    """What an answer other than yes means."""
    if status in _ACCOUNT:
        return Verdict.STOP
    if status in _LATER or status >= 500:
        return Verdict.LATER
    return Verdict.FINAL


def _sealed(note: Note, device: Device) -> bytes:
    # It brings two HTTP clients along that we do not use: loaded where something is pushed only.
    from pywebpush import WebPusher

    shown = {"title": note.title, "body": note.body, "link": note.link, "tag": note.key}
    content = json.dumps(shown, ensure_ascii=False).encode()
    padded = content.ljust(-(-len(content) // _PADDED_TO) * _PADDED_TO)
    keys = {"p256dh": device.p256dh, "auth": device.auth}
    sealed = WebPusher({"endpoint": device.endpoint, "keys": keys}).encode(padded)
    body: bytes = sealed["body"]
    return body
