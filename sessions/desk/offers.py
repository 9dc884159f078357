"""The counsellor's services at the desk."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from counsel.accounts.scoped_admin import ScopedAdmin
from sessions.models import Service


@admin.register(Service)
class ServiceAdmin(ScopedAdmin):
    """No deleting: consultations keep naming the service they were."""

    counsellor_may = frozenset({"view", "add", "change"})
    owner_field = "counsellor"
    list_display = ("name", "length", "place", "fee", "instant", "is_public")
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = (
        (None, {"fields": ("name", "slug", "description", "is_public")}),
        (_("How long"), {"fields": ("length", "buffer_before", "buffer_after", "step")}),
        (
            _("How it is booked"),
            {"fields": ("instant", "minimum_notice", "horizon", "daily_maximum", "cancel_notice")},
        ),
        (_("Where, and what it costs"), {"fields": ("place", "place_details", "fee", "currency")}),
    )
