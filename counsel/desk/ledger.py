"""The ledger of reminders at the desk: with the names the ledger itself does not hold."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.reminders.admin import ReminderAdmin
from counsel.reminders.models import Reminder

# Whom a row may be for who is in no caseload yet: they have given an address, and no more.
NOT_YET_CLIENTS = frozenset({"hold", "waiting"})


class NamedChangeList(ChangeList):
    """Looks up, once a page, the clients of the reader's caseload that the rows are for."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        keys = {_client_key(row) for row in self.result_list} - {""}
        clients = Client.objects.visible_to(request.user).filter(pk__in=keys)
        names = {str(client.pk): client.name for client in clients}
        for row in self.result_list:
            row.client_name = names.get(_client_key(row), "")


class LedgerAdmin(ReminderAdmin):
    list_display = ("due", "fate", "what", "recipient")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return NamedChangeList

    @admin.display(description=_("to"))
    def recipient(self, reminder: Any) -> str | SafeString:
        if reminder.person.partition(":")[0] in NOT_YET_CLIENTS:
            return gettext("somebody who asked for a time")
        if not reminder.client_name:
            return self.to_whom(reminder)
        url = reverse("admin:clients_client_change", args=[_client_key(reminder)])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', url, reminder.client_name)


def _client_key(reminder: Reminder) -> str:
    """The client's id in the row; empty for a row about anybody else."""
    role, _colon, key = reminder.person.partition(":")
    try:
        return str(uuid.UUID(key)) if role == "client" else ""
    except ValueError:
        return ""
