"""The counsellor's hours at the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from counsel.accounts.roles import counsellor_of
from counsel.accounts.scoped_admin import ScopedAdmin
from sessions.models import AvailabilityException, AvailabilityRule
from sessions.wording import when_words, zone_words


def clock_words(request: HttpRequest) -> str:
    counsellor = counsellor_of(request.user)
    if counsellor is None:
        return ""
    return gettext("All times are by your own clock: %(zone)s.") % {
        "zone": zone_words(counsellor.zone)
    }


@admin.register(AvailabilityRule)
class AvailabilityRuleAdmin(ScopedAdmin):
    counsellor_may = frozenset({"view", "add", "change", "delete"})
    owner_field = "counsellor"
    list_display = ("weekday", "starts", "ends", "valid_from", "valid_until")
    ordering = ("weekday", "starts")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        hours = {"fields": ("weekday", "starts", "ends"), "description": clock_words(request)}
        return ((None, hours), (_("Only for a while"), {"fields": ("valid_from", "valid_until")}))


@admin.register(AvailabilityException)
class AvailabilityExceptionAdmin(ScopedAdmin):
    """Read and shown by the counsellor's clock, wherever they travel with their account's."""

    counsellor_may = frozenset({"view", "add", "change", "delete"})
    owner_field = "counsellor"
    list_display = ("kind", "from_words", "until_words")
    list_filter = ("kind",)
    ordering = ("-starts_at",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = ("kind", "starts_at", "ends_at")
        return ((None, {"fields": fields, "description": clock_words(request)}),)

    @admin.display(description=_("from"), ordering="starts_at")
    def from_words(self, exception: AvailabilityException) -> str:
        return when_words(exception.starts_at, exception.counsellor.zone)

    @admin.display(description=_("until"), ordering="ends_at")
    def until_words(self, exception: AvailabilityException) -> str:
        return when_words(exception.ends_at, exception.counsellor.zone)

    list_select_related = ("counsellor",)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        counsellor = counsellor_of(request.user)
        if counsellor is None:
            return super().changeform_view(request, *args, **kwargs)
        with timezone.override(counsellor.zone):
            return rendered(super().changeform_view(request, *args, **kwargs))


def rendered(response: HttpResponse) -> HttpResponse:
    """Rendered now, while the clock it was made for still holds."""
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    return response
