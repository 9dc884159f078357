"""Everywhere that something is sealed: the tables with encrypted fields, and what else there is."""

# ruff: noqa: S608 (nothing here comes from outside)
from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Protocol

from django.apps import apps
from django.db import connection
from django.db.models import Model

from counsel.common.encryption import sealed_by
from counsel.keys.authenticators import UNKNOWN, Authenticators
from counsel.keys.sweeping import BATCH, Swept, encrypted_fields, encrypted_models, left, seal_anew


class Place(Protocol):
    @property
    def name(self) -> str: ...

    def sweep(self, *, batch: int = BATCH) -> Iterator[Swept]:
        """Seal all of it anew with the newest key, but for what somebody else holds."""

    def left(self) -> int:
        """How many rows have something that the newest key has not sealed."""

    def count(self, key_ids: Collection[str]) -> Counter[str]:
        """How many values each of these keys has sealed, and how many none of them (UNKNOWN)."""


class Table:
    def __init__(self, model: type[Model]) -> None:
        self.model = model
        self.name = model._meta.label_lower

    def sweep(self, *, batch: int = BATCH) -> Iterator[Swept]:
        return seal_anew(self.model, batch=batch)

    def left(self) -> int:
        return left(self.model)

    def count(self, key_ids: Collection[str]) -> Counter[str]:
        """Reads the table once, from one end to the other."""
        starts = {key_id: sealed_by(key_id) for key_id in key_ids}
        wanted, params = [], []
        for field in encrypted_fields(self.model):
            column = connection.ops.quote_name(str(field.column))
            for start in starts.values():
                wanted.append(f"count(*) FILTER (WHERE substr({column}, 1, {len(start)}) = %s)")
                params.append(start)
            is_there = f"{column} <> ''" if field.empty_in_clear else "TRUE"
            wanted.append(f"count({column}) FILTER (WHERE {is_there})")
        table = connection.ops.quote_name(self.model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(wanted)} FROM {table}", params)
            numbers = iter(cursor.fetchone())
        counted: Counter[str] = Counter()
        for _field in encrypted_fields(self.model):
            own = Counter({key_id: next(numbers) for key_id in starts})
            counted += own + Counter({UNKNOWN: next(numbers) - own.total()})
        return counted


def places() -> list[Place]:
    return [*(Table(model) for model in encrypted_models(apps)), Authenticators()]
