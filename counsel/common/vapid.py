"""The key by which push services know who sends (VAPID, RFC 8292)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

_SIZE = 32


@dataclass(frozen=True, slots=True)
class VapidKey:
    """Both in base64url without padding: the 32 bytes of the private one, and the uncompressed
    point of the public one, as browsers take it for their `applicationServerKey`.
    """

    private: str
    public: str

    def __repr__(self) -> str:
        return f"VapidKey(public={self.public!r})"


def vapid_key_make() -> VapidKey:
    return _both(ec.generate_private_key(ec.SECP256R1()))


def vapid_key_read(text: str) -> VapidKey:
    """From the private one: PEM, or the base64url of its 32 bytes. Raises ValueError."""
    if text.startswith("-----BEGIN"):
        return _both(_from_pem(text))
    try:
        raw = from_base64url(text)
    except ValueError as error:
        raise ValueError("neither PEM nor base64url") from error
    if len(raw) != _SIZE:
        raise ValueError("not 32 bytes long")
    return _both(ec.derive_private_key(int.from_bytes(raw), ec.SECP256R1()))


def from_base64url(text: str) -> bytes:
    """Padded or not. Raises ValueError, also for letters that are none of its own."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error


def _from_pem(text: str) -> ec.EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except TypeError as error:
        raise ValueError("kept under a password") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not of the curve P-256")
    return key


def _both(key: ec.EllipticCurvePrivateKey) -> VapidKey:
    private = key.private_numbers().private_value.to_bytes(_SIZE)
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return VapidKey(_base64url(private), _base64url(public))


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
