"""The caseload in the admin: the list, and the client's page with the brief on top."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import admin
from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from clients.admin import ClientAdmin
from clients.models import Client
from counsel.desk import assigning, client_pages
from counsel.desk.brief import Choice, brief_of
from exercises.models import Entry
from sessions.models import Consultation

_SHAPES = {
    Client.Status.PROSPECTIVE: "wait",
    Client.Status.ACTIVE: "on",
    Client.Status.PAUSED: "off",
    Client.Status.ENDED: "done",
}


class CaseloadAdmin(ClientAdmin):
    """No search: what is typed into it would stand in the address and in logs."""

    list_display = ("name_isolated", "status_mark", "next_at", "last_practised", "unread")
    list_filter = ("status",)
    ordering = ("name",)
    actions = ("assign",)
    change_form_template = "desk/client.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_practice(super().get_queryset(request), timezone.now())

    @admin.display(description=_("name"), ordering="name")
    def name_isolated(self, client: Client) -> str:
        return format_html("<bdi>{}</bdi>", client.name)

    @admin.display(description=_("status"), ordering="status")
    def status_mark(self, client: Client) -> str:
        shape = _SHAPES[Client.Status(client.status)]
        return format_html(
            '<span class="status status-{}">{}</span>', shape, client.get_status_display()
        )

    @admin.display(description=_("next"), ordering="found_next_at", empty_value="–")
    def next_at(self, client: Any) -> str | None:
        at: datetime | None = client.found_next_at
        return date_format(timezone.localtime(at), "D j M, H:i") if at else None

    @admin.display(description=_("practised"), ordering="found_last_day", empty_value="–")
    def last_practised(self, client: Any) -> str | None:
        day: date | None = client.found_last_day
        return date_format(day, "D j M") if day else None

    @admin.display(description=_("unread"), ordering="found_unread")
    def unread(self, client: Any) -> str:
        if not client.found_unread:
            return "0"
        return format_html('<span class="status status-new">{}</span>', client.found_unread)

    @admin.action(description=_("Assign an exercise"), permissions=["change"])
    def assign(self, request: HttpRequest, queryset: QuerySet[Client]) -> HttpResponse:
        return assigning.assign_page(request, list(queryset))

    def get_urls(self) -> list[URLPattern]:
        return [*client_pages.urls(self.admin_site.admin_view), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        client = context.get("original")
        # One way to save: the page is for reading first.
        context.update(show_save_and_add_another=False, show_save_and_continue=False)
        if client is not None:
            # The title stands in the browser's history: it says nobody's name.
            context["title"] = _("Client")
            choice = Choice.of(request.GET)
            context["brief"] = brief_of(client, timezone.now(), choice)
            context["span_query"] = f"?{request.GET.urlencode()}" if request.GET else ""
        return super().render_change_form(request, context, *args, **kwargs)


def with_practice(clients: QuerySet[Any], now: datetime) -> Any:
    """Adds the columns of the list that other tables know."""
    coming = Consultation.objects.holding().filter(client=OuterRef("pk"), starts_at__gt=now)
    entries = Entry.objects.filter(client=OuterRef("pk")).order_by()
    done = entries.told().filter(outcome=Entry.Outcome.DONE).values("client")
    unread = entries.unread().values("client")
    return clients.annotate(
        found_next_at=Subquery(coming.order_by("starts_at").values("starts_at")[:1]),
        found_last_day=Subquery(done.annotate(day=Max("local_date")).values("day")),
        found_unread=Coalesce(Subquery(unread.annotate(n=Count("pk")).values("n")), 0),
    )
