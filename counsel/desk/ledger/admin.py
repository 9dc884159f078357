"""The ledger of reminders at the desk: with the names the ledger itself does not hold."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.desk.ledger import pages
from counsel.desk.ledger.people import client_id_of, is_not_yet_client
from counsel.reminders.admin import ReminderAdmin


class NamedChangeList(ChangeList):
    """Looks up, once a page, the clients of the reader's caseload that the rows are for."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        keys = {client_id_of(row) for row in self.result_list} - {None}
        clients = Client.objects.visible_to(request.user).filter(pk__in=keys)
        names = dict(clients.values_list("pk", "name"))
        for row in self.result_list:
            row.client_name = names.get(client_id_of(row), "")


class LedgerAdmin(ReminderAdmin):
    list_display = ("due", "fate", "what", "recipient")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return NamedChangeList

    def get_urls(self) -> list[URLPattern]:
        return [*pages.urls(self.admin_site.admin_view), *super().get_urls()]

    @admin.display(description=_("to"))
    def recipient(self, reminder: Any) -> str | SafeString:
        if is_not_yet_client(reminder):
            return gettext("somebody who asked for a time")
        if not reminder.client_name:
            return self.to_whom(reminder)
        url = reverse("admin:clients_client_change", args=[client_id_of(reminder)])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', url, reminder.client_name)
