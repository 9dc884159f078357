"""What a counsellor may keep out of what a client takes with them, one item at a time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.common.errors import ConflictError, DomainError
from counsel.common.inserting import insert_if_new
from counsel.records.models import Withholding
from exercises.models import Entry, Exercise, ProgressEvent, Reply
from sessions.note_selectors import signed_notes

Kind = Withholding.Kind


@dataclass(frozen=True, slots=True)
class Item:
    """Something of the record that may be withheld. `about` is no word that anybody wrote."""

    kind: str
    id: UUID
    at: datetime
    about: str

    @property
    def label(self) -> str:
        return str(Kind(self.kind).label)


def items_of(client: Client) -> list[Item]:
    """All of them, newest first; in four queries that read no content."""
    found = [
        *(Item(Kind.NOTE, pk, at, about) for pk, at, about in _rows(client, Kind.NOTE)),
        *(Item(Kind.REPLY, pk, at, about) for pk, at, about in _rows(client, Kind.REPLY)),
        *(Item(Kind.MEASURE, pk, at, about) for pk, at, about in _rows(client, Kind.MEASURE)),
        *(
            Item(Kind.EVENT, pk, at, date_format(day, "j M Y"))
            for pk, at, day in _rows(client, Kind.EVENT)
        ),
    ]
    return sorted(found, key=lambda item: (item.at, item.id), reverse=True)


def item_of(client: Client, kind: str, item_id: UUID) -> Item | None:
    """One of them; None where there is none."""
    return next((it for it in items_of(client) if (it.kind, it.id) == (kind, item_id)), None)


def _rows(client: Client, kind: Kind) -> QuerySet[Any, Any]:
    if kind == Kind.NOTE:
        return signed_notes(client).values_list(
            "pk", "consultation__starts_at", "consultation__service__name"
        )
    if kind == Kind.REPLY:
        replies: QuerySet[Any] = Reply.objects.filter(entry__client=client)
        return replies.values_list("pk", "created_at", "entry__version__title")
    if kind == Kind.MEASURE:
        # Private ones are nothing the counsellor knows of.
        shared = Entry.objects.filter(client=client).shared()
        measures: QuerySet[Any] = shared.filter(version__exercise__kind=Exercise.Kind.MEASURE)
        return measures.values_list("pk", "happened_at", "version__title")
    events: QuerySet[Any] = ProgressEvent.objects.filter(client=client)
    return events.values_list("pk", "created_at", "day")


@transaction.atomic
def item_withhold(*, client: Client, item: Item, reason: str, by: Counsellor) -> Withholding:
    """Raises DomainError where it is withheld already."""
    row = Withholding(
        client=client,
        kind=item.kind,
        item_id=item.id,
        reason=reason,
        decided_by=by,
        decided_at=timezone.now(),
    )
    if not insert_if_new(row):
        raise DomainError(_("This is withheld already."))
    return row


@transaction.atomic
def withholding_lift(*, withholding: Withholding, by: Counsellor) -> Withholding:
    """From now on it is taken out with the rest. Raises ConflictError where it was lifted."""
    rows = Withholding.objects.these(withholding).select_for_update(of=("self",))
    row: Withholding = rows.get()
    if row.lifted_at is not None:
        raise ConflictError(_("This was lifted already."))
    row.lifted_at, row.lifted_by = timezone.now(), by
    row.save(update_fields=["lifted_at", "lifted_by"])
    return row


@dataclass(frozen=True, slots=True)
class Withheld:
    """What stays out of a record at this moment."""

    ids: frozenset[UUID]
    counts: dict[str, int]

    def __contains__(self, row: Any) -> bool:
        return row.pk in self.ids


def withheld_of(client: Client) -> Withheld:
    standing = Withholding.objects.filter(client=client, lifted_at__isnull=True)
    rows = list(standing.values_list("kind", "item_id"))
    return Withheld(frozenset(pk for _kind, pk in rows), Counter(kind for kind, _pk in rows))
