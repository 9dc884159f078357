"""The other end of a notification: a browser with keys of its own, that opens what reaches it."""

from __future__ import annotations

import base64
import json
import os

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import jwt

from counsel.reminders.registry import Device


class Browser:
    def __init__(self):
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)

    def subscribes(self, endpoint):
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return Device(endpoint, base64url(point), base64url(self._auth))

    def opens(self, body):
        """What its service worker is handed. Raises for what was sealed for somebody else."""
        opened = http_ece.decrypt(
            body, private_key=self._key, auth_secret=self._auth, version="aes128gcm"
        )
        return json.loads(opened)


def claims_of(posted):
    """Who sent it, and to which service, as the service reads it: signed, or it raises."""
    scheme, _, parts = posted.headers["authorization"].partition(" ")
    assert scheme == "vapid"
    token, key = (part.partition("=")[2] for part in parts.split(","))
    return {**jwt.decode(token, key), "key": key}


def base64url(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
