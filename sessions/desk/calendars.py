"""The page "Calendars" at the desk: one's own appointments elsewhere, and other calendars here."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from counsel.accounts.models import Counsellor
from counsel.accounts.roles import counsellor_of
from counsel.accounts.scoped_admin import ScopedAdmin
from counsel.common.errors import DomainError
from counsel.common.http import id_or_404
from sessions.access import imported_calendar_of
from sessions.models import ImportedCalendar
from sessions.services import (
    calendar_add,
    calendar_read_soon,
    calendar_remove,
    calendar_rename,
    calendar_turn,
    feed_end,
    feed_make,
    feed_of,
)
from sessions.views.feeds import feed_addresses
from sessions.wording import when_words

LIST = "admin:consultations_importedcalendar_changelist"
ONE = "admin:consultations_importedcalendar_change"

Trouble = ImportedCalendar.Trouble
_TROUBLES = {
    Trouble.ADDRESS: _("Its address leads to where nothing is read from: copy it anew."),
    Trouble.UNREACHABLE: _("Nothing answered there, or not to the end."),
    Trouble.REFUSED: _(
        "Its server did not hand it over. If this stays so, the address may have been changed "
        "or withdrawn: copy it anew."
    ),
    Trouble.TOO_LARGE: _("It is too large to be read, or repeats too much."),
    Trouble.UNREADABLE: _("What came is no calendar. Is it the address that ends in .ics?"),
}


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("What you call it"),
        help_text=_("Only you see this name."),
        max_length=80,
        error_messages={"required": _("Please give it a name.")},
    )


class AddForm(NameForm):
    address = forms.CharField(
        label=_("Its secret address"),
        help_text=_(
            "It begins with https:// or webcal:// and mostly ends in .ics. Your calendar program "
            "shows it where you share or publish a calendar."
        ),
        max_length=2_000,
        error_messages={"required": _("Please paste the address of the calendar.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


@dataclass(frozen=True)
class State:
    """How a calendar stands: a word with its shape, and a sentence or two."""

    shape: str
    word: str
    words: str


@admin.register(ImportedCalendar)
class ImportedCalendarAdmin(ScopedAdmin):
    counsellor_may = frozenset({"view", "add", "change"})
    owner_field = "counsellor"
    desk_name = _("Calendars")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        name = "consultations_importedcalendar"
        own = [
            path("feed/", wrap(self.feed_view), name=f"{name}_feed"),
            path("<uuid:pk>/do/<slug:change>/", wrap(self.do_view), name=f"{name}_do"),
            path("<uuid:pk>/remove/", wrap(self.remove_view), name=f"{name}_remove"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return self._list_page(request, self._owner(request), secret="")

    def feed_view(self, request: HttpRequest) -> HttpResponse:
        return require_POST(self._feed)(request)

    def _feed(self, request: HttpRequest) -> HttpResponse:
        """Makes, renews or ends the address. A new one is on the page that answers, only there."""
        counsellor = self._owner(request)
        if request.POST.get("do") == "make":
            return self._list_page(request, counsellor, secret=feed_make(owner=counsellor))
        feed_end(owner=counsellor)
        messages.success(
            request, gettext("The address is turned off. Nobody reads there any more.")
        )
        return redirect(LIST)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        counsellor = self._owner(request)
        form = AddForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                added = calendar_add(counsellor=counsellor, **form.cleaned_data)
            except DomainError as error:
                form.add_error(error.field, error.message)
            else:
                self.log_addition(request, added, [{"added": {}}])
                messages.success(request, gettext("It is read within a minute or two."))
                return redirect(LIST)
        return self._page(request, "desk_calendar_add", _("Add a calendar"), form=form)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        counsellor = self._owner(request)
        calendar = imported_calendar_of(request.user, id_or_404(object_id))
        form = NameForm(request.POST or None, initial={"name": calendar.name})
        if request.method == "POST" and form.is_valid():
            calendar_rename(calendar=calendar, name=form.cleaned_data["name"])
            self.log_change(request, calendar, [{"changed": {"fields": ["name"]}}])
            return redirect(LIST)
        return self._page(
            request,
            "desk_calendar_own",
            calendar.name,
            form=form,
            calendar=calendar,
            state=state_of(calendar, counsellor, timezone.now()),
            # Not what lets others read it.
            host=urlsplit(calendar.address).hostname,
        )

    def do_view(self, request: HttpRequest, pk: uuid.UUID, change: str) -> HttpResponse:
        return require_POST(self._do)(request, pk, change)

    def _do(self, request: HttpRequest, pk: uuid.UUID, change: str) -> HttpResponse:
        self._owner(request)
        calendar = imported_calendar_of(request.user, pk)
        if change == "read":
            calendar_read_soon(calendar=calendar)
            messages.success(request, gettext("It is read within a minute or two."))
        elif change in {"on", "off"}:
            calendar_turn(calendar=calendar, on=change == "on")
            self.log_change(request, calendar, [{"changed": {"fields": ["is_on"]}}])
        else:
            raise Http404
        return redirect(ONE, pk)

    def remove_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        self._owner(request)
        calendar = imported_calendar_of(request.user, pk)
        if request.method == "POST":
            calendar_remove(calendar=calendar)
            messages.success(request, gettext("Removed, with its busy times."))
            return redirect(LIST)
        return self._page(
            request, "desk_calendar_remove", _("Remove a calendar"), calendar=calendar
        )

    def _owner(self, request: HttpRequest) -> Counsellor:
        counsellor = counsellor_of(request.user)
        if counsellor is None:
            raise PermissionDenied
        return counsellor

    def _list_page(
        self, request: HttpRequest, counsellor: Counsellor, *, secret: str
    ) -> HttpResponse:
        now = timezone.now()
        ahead = Count("busy_times", filter=Q(busy_times__ends_at__gt=now))
        calendars = self.get_queryset(request).annotate(ahead=ahead).order_by("name")
        feed = feed_of(counsellor)
        return self._page(
            request,
            "desk_calendars",
            self.desk_name,
            feed=feed,
            feed_read=_when(feed.last_read_at if feed else None, counsellor),
            calendars=[(row, state_of(row, counsellor, now)) for row in calendars],
            **feed_addresses(secret),
        )

    def _page(
        self, request: HttpRequest, template: str, title: Any, **context: Any
    ) -> HttpResponse:
        frame = self.admin_site.each_context(request)
        told = {**frame, "title": title, "opts": self.opts, **context}
        return TemplateResponse(request, f"sessions/{template}.html", told)


def state_of(calendar: ImportedCalendar, counsellor: Counsellor, now: datetime) -> State:
    read = _when(calendar.fetched_at, counsellor)
    if not calendar.is_on:
        return State("status-off", gettext("off"), gettext("Its times are open to be booked."))
    if calendar.trouble:
        return State("status-risk", gettext("not read"), _trouble_words(calendar, read))
    if calendar.tried_at is None or calendar.fetched_at is None:
        words = gettext("It is read within a minute or two.")
        return State("status-wait", gettext("waiting"), words)
    return State("status-on", gettext("read"), _read_words(calendar, read))


def _read_words(calendar: ImportedCalendar, read: str) -> str:
    said = gettext("Last read on %(when)s.") % {"when": read}
    ahead = getattr(calendar, "ahead", None)
    if ahead is None:
        return said
    count = ngettext("%(count)s busy time ahead.", "%(count)s busy times ahead.", ahead)
    return f"{said} {count % {'count': ahead}}"


def _trouble_words(calendar: ImportedCalendar, read: str) -> str:
    said = str(_TROUBLES[Trouble(calendar.trouble)])
    if not read:
        return f"{said} {gettext('Nothing has been read so far, so none of its times are kept.')}"
    kept = gettext(
        "Last read on %(when)s; the times read then stay kept until it can be read again, or you "
        "turn it off. It is tried every quarter of an hour."
    )
    return f"{said} {kept % {'when': read}}"


def _when(instant: datetime | None, counsellor: Counsellor) -> str:
    return "" if instant is None else when_words(instant, counsellor.zone)
