"""Seals clinical text: AES-256-GCM, a key id in front, bound to the row it belongs to.

A sealed value is `v1:<key id>:<base64 of nonce and ciphertext>`. The place (table, column,
row) is authenticated with it, so a value copied into another row does not open.
"""

from __future__ import annotations

import base64
import os
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = "v1"
_NONCE_BYTES = 12
# The nonce and the tag alone are 40 characters.
_LOOKS_SEALED = re.compile(rf"{_VERSION}:[^\W_]+:[A-Za-z0-9+/]{{37,}}={{0,2}}")


class SealError(Exception):
    """A value could not be opened or sealed. The message names the key id, never the value."""


class CannotOpenError(SealError):
    """A sealed value did not open: its key is missing or wrong, or it was tampered with."""


class AlreadySealedError(SealError):
    """What was to be sealed is sealed already: opened once, it would still be unreadable."""


def newest_key_id() -> str:
    return next(iter(settings.CONTENT_KEYS))


def sealed_by(key_id: str) -> str:
    """What every value begins with that this key has sealed."""
    return f"{_VERSION}:{key_id}:"


def looks_sealed(value: str) -> bool:
    return _LOOKS_SEALED.fullmatch(value) is not None


def seal(plain: str, place: str, *, key_id: str = "") -> str:
    """Encrypt `plain` for `place`, with the newest key unless told. Raises AlreadySealedError."""
    if looks_sealed(plain):
        raise AlreadySealedError("this value is sealed already")
    return _sealed(plain, place, key_id or newest_key_id())


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


def reseal(sealed: str, place: str) -> str:
    """The same under the newest key; as it is where that has sealed it. Raises CannotOpenError."""
    plain = unseal(sealed, place)
    newest = newest_key_id()
    return sealed if sealed.startswith(sealed_by(newest)) else _sealed(plain, place, newest)


def _sealed(plain: str, place: str, key_id: str) -> str:
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(settings.CONTENT_KEYS[key_id]).encrypt(nonce, plain.encode(), place.encode())
    return f"{sealed_by(key_id)}{base64.b64encode(nonce + sealed).decode()}"
