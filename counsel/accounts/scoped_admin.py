"""The wall between caseloads in the admin, written once.

Every ModelAdmin of ours derives from `ScopedAdmin`. It limits not only the list but all the
other doors: single objects, history, delete pages, foreign-key choices and their validation,
filters, prefilled forms, autocomplete and actions. A model that says nothing is closed to
everybody. Rows on the page of the row they belong to come by `ScopedInline` alone. What cannot
be scoped (raw ids, many-to-many choices) is refused.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, cast

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import NestedObjects, get_fields_from_path
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import models, router
from django.forms import (
    BaseInlineFormSet,
    BaseModelFormSet,
    CheckboxInput,
    Form,
    Media,
    ModelChoiceField,
    SplitDateTimeField,
)
from django.http import Http404, HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext

from counsel.accounts.paging import ShortSightedPaginator, page_asked_for
from counsel.accounts.roles import AnyUser, counsellor_of, is_manager, is_technician
from counsel.common.wall import whole_practice
from counsel.common.widgets import DateInput, DateTimeInput, TimeInput

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
    _StackedInline = admin.StackedInline[Any, Any]
    _BaseInlineFormSet = BaseInlineFormSet[Any, Any, Any]
    _BaseModelFormSet = BaseModelFormSet[Any, Any]
else:
    _ModelAdmin = admin.ModelAdmin
    _StackedInline = admin.StackedInline
    _BaseInlineFormSet = BaseInlineFormSet
    _BaseModelFormSet = BaseModelFormSet

# What a sidebar filter or a date hierarchy may append to its field's name in the address.
_FILTER_LOOKUPS = (
    *("", "__exact", "__id__exact", "__in", "__isnull"),
    *("__gte", "__lt", "__year", "__month", "__day"),
)


class ScopedRelatedFilter(admin.RelatedOnlyFieldListFilter):
    """A sidebar filter that names only rows the reader may see anyway."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> Any:
        used = model_admin.get_queryset(request).order_by().values(f"{self.field_path}__pk")
        rows = visible_rows(field.related_model, request.user).filter(pk__in=used)
        return [(str(row.pk), choice_label(row)) for row in rows]


