"""Model fields whose values are encrypted at rest.

Plain text exists only on a model instance, after the attribute was read. A query's raw
result (`values()`, a join) holds `Sealed`, so nothing is decrypted by accident; filters on these
fields and dumps of them are refused. A value that was not read is proven to open before its row
is saved, and is saved under the newest key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldError
from django.db import models
from django.db.models import Lookup, Model
from django.db.models.query_utils import DeferredAttribute

from counsel.common.encryption import reseal, seal, unseal
from counsel.common.named import names_in_order

if TYPE_CHECKING:
    _Field = models.Field[Any, Any]
else:
    _Field = models.Field


class Sealed(str):
    """Ciphertext on its way to or from the database; never shown to anybody."""

    __slots__ = ()

    def __new__(cls, value: str = "") -> Sealed:
        return value if isinstance(value, Sealed) else super().__new__(cls, value)

    def __repr__(self) -> str:
        return "<sealed>"

    def stored(self) -> str:
        return super().__str__()

    # Templates and f-strings ask these, drivers of databases do not.
    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)


class _UnsealOnRead(DeferredAttribute):
    """Opens the stored value when the attribute is first read, with the row it belongs to."""

    field: EncryptedField

    def __get__(self, instance: Model | None, cls: type[Model] | None = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = self.field.opened(value, instance.pk)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: Model, value: Any) -> None:
        # Makes this a data descriptor: without it the stored value would be read past it.
        instance.__dict__[self.field.attname] = value


class EncryptedField(_Field):
    """What is encrypted at rest. Not usable in filters, ordering, indexes or `update()`."""

    descriptor_class = _UnsealOnRead
    empty_in_clear = False

    def get_internal_type(self) -> str:
        return "TextField"

    def place(self, pk: Any) -> str:
        """What a sealed value is bound to: its model, its field and its row."""
        return f"{self.model._meta.label_lower}.{self.attname}:{pk}"

    def pack(self, value: Any) -> str:
        return str(value)

    def unpack(self, plain: str) -> Any:
        return plain

    def opened(self, sealed: Sealed, pk: Any) -> Any:
        return self.unpack(unseal(sealed, self.place(pk)))

    def sealed(self, value: Any, pk: Any) -> Sealed | None:
        """What is stored for `value` in this row. Raises SealError."""
        if value is None:
            return None
        if isinstance(value, Sealed):
            return self.resealed(value, pk)
        return Sealed(seal(self.pack(value), self.place(pk)))

    def resealed(self, value: Sealed, pk: Any) -> Sealed:
        """The same under the newest key. Raises CannotOpenError."""
        return Sealed(reseal(value, self.place(pk)))

    def pre_save(self, model_instance: Model, add: bool) -> Sealed | None:
        return self.sealed(model_instance.__dict__.get(self.attname), model_instance.pk)

    def from_db_value(self, value: str | None, *args: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, Sealed):
            return value
        raise FieldError(f"{self.name} is encrypted: it can only be saved with its row")

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: Model) -> str:
        # `manage.py dumpdata` would open every value and write it out in plain text.
        raise FieldError(f"{self.name} is encrypted: copy the database instead of dumping it")

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is encrypted: it cannot be searched")

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.name} is encrypted: it cannot be searched")

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return [*super().check(**kwargs), *self._check_order()]

    def _check_order(self) -> list[CheckMessage]:
        named = self.name in names_in_order(self.model)
        if not (named or self.unique or self.db_index):  # type: ignore[attr-defined]
            return []
        return [
            Error(
                "An encrypted field can be neither ordered by nor indexed.",
                hint="Its values are different each time they are sealed.",
                obj=self,
                id="counsel.E007",
            )
        ]


class EncryptedTextField(EncryptedField, models.TextField):  # type: ignore[type-arg]
    """Text encrypted at rest."""


class _IsEmpty(Lookup):
    """`field__isempty=True`: nothing was written there."""

    lookup_name = "isempty"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} {'=' if self.rhs else '<>'} ''", params


class EncryptedCharField(EncryptedField, models.CharField):  # type: ignore[type-arg]
    """A line of at most `max_length` characters, encrypted at rest.

    With `empty_in_clear` the database sees whether there is one at all, for rules of its own, and
    may be asked by `isempty`.
    """

    def __init__(self, *args: Any, empty_in_clear: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_in_clear = empty_in_clear

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.empty_in_clear:
            kwargs["empty_in_clear"] = True
        return name, path, args, kwargs

    def get_lookup(self, lookup_name: str) -> Any:
        if self.empty_in_clear and lookup_name == _IsEmpty.lookup_name:
            return _IsEmpty
        return super().get_lookup(lookup_name)

    def opened(self, sealed: Sealed, pk: Any) -> Any:
        return "" if self._stays_empty(sealed) else super().opened(sealed, pk)

    def sealed(self, value: Any, pk: Any) -> Sealed | None:
        return Sealed() if self._stays_empty(value) else super().sealed(value, pk)

    def _stays_empty(self, value: str | None) -> bool:
        return self.empty_in_clear and value == ""


class EncryptedJSONField(EncryptedTextField):
    """A JSON value (here: the answers of an entry) encrypted at rest as one text."""

    def pack(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def unpack(self, plain: str) -> Any:
        return json.loads(plain)


def sealed_for(row: Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` for a `QuerySet.update()` of this one row, the encrypted ones sealed for it."""
    sealed: dict[str, Any] = {}
    for name, value in values.items():
        field = row._meta.get_field(name)
        sealed[name] = field.sealed(value, row.pk) if isinstance(field, EncryptedField) else value
    return sealed
