"""The secrets behind codes for signing in: sealed inside the JSON of a library's own table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from counsel.accounts.second_step import PLACE
from counsel.common.encryption import (
    CannotOpenError,
    looks_sealed,
    newest_key_id,
    reseal,
    sealed_by,
)
from counsel.keys.sweeping import BATCH, Swept

# What neither the keyring nor the database knows the key of.
UNKNOWN = "?"


class Authenticators:
    """Few: somebody has one or two of them, and most people none."""

    name = "mfa.authenticator"

    def sweep(self, *, batch: int = BATCH) -> Iterator[Swept]:
        last = 0
        while True:
            with transaction.atomic():
                rows = list(_held(last, batch))
                swept = _resealed(rows)
            if not rows:
                return
            last = rows[-1].pk
            if swept.rows or swept.broken:
                yield swept

    def left(self) -> int:
        start = sealed_by(newest_key_id())
        return sum(_row_is_due(data, start) for data in _all())

    def count(self, key_ids: Collection[str]) -> Counter[str]:
        counted: Counter[str] = Counter()
        for data in _all():
            for value in filter(looks_sealed, _texts(data)):
                key_id = value.split(":")[1]
                counted[key_id if key_id in key_ids else UNKNOWN] += 1
        return counted


def _all() -> Iterator[dict[str, Any]]:
    yield from Authenticator.objects.values_list("data", flat=True).iterator()


def _held(last: int, batch: int) -> Any:
    held = Authenticator.objects.select_for_update(skip_locked=True, no_key=True)
    return held.filter(pk__gt=last).order_by("pk")[:batch]


def _resealed(rows: list[Authenticator]) -> Swept:
    start = sealed_by(newest_key_id())
    due = [row for row in rows if _row_is_due(row.data, start)]
    changed = 0
    for row in due:
        try:
            row.data = {name: _anew(value) for name, value in row.data.items()}
        except CannotOpenError:
            continue
        row.save(update_fields=["data"])
        changed += 1
    return Swept(changed, len(due) - changed)


def _texts(data: dict[str, Any]) -> Iterator[str]:
    """What may be sealed: texts, and texts in a list."""
    for value in data.values():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str):
                yield text


def _row_is_due(data: dict[str, Any], start: str) -> bool:
    return any(looks_sealed(text) and not text.startswith(start) for text in _texts(data))


def _anew(value: Any) -> Any:
    if isinstance(value, list):
        return [_anew(part) for part in value]
    return reseal(value, PLACE) if isinstance(value, str) and looks_sealed(value) else value
