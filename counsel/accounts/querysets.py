"""Isolation of caseloads, written once: what a signed-in person may reach at all.

Rows of people are not read, counted, changed or deleted before somebody has said whose they
are. There is no other way to everybody's than `across_caseloads`, with the reason for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import UUID

from django.db import models

from counsel.accounts.roles import AnyUser, counsellor_of, runs_something
from counsel.accounts.scoping import Unscoped, is_owner, names_owner

if TYPE_CHECKING:
    from counsel.accounts.models import User


class SaysWhose(models.QuerySet[Any]):
    """Refuses to touch the database before it was narrowed to somebody's rows.

    By `visible_to` or `of_user`, by a filter on what the rows belong to (a client, a counsellor,
    an entry: given, not computed), or through that row itself (`client.entries`).
    """

    # Columns which name somebody without being a foreign key.
    own_keys: ClassVar[frozenset[str]] = frozenset()
    says_whose: bool = False

    def filter(self, *args: Any, **kwargs: Any) -> Self:
        rows = super().filter(*args, **kwargs)
        if not rows.says_whose:
            own = any(key in kwargs or f"{key}__in" in kwargs for key in self.own_keys)
            rows.says_whose = own or names_owner(self.model, args, kwargs)
        return rows

    def none(self) -> Self:
        return super().none()._of_somebody()

    def these(self, *rows: models.Model) -> Self:
        """Rows that were read before, once more: to lock them, or to change them as they stand."""
        if not all(isinstance(row, self.model) for row in rows):
            raise TypeError("these() takes rows, not ids")
        return self.filter(pk__in=[row.pk for row in rows])._of_somebody()

    def across_caseloads(self, why: str) -> Self:
        """Everybody's, for what is right to see them; each is counted by a test."""
        if not why:
            raise ValueError("say why")
        return self.all()._of_somebody()

    def _of_somebody(self) -> Self:
        self.says_whose = True
        return self

    def _must_say_whose(self) -> None:
        if not (self.says_whose or self._hangs_on_a_row()):
            raise Unscoped(
                f"{self.model.__name__}: say whose rows: visible_to, of_user, a filter on what "
                "they belong to, or across_caseloads"
            )

    def _hangs_on_a_row(self) -> bool:
        """Prefetched: Django then limits the rows past `filter`, and leaves a hint."""
        instance = self._hints.get("instance")  # type: ignore[attr-defined]
        return instance is not None and is_owner(type(instance))

    def _clone(self) -> Self:
        rows: Self = super()._clone()  # type: ignore[misc]
        rows.says_whose = self.says_whose
        return rows

    def __or__(self, other: Any) -> Self:
        rows = super().__or__(other)
        rows.says_whose = self.says_whose and getattr(other, "says_whose", False)
        return rows

    def union(self, *others: Any, all: bool = False) -> Self:
        for rows in (self, *others):
            if isinstance(rows, SaysWhose):
                rows._must_say_whose()
        return super().union(*others, all=all)

    # --- All the ways to the database -----------------------------------------------------------

    def _fetch_all(self) -> None:
        self._must_say_whose()
        super()._fetch_all()

    def iterator(self, chunk_size: int | None = None) -> Iterator[Any]:
        self._must_say_whose()
        return super().iterator(chunk_size)

    def count(self) -> int:
        self._must_say_whose()
        return super().count()

    def exists(self) -> bool:
        self._must_say_whose()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._must_say_whose()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        self._must_say_whose()
        return super().update(**kwargs)

    def bulk_update(self, objs: Any, fields: Any, batch_size: int | None = None) -> int:
        # Rows that were read before.
        return super(SaysWhose, self.all()._of_somebody()).bulk_update(objs, fields, batch_size)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._must_say_whose()
        return super().delete()

    def explain(self, *, format: Any = None, **options: Any) -> str:
        self._must_say_whose()
        return super().explain(format=format, **options)

    def raw(self, raw_query: Any, *args: Any, **kwargs: Any) -> Any:
        self._must_say_whose()
        return super().raw(raw_query, *args, **kwargs)


class CaseloadQuerySet(SaysWhose):
    """Rows that belong to one counsellor's caseload and, through a client, to one person."""

    counsellor_path: ClassVar[str] = "client__counsellor"
    user_path: ClassVar[str] = "client__user"
    # Since when the client's record is only kept, to be erased; empty where there is no client.
    restricted_path: ClassVar[str] = "client__restricted_at"

    def visible_to(self, user: AnyUser) -> Self:
        """What a member of staff may see: their own caseload, and nothing for anyone else."""
        counsellor = counsellor_of(user)
        if counsellor is None:
            return self.none()
        return self.filter(**{self.counsellor_path: counsellor}).unrestricted()

    def of_user(self, user: User) -> Self:
        """What belongs to the signed-in client."""
        return self.filter(**{self.user_path: user}).unrestricted()

    def unrestricted(self) -> Self:
        """Without those of clients who asked to be forgotten: these are kept, and not used."""
        if not self.restricted_path:
            return self
        return self.filter(**{f"{self.restricted_path}__isnull": True})

    def of_client(self, client_id: UUID) -> Self:
        """What belongs to one client, whether or not they can sign in."""
        path = self.user_path.removesuffix("user").removesuffix("__")
        rows = self.filter(**{path or "pk": client_id})
        return rows._of_somebody()

    def of_counsellor(self, counsellor_id: UUID) -> Self:
        """What is in one counsellor's caseload."""
        return self.filter(**{self.counsellor_path: counsellor_id})


class StaffQuerySet(models.QuerySet[Any]):
    """Rows about members of staff: each sees their own, who runs the practice or the system all."""

    own_path: ClassVar[str]

    def visible_to(self, user: AnyUser) -> Self:
        if runs_something(user):
            return self.all()
        if counsellor_of(user) is None:
            return self.none()
        return self.filter(**{self.own_path: user.pk})
