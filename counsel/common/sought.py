"""By which fields one can search, filter and sort in a list of the desk."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from counsel.common.fields import EncryptedField
from counsel.common.named import names_of


def sought_by(admin: ModelAdmin[Any]) -> set[str]:
    """Their paths, such as `client__name`. A plain column of a list can be sorted by."""
    filters = (one[0] if isinstance(one, (list, tuple)) else one for one in admin.list_filter)
    texts = [
        *admin.search_fields,
        *(name for name in filters if isinstance(name, str)),
        *(name for name in admin.list_display if isinstance(name, str)),
        *([admin.date_hierarchy] if admin.date_hierarchy else []),
    ]
    shown = (_shown(admin, name) for name in admin.list_display)
    orders = [getattr(column, "admin_order_field", None) for column in shown]
    expressions = [*(admin.ordering or ()), *filter(None, orders)]
    return {path.lstrip("-+^=@") for path in (*texts, *names_of(expressions))}


def _shown(admin: ModelAdmin[Any], name: Any) -> Any:
    return name if callable(name) else getattr(admin, name, getattr(admin.model, name, None))


def leads_to_sealed(model: type[Model], path: str) -> bool:
    at: Any = model
    for name in path.split("__"):
        try:
            field = at._meta.get_field(name)
        except (AttributeError, FieldDoesNotExist):
            return False
        if isinstance(field, EncryptedField):
            return True
        at = field.related_model
    return False
