"""The wall between caseloads in the admin, written once.

Every ModelAdmin of ours derives from `ScopedAdmin`. It limits not only the list but all the
other doors: single objects, history, delete pages, foreign-key choices and their validation,
filters, prefilled forms and autocomplete. A model that says nothing is closed to everybody.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.forms import ModelChoiceField
from django.http import HttpRequest

from counsel.accounts.roles import AnyUser, counsellor_of, is_manager


class ScopedAdmin(admin.ModelAdmin[Any]):
    # What each role may do with rows it can see: any of view, add, change, delete.
    counsellor_may: ClassVar[frozenset[str]] = frozenset()
    manager_may: ClassVar[frozenset[str]] = frozenset()
    # The foreign key the server fills with the signed-in counsellor; never read from a form.
    owner_field: ClassVar[str | None] = None
    # "View on site" would answer for rows of any caseload.
    view_on_site = False
    show_full_result_count = False
    actions: Any = ()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return visible_rows(self.model, request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view", obj) or self._may(request, "change", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete", obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) or self.has_add_permission(request)

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        excluded = super().get_exclude(request, obj) or ()
        return (*excluded, self.owner_field) if self.owner_field else excluded

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if self.owner_field and not change:
            setattr(obj, self.owner_field, counsellor_of(request.user))
        super().save_model(request, obj, form, change)

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        # Limits the choices shown and, with the same queryset, the ones accepted.
        related = cast("type[models.Model]", db_field.related_model)
        kwargs["queryset"] = visible_rows(related, request.user)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            field.label_from_instance = choice_label  # type: ignore[method-assign]
        return field

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        raise ImproperlyConfigured("write the scope of a many-to-many choice first")

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        # A malformed id is a row that does not exist, on every database.
        try:
            uuid.UUID(object_id)
        except ValueError:
            return None
        return super().get_object(request, object_id, None)

    def _may(self, request: HttpRequest, verb: str, obj: Any = None) -> bool:
        user = request.user
        if counsellor_of(user) and verb in self.counsellor_may:
            allowed = True
        else:
            allowed = is_manager(user) and verb in self.manager_may
        if not allowed or obj is None or obj._state.adding:
            return allowed
        return visible_rows(self.model, user).filter(pk=obj.pk).exists()


def visible_rows(model: type[models.Model], user: AnyUser) -> models.QuerySet[Any]:
    """The rows of `model` this person may reach; every model of ours says which."""
    manager = model._default_manager
    if not hasattr(manager, "visible_to"):
        raise ImproperlyConfigured(f"{model._meta.label} does not say who may see its rows")
    return cast("models.QuerySet[Any]", manager.visible_to(user))


def choice_label(obj: models.Model) -> str:
    """What a choice list calls a row: its name where `str()` must stay silent."""
    return str(getattr(obj, "name", "") or obj)
