"""Seals clinical text: AES-256-GCM, a key id in front, bound to the row it belongs to.

A sealed value is `v1:<key id>:<base64 of nonce and ciphertext>`. The place (table, column,
row) is authenticated with it, so a value copied into another row does not open.
"""

from __future__ import annotations

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = "v1"
_NONCE_BYTES = 12


class CannotOpenError(Exception):
    """A sealed value did not open: its key is missing or wrong, or it was tampered with.

    The message names the key id only, never the value.
    """


def seal(plain: str, place: str) -> str:
    """Encrypt `plain` for `place` with the newest key."""
    key_id, key = next(iter(settings.CONTENT_KEYS.items()))
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, plain.encode(), place.encode())
    return f"{_VERSION}:{key_id}:{base64.b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, place: str) -> str:
    """Decrypt a sealed value, or raise CannotOpenError."""
    version, _, rest = sealed.partition(":")
    key_id, _, encoded = rest.partition(":")
    if version != _VERSION:
        raise CannotOpenError("this is not a sealed value")
    key = settings.CONTENT_KEYS.get(key_id)
    if key is None:
        raise CannotOpenError(f"no content key {key_id!r} is configured")
    try:
        blob = base64.b64decode(encoded, validate=True)
        plain = AESGCM(key).decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise CannotOpenError(f"content key {key_id!r} does not open this value") from error
    return plain.decode()
