"""What must hold of a restored database before anybody may use it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import F, Model

from clients.models import Client
from counsel.audit.chain import chain_check
from counsel.audit.models import AccessEvent
from counsel.common.encryption import CannotOpenError
from counsel.common.fields import EncryptedField
from counsel.records.backup.errors import BackupError
from counsel.records.backup.manifest import Manifest
from counsel.records.backup.stores import ask
from counsel.records.models import Tombstone
from sessions.models import Consultation

_WHY = "a restored database is looked at as a whole before anybody may use it"


def invariants_require(
    manifest: Manifest, tombstones: Sequence[Tombstone], *, samples: int
) -> None:
    """Raises BackupError with all that was found."""
    found = [*_broken_file(), *_unreadable(samples), *_broken_chain(manifest), *_overlaps()]
    erased = [tombstone.client_id for tombstone in tombstones]
    alive = Client.objects.across_caseloads(_WHY).filter(pk__in=erased).count()
    if alive:
        found.append(f"{alive} who were erased are there")
    if found:
        raise BackupError(f"The restored database is not as it must be: {'; '.join(found)}.")


def _broken_file() -> Iterator[str]:
    """PostgreSQL has checked all of its constraints while reading the rows in."""
    if connection.vendor != "sqlite":
        return
    said = ask("PRAGMA integrity_check")[0][0]
    if said != "ok":
        yield "the file is damaged"
    if loose := len(ask("PRAGMA foreign_key_check")):
        yield f"{loose} rows point to nothing"


def _unreadable(samples: int) -> Iterator[str]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedField):
                rows = list(_at_random(model, field.name, samples))
                closed = sum(not _opens(row, field.attname) for row in rows)
                if closed:
                    name = f"{model._meta.label}.{field.name}"
                    yield f"{closed} of {len(rows)} values of {name} do not open"


def _at_random(model: type[Model], name: str, samples: int) -> Iterator[Model]:
    filled = model._base_manager.filter(**{f"{name}__isnull": False})
    keys = list(filled.order_by("?").values_list("pk", flat=True)[:samples])
    yield from model._base_manager.filter(pk__in=keys).only("pk", name)


def _opens(row: Any, name: str) -> bool:
    try:
        getattr(row, name)
    except (CannotOpenError, ValueError):
        return False
    return True


def _broken_chain(manifest: Manifest) -> Iterator[str]:
    first_wrong = chain_check().first_wrong
    if first_wrong is not None:
        yield f"access event {first_wrong} does not fit the ones before"
    if manifest.audit_head:
        sequence, digest = manifest.audit_head
        if not AccessEvent.objects.filter(sequence=sequence, hash=digest).exists():
            yield f"access event {sequence} is not the one that was the last"


def _overlaps() -> Iterator[str]:
    """The database refuses them; that it did is what is asked here."""
    holding = Consultation.objects.across_caseloads(_WHY).holding()
    holding = holding.filter(overlap_reason__isempty=True)
    for whose, start, end in (
        ("counsellor", "held_from", "held_until"),
        ("client", "starts_at", "ends_at"),
    ):
        both = holding.filter(
            **{
                f"{whose}__consultations__status__in": ("pending", "confirmed"),
                f"{whose}__consultations__overlap_reason__isempty": True,
                f"{whose}__consultations__{start}__lt": F(end),
                f"{whose}__consultations__{end}__gt": F(start),
            }
        ).exclude(**{f"{whose}__consultations__pk": F("pk")})
        if both.exists():
            yield f"consultations of one {whose} overlap"
