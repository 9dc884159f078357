"""The ledger of reminders at the desk: with the names the ledger itself does not hold."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.accounts.roles import counsellor_of
from counsel.desk.ledger import faring, pages
from counsel.desk.ledger.due import DueFilter
from counsel.desk.ledger.finding import Finding
from counsel.desk.ledger.people import client_id_of, client_of, is_not_yet_client
from counsel.reminders.admin import ChannelFilter, KindFilter, ReminderAdmin, StateFilter
from counsel.reminders.models import Reminder
from sessions.wording import zone_words


class NamedChangeList(ChangeList):
    """Looks up, once a page, the clients of the reader's caseload that the rows are for."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.reader = counsellor_of(request.user)
        keys = {client_id_of(row) for row in self.result_list} - {None}
        clients = Client.objects.visible_to(request.user).filter(pk__in=keys)
        names = dict(clients.values_list("pk", "name"))
        for row in self.result_list:
            row.client_name = names.get(client_id_of(row), "")

    def url_for_result(self, result: Any) -> str:
        """To how it reads, for whoever may read it."""
        if _may_read(self.reader, result):
            return reverse("admin:reminders_reminder_message", args=[result.pk])
        return super().url_for_result(result)


class LedgerAdmin(Finding, ReminderAdmin):
    list_display = ("due", "fate", "what_and_how", "recipient")
    list_filter = (StateFilter, DueFilter, ChannelFilter, KindFilter)
    change_list_template = "desk/ledger/list.html"
    change_form_template = "desk/ledger/row.html"

    readonly_fields = (*ReminderAdmin.readonly_fields, "about_what", "recipient")

    def client_id_of(self, obj: Any) -> uuid.UUID | None:
        """Whose name it is shown with."""
        return client_id_of(obj) if obj.client_name else None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        named = {"subject": "about_what", "person": "recipient"}
        return [named.get(name, name) for name in super().get_fields(request, obj)]

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        row: Any = super().get_object(request, *args, **kwargs)
        if row is not None:
            client = client_of(request.user, row)
            row.client_name = client.name if client else ""
        return row

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return NamedChangeList

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        find = path("find/", wrap(self.find_view), name="reminders_reminder_find")
        return [find, *faring.urls(wrap), *pages.urls(wrap), *super().get_urls()]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup in DueFilter.parameters or super().lookup_allowed(lookup, value, request)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["zone"] = zone_words(timezone.get_current_timezone())
        context["may_read"] = _may_read(counsellor_of(request.user), context["original"])
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("message"))
    def what_and_how(self, reminder: Reminder) -> SafeString:
        how = reminder.get_channel_display()
        return format_html('{}, <span class="ledger-how">{}</span>', self.what(reminder), how)

    @admin.display(description=_("about"))
    def about_what(self, reminder: Any) -> str | SafeString:
        """A consultation of one's own by its page; anything else by its key."""
        role, _colon, key = reminder.subject.partition(":")
        if role != "consultation" or not reminder.client_name:
            return str(reminder.subject)
        url = reverse("admin:consultations_consultation_change", args=[key])
        return format_html('<a href="{}">{}</a>', url, gettext("their consultation"))

    @admin.display(description=_("to"))
    def recipient(self, reminder: Any) -> str | SafeString:
        if is_not_yet_client(reminder):
            return gettext("somebody who asked for a time")
        if not reminder.client_name:
            return self.to_whom(reminder)
        url = reverse("admin:clients_client_change", args=[client_id_of(reminder)])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', url, reminder.client_name)


def _may_read(reader: Counsellor | None, reminder: Reminder) -> bool:
    """A manager sees that it is there, and not what it says."""
    return reader is not None and reminder.counsellor_id == reader.pk
