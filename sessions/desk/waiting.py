"""The waiting list at the desk: who waits for what, and what they were offered."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import time_format
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.roles import counsellor_of
from counsel.accounts.scoped_admin import visible_rows
from counsel.audit.recorded_admin import RecordedAdmin
from counsel.common.errors import DomainError
from counsel.common.lookalikes import spelt_out
from counsel.common.zones import get_zone
from sessions.desk.waiting_forms import PutOnListForm
from sessions.models import Hold, Service, WaitingEntry
from sessions.services import waiting_join, waiting_leave
from sessions.services.waiting import ON_THE_LIST
from sessions.wording import day_words, when_words, zone_words


@admin.register(WaitingEntry)
class WaitingEntryAdmin(RecordedAdmin):
    """To read, to put a client on it, and to take somebody off. Offers are made by themselves."""

    counsellor_may = frozenset({"view", "add"})
    desk_name = _("Waiting list")
    list_display = ("name", "service_name", "wishes", "state_words", "offer_words", "since")
    list_filter = ("service",)
    fields = (
        *("name", "email_words", "service_name", "wishes", "clock"),
        *("state_words", "offer_words", "since"),
    )
    ordering = ("created_at",)
    actions = ("take_off",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).filter(state__in=ON_THE_LIST)
        return rows.select_related("service", "counsellor").prefetch_related("offers")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        counsellor = counsellor_of(request.user)
        if counsellor is None or not self.has_add_permission(request):
            raise PermissionDenied
        form = PutOnListForm(
            request.POST or None,
            clients=visible_rows(Client, request.user).exclude(status=Client.Status.ENDED),
            services=visible_rows(Service, request.user),
            initial={"client": request.GET.get("client")},
        )
        if request.method == "POST" and form.is_valid():
            try:
                _put_on_list(form)
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, error.message)
            else:
                messages.success(request, gettext("On the list. Offers go out by themselves."))
                return redirect("admin:consultations_waitingentry_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Put a client on the waiting list"),
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "sessions/desk_waiting.html", context)

    @admin.action(description=_("Take off the list"), permissions=["view"])
    def take_off(self, request: HttpRequest, queryset: QuerySet[WaitingEntry]) -> None:
        entries = list(queryset)
        for entry in entries:
            waiting_leave(entry=entry)
        said = ngettext(
            "%(count)d person is off the list.", "%(count)d people are off the list.", len(entries)
        )
        messages.success(request, said % {"count": len(entries)})

    def row_words(self, obj: Any) -> str:
        return str(obj.name)

    # --- Columns --------------------------------------------------------------------------

    @admin.display(description=_("service"), ordering="service__name")
    def service_name(self, entry: WaitingEntry) -> str:
        return entry.service.name

    @admin.display(description=_("e-mail address"))
    def email_words(self, entry: WaitingEntry) -> str:
        return spelt_out(entry.email)

    @admin.display(description=_("wishes"))
    def wishes(self, entry: WaitingEntry) -> str:
        days = ", ".join(str(WEEKDAYS_ABBR[day]) for day in entry.weekdays)
        parts = [days or gettext("any day")]
        if entry.earliest:
            parts.append(gettext("from %(time)s") % {"time": time_format(entry.earliest, "H:i")})
        if entry.latest:
            parts.append(gettext("until %(time)s") % {"time": time_format(entry.latest, "H:i")})
        return ", ".join(parts)

    @admin.display(description=_("by the clock of"))
    def clock(self, entry: WaitingEntry) -> str:
        return zone_words(get_zone(entry.time_zone))

    @admin.display(description=_("state"), ordering="state")
    def state_words(self, entry: WaitingEntry) -> str:
        shape = "status-on" if entry.state == WaitingEntry.State.WAITING else "status-wait"
        words = entry.get_state_display()
        return format_html('<span class="status {}">{}</span>', shape, words)

    @admin.display(description=_("since"), ordering="created_at")
    def since(self, entry: WaitingEntry) -> str:
        return day_words(entry.created_at.astimezone(entry.counsellor.zone).date())

    @admin.display(description=_("last offered"))
    def offer_words(self, entry: WaitingEntry) -> str:
        offers = sorted(entry.offers.all(), key=lambda offer: offer.created_at)
        if not offers:
            return "—"
        return f"{when_words(offers[-1].starts_at, entry.counsellor.zone)}: {_answer(offers[-1])}"


def _answer(offer: Hold) -> str:
    return {
        Hold.State.OPEN: gettext("waiting for an answer"),
        Hold.State.USED: gettext("booked"),
        Hold.State.RELEASED: gettext("said no"),
        Hold.State.EXPIRED: gettext("did not answer"),
    }[Hold.State(offer.state)]


def _put_on_list(form: PutOnListForm) -> None:
    client: Client = form.cleaned_data["client"]
    waiting_join(
        service=form.cleaned_data["service"],
        name=client.name,
        email=client.email,
        time_zone=client.time_zone,
        language=client.language,
        client=client,
        **form.wishes,
    )
