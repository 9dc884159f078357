"""The caseload in the admin: the list, and the client's page with the brief on top."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.admin import ClientAdmin
from clients.models import Client
from clients.reach import takes_nothing
from counsel.desk import client_pages
from counsel.desk.brief import Choice, brief_of
from counsel.desk.caseload import keeping, resting
from counsel.desk.caseload.acts import CaseloadActs
from counsel.desk.caseload.columns import CaseloadColumns, with_next
from counsel.desk.caseload.filters import NeedFilter, StatusFilter
from counsel.desk.caseload.finding import Finding
from counsel.desk.needs import caseload_of


class CaseloadAdmin(CaseloadActs, CaseloadColumns, Finding, ClientAdmin):
    """No search of Django's: what is typed into it would stand in the address and in logs."""

    list_display = (
        *("name_isolated", "next_at", "last_practised", "done_of_planned"),
        *("unread", "flag", "trend", "status_mark"),
    )
    list_filter = (StatusFilter, NeedFilter)
    list_select_related = ("standing",)
    ordering = ("name",)
    change_form_template = "desk/client.html"
    change_list_template = "desk/caseload/list.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_next(super().get_queryset(request), timezone.now())

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        context = extra_context or {}
        if self.has_view_permission(request):
            caseload_of(request.user, timezone.now())
            context = keeping.links(request) | context
        return super().changelist_view(request, context)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        find = path("find/", wrap(self.find_view), name="clients_client_find")
        own = [find, *keeping.urls(wrap), *resting.urls(wrap), *client_pages.urls(wrap)]
        return [*own, *super().get_urls()]

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
            coming_back = Client.objects.these(client).filter(takes_nothing())
            context["messages_come_back"] = coming_back.exists()
            context["span_query"] = f"?{request.GET.urlencode()}" if request.GET else ""
        return super().render_change_form(request, context, *args, **kwargs)
