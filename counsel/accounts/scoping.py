"""Whether a question to the database says whose rows it asks for. Looks at the models only."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, Q, Value
from django.db.models.constants import LOOKUP_SEP
from django.db.models.lookups import Exact

OWNERS = ("accounts.Counsellor", "accounts.User")


class Unscoped(Exception):
    """Rows of every caseload were asked for, and nobody said why."""


def names_owner(model: type[Model], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bool:
    """Whether these conditions of a `filter` leave only rows of somebody who is given."""
    return any(_condition_does(model, it) for it in (*args, *kwargs.items()))


def _condition_does(model: type[Model], condition: Any) -> bool:
    if isinstance(condition, tuple):
        lookup, value = condition
        if lookup == "pk__in":
            return _is_of_somebody(value)
        return leads_to_owner(model, lookup) and _is_given(value)
    if isinstance(condition, Exact) and isinstance(condition.lhs, F):
        # How a unique constraint asks whether there is such a row.
        value = condition.rhs.value if isinstance(condition.rhs, Value) else condition.rhs
        return _condition_does(model, (condition.lhs.name, value))  # type: ignore[attr-defined]
    if not isinstance(condition, Q) or condition.negated:
        return False
    each = [_condition_does(model, child) for child in condition.children]
    if condition.connector == Q.AND:
        return any(each)
    return condition.connector == Q.OR and bool(each) and all(each)


def _is_given(value: Any) -> bool:
    """An instance, an id or several: no expression, and rows only where they say whose."""
    if hasattr(value, "resolve_expression"):
        return _is_of_somebody(value)
    return value is not None


def _is_of_somebody(rows: Any) -> bool:
    return bool(getattr(rows, "says_whose", False))


@cache
def leads_to_owner(model: type[Model], lookup: str) -> bool:
    """Whether `lookup` ("client", "entry__client__in", "note_id") asks what a row belongs to."""
    path = lookup.split(LOOKUP_SEP)
    if path[-1] in ("exact", "in"):
        path.pop()
    if path == ["pk"]:
        return False
    if path[-1] == "pk":
        path.pop()
    there: Any = model
    for step in path:
        try:
            there = there._meta.get_field(step).related_model
        except FieldDoesNotExist:
            there = None
        if there is None:
            return False
    return path != [] and is_owner(there)


def is_owner(model: type[Model]) -> bool:
    """Whether a row of `model` is somebody, or somebody's."""
    return model._meta.label in OWNERS or hasattr(model._default_manager, "across_caseloads")
