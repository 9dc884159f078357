"""Model fields whose values are encrypted at rest.

Plain text exists only on a model instance, after the attribute was read. A query's raw
result (`values()`, a join) holds `Sealed`, so nothing is decrypted by accident; filters on these
fields and dumps of them are refused. A value that was not read is saved as it was stored.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models import Model
from django.db.models.query_utils import DeferredAttribute

from counsel.common.encryption import seal, unseal


class Sealed(str):
    """Ciphertext on its way to or from the database; never shown to anybody."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<sealed>"


class _UnsealOnRead(DeferredAttribute):
    """Opens the stored value when the attribute is first read, with the row it belongs to."""

    field: EncryptedTextField

    def __get__(self, instance: Model | None, cls: type[Model] | None = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = self.field.unpack(unseal(value, self.field.place(instance)))
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: Model, value: Any) -> None:
        # Makes this a data descriptor: without it the stored value would be read past it.
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text encrypted at rest. Not usable in filters, ordering or `QuerySet.update()`."""

    descriptor_class = _UnsealOnRead

    def place(self, instance: Model) -> str:
        """What a sealed value is bound to: its model, its field and its row."""
        return f"{self.model._meta.label_lower}.{self.attname}:{instance.pk}"

    def pack(self, value: Any) -> str:
        return str(value)

    def unpack(self, plain: str) -> Any:
        return plain

    def pre_save(self, model_instance: Model, add: bool) -> Sealed | None:
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        return Sealed(seal(self.pack(value), self.place(model_instance)))

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


class EncryptedJSONField(EncryptedTextField):
    """A JSON value (here: the answers of an entry) encrypted at rest as one text."""

    def pack(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def unpack(self, plain: str) -> Any:
        return json.loads(plain)
