"""The six figures that show that an address is in somebody's hands.

They follow from a keyed hash (HMAC) over the row, the value, and a salt made for each sending, so
they stand in no table: who reads the database alone knows none of them.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.utils.crypto import constant_time_compare, salted_hmac

from clients.models import Address

FIGURES = 6
GOOD_FOR = timedelta(minutes=30)
MOST_TRIES = 5


def new_salt() -> str:
    return secrets.token_hex(16)


def code_of(address: Address) -> str:
    digest = salted_hmac(
        "clients.codes", f"{address.pk}:{address.value}:{address.code_salt}", algorithm="sha256"
    )
    return f"{int(digest.hexdigest(), 16) % 10**FIGURES:0{FIGURES}}"


def is_open(address: Address, now: datetime) -> bool:
    """Whether its code may still be typed: sent not too long ago, and not too often guessed at."""
    sent_at = address.code_sent_at
    return (
        address.verified_at is None
        and bool(address.code_salt)
        and sent_at is not None
        and now < sent_at + GOOD_FOR
        and address.tries < MOST_TRIES
    )


def fits(address: Address, typed: str) -> bool:
    """Blanks and a dash are no part of it."""
    figures = "".join(typed.replace("-", "").split())
    return constant_time_compare(figures.encode(), code_of(address).encode())