class ScopedFormSet(_BaseInlineFormSet):
    """Takes the ids of the parent's own rows: Django looks among everybody's."""

    def add_fields(self, form: Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["id"].queryset = self.queryset  # type: ignore[attr-defined]


class ScopedListFormSet(_BaseModelFormSet):
    """The same for rows that are changed in the list itself."""

    def add_fields(self, form: Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["id"].queryset = self.queryset  # type: ignore[attr-defined]


class ScopedInline(_StackedInline):
    """Rows of the row whose page it is: whoever may change that one may change them.

    Works without a script: `extra` empty forms, more of them with the next save.
    """

    formset = ScopedFormSet
    extra = 2
    max_num = 30
    show_change_link = False

    def __init__(self, parent_model: type[models.Model], admin_site: admin.AdminSite) -> None:
        if self.raw_id_fields or self.autocomplete_fields:
            raise ImproperlyConfigured(f"{type(self).__name__}: these reach past the wall")
        super().__init__(parent_model, admin_site)

    @property
    def media(self) -> Media:
        return Media()

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        # Else a forged number makes a thousand forms more than there may be.
        return super().get_formset(request, obj, absolute_max=self.max_num, **kwargs)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return visible_rows(self.model, request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may_add_parent = obj is None and self._parent().has_add_permission(request)
        return may_add_parent or self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def _parent(self) -> admin.ModelAdmin[Any]:
        return self.admin_site.get_model_admin(self.parent_model)

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        kwargs["queryset"] = visible_rows(db_field.related_model, request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> NoReturn:
        raise ImproperlyConfigured("write the scope of a many-to-many choice first")


class ScopedAdmin(_ModelAdmin):
    # What each role may do with rows it can see: any of view, add, change, delete.
    counsellor_may: ClassVar[frozenset[str]] = frozenset()
    manager_may: ClassVar[frozenset[str]] = frozenset()
    technician_may: ClassVar[frozenset[str]] = frozenset()
    # The foreign key the server fills with the signed-in counsellor; never read from a form.
    owner_field: ClassVar[str | None] = None
    # What menus and lists call the rows, where the model's own name says too little.
    desk_name: ClassVar[Any] = ""
    # "View on site" would answer for rows of any caseload.
    view_on_site = False
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    # Django's own pickers come with unlabelled fields, and a note about a "server time".
    formfield_overrides: ClassVar[Any] = {
        models.DateField: {"widget": DateInput},
        models.TimeField: {"widget": TimeInput},
        models.DateTimeField: {"form_class": SplitDateTimeField, "widget": DateTimeInput},
    }
    actions: Any = ()

    def __init__(self, model: type[models.Model], admin_site: admin.AdminSite) -> None:
        scoped = all(issubclass(inline, ScopedInline) for inline in self.inlines)
        if self.raw_id_fields or not scoped:
            raise ImproperlyConfigured(
                f"{type(self).__name__}: raw ids, and inlines that are no ScopedInline, reach "
                "past the wall"
            )
        super().__init__(model, admin_site)

    # --- Which rows, and what with them -------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = visible_rows(self.model, request.user)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        # "?_to_field=" without a value would make Django look for a field without a name.
        return super().get_object(request, object_id, from_field or None)

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> NoReturn:
        raise Http404

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view", obj) or self._may(request, "change", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        nobody_to_own_it = self.owner_field and counsellor_of(request.user) is None
        return not nobody_to_own_it and self._may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete", obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) or self.has_add_permission(request)

    def _may(self, request: HttpRequest, verb: str, obj: Any = None) -> bool:
        user = request.user
        allowed = (
            (verb in self.counsellor_may and counsellor_of(user) is not None)
            or (verb in self.manager_may and is_manager(user))
            or (verb in self.technician_may and is_technician(user))
        )
        if not allowed or obj is None or obj._state.adding:
            return allowed
        return self._sees(request, obj)

    def _sees(self, request: HttpRequest, obj: Any) -> bool:
        """Asked of the database once a request: a page asks for each of its buttons."""
        seen = request.__dict__.setdefault("_rows_seen", {})
        key = (self.model, obj.pk)
        if key not in seen:
            seen[key] = visible_rows(self.model, request.user).filter(pk=obj.pk).exists()
        return bool(seen[key])

    # --- Forms --------------------------------------------------------------------------------

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        excluded = super().get_exclude(request, obj) or ()
        return (*excluded, self.owner_field) if self.owner_field else excluded

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if self.owner_field:
            return _owned(form, self.owner_field, counsellor_of(request.user))
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the address may prefill: never a row the reader cannot see."""
        initial = super().get_changeform_initial_data(request)
        for field in self.opts.fields:
            if field.is_relation and field.name in initial:
                pk = str(initial[field.name])
                rows = visible_rows(cast("Any", field.related_model), request.user)
                if not (_is_id(pk) and rows.filter(pk=pk).exists()):
                    del initial[field.name]
        return dict(initial)

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        # Limits the choices shown and, with the same queryset, the ones accepted.
        kwargs["queryset"] = visible_rows(db_field.related_model, request.user)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            field.label_from_instance = choice_label  # type: ignore[method-assign]
        return field

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        raise ImproperlyConfigured("write the scope of a many-to-many choice first")

    # --- Lists --------------------------------------------------------------------------------

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        title = self.desk_name or capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_formset(request, formset=ScopedListFormSet, **kwargs)

    def get_paginator(
        self, request: HttpRequest, queryset: Any, per_page: int, *args: Any, **kwargs: Any
    ) -> ShortSightedPaginator:
        page = page_asked_for(request)
        return ShortSightedPaginator(queryset, per_page, *args, page=page, **kwargs)

    def action_checkbox(self, obj: models.Model) -> SafeString:
        """Named like its row for those who hear it: `str()` is silent about people."""
        label = gettext("Choose %(row)s") % {"row": self.row_words(obj)}
        checkbox = CheckboxInput(
            {"class": "action-select", "aria-label": label}, lambda _value: False
        )
        return checkbox.render(ACTION_CHECKBOX_NAME, str(obj.pk))

    def row_words(self, obj: models.Model) -> str:
        return choice_label(obj)

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [self._scoped_filter(item) for item in super().get_list_filter(request)]

    def _scoped_filter(self, item: Any) -> Any:
        if isinstance(item, str) and get_fields_from_path(self.model, item)[-1].is_relation:
            return (item, ScopedRelatedFilter)
        return item

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only the filters on the page: an address must not ask what no page offers."""
        names = {
            *(getattr(item, "parameter_name", item) for item in self.list_filter),
            self.date_hierarchy,
        }
        paths = {name[0] if isinstance(name, tuple | list) else name for name in names}
        return any(lookup == f"{path}{suffix}" for path in paths for suffix in _FILTER_LOOKUPS)

    def response_action(
        self, request: HttpRequest, queryset: models.QuerySet[Any], *args: Any, **kwargs: Any
    ) -> Any:
        # A forged id that is none would make the filter over the chosen rows raise.
        post = request.POST.copy()
        chosen = post.getlist(ACTION_CHECKBOX_NAME)
        post.setlist(ACTION_CHECKBOX_NAME, [pk for pk in chosen if _is_id(pk)])
        request.POST = post  # type: ignore[assignment]
        return super().response_action(request, queryset, *args, **kwargs)

    # --- One row ------------------------------------------------------------------------------

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        # Asked first, so that the answer tells nothing about which rows there are.
        if not self.has_delete_permission(request):
            raise PermissionDenied
        return super().delete_view(request, object_id, extra_context)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """As Django's, but rows the reader may not see stop the deletion, unnamed."""
        if reaches_hidden_rows(objs, request.user):
            return [], {}, set(), [gettext("Other records that depend on this.")]
        return super().get_deleted_objects(objs, request)


def visible_rows(model: type[models.Model], user: AnyUser) -> models.QuerySet[Any]:
    """The rows of `model` this person may reach; every model of ours says which."""
    manager = model._default_manager
    if not hasattr(manager, "visible_to"):
        raise ImproperlyConfigured(f"{model._meta.label} does not say who may see its rows")
    return cast("models.QuerySet[Any]", manager.visible_to(user))


def choice_label(obj: models.Model) -> str:
    """What a choice list calls a row: its name where `str()` must stay silent."""
    return str(getattr(obj, "name", "") or obj)


def reaches_hidden_rows(objs: Iterable[models.Model], user: AnyUser) -> bool:
    """Whether deleting `objs` would touch, or be stopped by, rows `user` may not see."""
    rows = list(objs)
    if not rows:
        return False
    collector = NestedObjects(using=router.db_for_write(type(rows[0])), origin=rows)
    with whole_practice():
        # What the reader may not see counts most here.
        collector.collect(rows)
    reached: dict[type[models.Model], set[Any]] = {}
    for row in chain(*collector.model_objs.values(), collector.protected):
        reached.setdefault(type(row), set()).add(row.pk)
    return any(not _all_visible(model, keys, user) for model, keys in reached.items())


def _all_visible(model: type[models.Model], keys: set[Any], user: AnyUser) -> bool:
    if not hasattr(model._default_manager, "visible_to"):
        return False
    return visible_rows(model, user).filter(pk__in=keys).count() == len(keys)


def _owned(form: Any, owner_field: str, owner: Any) -> Any:
    """The form class, new rows belonging to `owner` before they are validated.

    Set that early, the constraints that name the owner (a name unique per counsellor) answer
    beside the field instead of at the database.
    """

    class OwnedForm(form):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            if self.instance._state.adding:
                setattr(self.instance, owner_field, owner)

        def _get_validation_exclusions(self) -> set[str]:
            return cast("set[str]", super()._get_validation_exclusions()) - {owner_field}

    return OwnedForm


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
