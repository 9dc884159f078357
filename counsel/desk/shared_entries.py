"""What clients share, as a list at the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from counsel.audit.recorded_admin import RecordedAdmin
from exercises.models import Entry


class ReadFilter(admin.SimpleListFilter):
    title = _("read")
    parameter_name = "read"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("unread")), ("yes", _("read"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"no", "yes"}:
            return queryset
        return queryset.filter(seen=self.value() == "yes")


class SharedEntryAdmin(RecordedAdmin):
    """What clients let their counsellor read. Drafts and private entries do not exist here."""

    counsellor_may = frozenset({"view"})
    desk_name = _("Shared entries")
    list_display = ("exercise", "client_name", "day", "outcome", "seen_mark")
    list_filter = (ReadFilter, "client", "outcome")
    list_select_related = ("client", "version", "review")
    list_per_page = 50
    ordering = ("-happened_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        shared: QuerySet[Any] = rows.shared()
        return shared

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        entry = self.get_object(request, object_id)
        if entry is None or not self.has_view_permission(request):
            return super().change_view(request, object_id, form_url, extra_context)
        return redirect(reverse("admin:clients_client_entry", args=[entry.client_id, entry.pk]))

    @admin.display(description=_("exercise"), ordering="version__title")
    def exercise(self, entry: Entry) -> str:
        return entry.version.title

    @admin.display(description=_("client"), ordering="client__name")
    def client_name(self, entry: Entry) -> str:
        return format_html("<bdi>{}</bdi>", entry.client.name)

    @admin.display(description=_("day"), ordering="happened_at")
    def day(self, entry: Entry) -> str:
        return date_format(entry.local_date, "D j M Y")

    @admin.display(description=_("read"))
    def seen_mark(self, entry: Entry) -> str:
        review = getattr(entry, "review", None)
        if review is None:
            return format_html('<span class="status status-new">{}</span>', _("unread"))
        words = _("talked about") if review.reviewed_at else _("read")
        return format_html('<span class="status status-done">{}</span>', words)
