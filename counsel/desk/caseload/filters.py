"""By what the caseload is filtered: the status, and what somebody needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.desk.needs import OF_ANY_STATUS, Need, label, rules

EVERYBODY = "all"
TEMPLATE = "desk/caseload/filter.html"


class StatusFilter(admin.SimpleListFilter):
    """Who has ended is not shown unless asked for: by status, or by what is not over for them."""

    title = _("status")
    parameter_name = "status__exact"
    template = TEMPLATE

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*Client.Status.choices, (EVERYBODY, _("everybody"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield {**first, "display": _("all but ended")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        status = self.value()
        if status in Client.Status.values:
            return queryset.filter(status=status)
        if status == EVERYBODY or request.GET.get("need") in OF_ANY_STATUS:
            return queryset
        return queryset.exclude(status=Client.Status.ENDED)


class NeedFilter(admin.SimpleListFilter):
    """The same rules by which the first page counts."""

    title = _("what they need")
    parameter_name = "need"
    template = TEMPLATE

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        self.rules = rules(timezone.now())
        super().__init__(request, *args)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(need.value, label(need, self.rules)) for need in Need]

    def choices(self, changelist: Any) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield {**first, "display": _("any need or none")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        need = self.value()
        return queryset.filter(self.rules.of(Need(need))) if need in Need.values else queryset
