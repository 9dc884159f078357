"""Which fields a model is ordered by, indexed by, or held unique by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import F, Model, UniqueConstraint
from django.db.models.expressions import OrderBy


def names_in_order(model: type[Model]) -> set[str]:
    """The names of them, each as it is spelt first: `client` of `client__name`."""
    return {name.lstrip("-+").partition("__")[0] for name in _names(model)}


def _names(model: type[Model]) -> Iterator[str]:
    meta = model._meta
    yield from names_of(meta.ordering or ())
    for together in meta.unique_together:
        yield from together
    for index in meta.indexes:
        yield from index.fields
        yield from index.include
        yield from names_of(index.expressions)
    for constraint in meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield from constraint.fields
            yield from constraint.include  # type: ignore[attr-defined]
            yield from names_of(constraint.expressions)


def names_of(expressions: Iterable[Any]) -> Iterator[str]:
    for expression in expressions:
        if isinstance(expression, str):
            yield expression
        elif isinstance(expression, F):
            yield expression.name  # type: ignore[attr-defined]
        elif isinstance(expression, OrderBy):
            yield from names_of([expression.expression])
        else:
            yield from names_of(expression.get_source_expressions())
