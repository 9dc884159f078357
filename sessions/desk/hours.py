"""The page "Your hours" at the desk, and the forms that lead on from it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from counsel.accounts.models import Counsellor
from counsel.accounts.scoped_admin import visible_rows
from counsel.common.zones import local_date
from sessions.desk.clock import ClockPage
from sessions.desk.hours_admin import HOURS, HoursAdmin
from sessions.desk.hours_forms import CopyForm, SpanForm, WeeklyForm
from sessions.desk.week import hours_words, rule_facts, span_words, week_of
from sessions.models import AvailabilityException, AvailabilityRule, Service, Weekday

KINDS = AvailabilityException.Kind
MOST_PAST = 20


@admin.register(AvailabilityRule)
class AvailabilityRuleAdmin(ClockPage):
    desk_name = _("Your hours")

    def get_urls(self) -> list[URLPattern]:
        name = "consultations_availabilityrule"
        wrap = self.admin_site.admin_view
        own = [
            path("copy/", wrap(self.copy_view), name=f"{name}_copy"),
            path("clock/", wrap(self.clock_view), name=f"{name}_clock"),
        ]
        return [*own, *super().get_urls()]

    def words(self, row: AvailabilityRule) -> str:
        hours = f"{row.get_weekday_display()} {hours_words(row.starts, row.ends)}"
        return ", ".join([hours, *rule_facts(row)])

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        counsellor = self._owner(request)
        now = timezone.now()
        today = local_date(now, counsellor.zone)
        rules = list(self.get_queryset(request).select_related("service"))
        over = [rule for rule in rules if rule.valid_until and rule.valid_until < today]
        held = [rule for rule in rules if rule not in over]
        spans = visible_rows(AvailabilityException, request.user)
        coming = _told(spans.filter(ends_at__gt=now).order_by("starts_at"), counsellor)
        past = spans.filter(ends_at__lte=now).order_by("-starts_at")[:MOST_PAST]
        return self._page(
            request,
            "sessions/desk_hours.html",
            self.desk_name,
            week=week_of(held, today) if held else None,
            special=[(rule, self.words(rule)) for rule in held if rule_facts(rule)],
            over=[(rule, self.words(rule)) for rule in over],
            time_off=[told for told in coming if told[0].kind == KINDS.TIME_OFF],
            extra=[told for told in coming if told[0].kind == KINDS.EXTRA],
            past=_told(past, counsellor),
        )

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        rule = None if object_id is None else self._own(request, object_id)
        form = WeeklyForm(
            request.POST or None,
            services=visible_rows(Service, request.user),
            there=visible_rows(AvailabilityRule, request.user),
            rule=rule,
            initial={"weekdays": _asked_for(request)} if rule is None else None,
        )
        title = gettext("Change weekly hours") if rule else gettext("Add weekly hours")
        fields = "sessions/_hours_weekly_fields.html"
        return self._form_page(request, form, title, fields, original=rule)

    def copy_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = CopyForm(
            request.POST or None,
            there=visible_rows(AvailabilityRule, request.user),
            initial={"source": next(iter(_asked_for(request)), 0)},
        )
        return self._form_page(
            request, form, gettext("Copy a day's hours"), "sessions/_hours_copy_fields.html"
        )


def _asked_for(request: HttpRequest) -> list[int]:
    """The weekday the page was opened for, if the address names one."""
    named = request.GET.get("weekday", "")
    return [day.value for day in Weekday if str(day.value) == named]


def _told(rows: Any, counsellor: Counsellor) -> list[tuple[AvailabilityException, str]]:
    return [(row, span_words(row, counsellor.zone)) for row in rows]


@admin.register(AvailabilityException)
class AvailabilityExceptionAdmin(HoursAdmin):
    """Part of "Your hours": by the counsellor's own clock, not by that of their account."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def words(self, row: AvailabilityException) -> str:
        return f"{row.get_kind_display().capitalize()}: {span_words(row, row.counsellor.zone)}"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect(HOURS)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        row = None if object_id is None else self._own(request, object_id)
        asked = KINDS.EXTRA if request.GET.get("kind") == KINDS.EXTRA else KINDS.TIME_OFF
        kind = row.kind if row else asked
        form = SpanForm(request.POST or None, zone=self._owner(request).zone, kind=kind, row=row)
        title = TITLES[kind][row is not None]
        fields = "sessions/_hours_span_fields.html"
        return self._form_page(request, form, title, fields, original=row)


TITLES = {
    KINDS.TIME_OFF: (_("Add time off"), _("Change time off")),
    KINDS.EXTRA: (_("Add extra hours"), _("Change extra hours")),
}
