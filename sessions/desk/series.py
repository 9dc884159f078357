"""Series at the desk: their list, and the page of one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Max, Min, Q
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from sessions.desk.series_dates import short_words
from sessions.desk.series_pages import SeriesPages
from sessions.models import HOLDING, Consultation, Series
from sessions.wording import zone_words


@admin.register(Series)
class SeriesAdmin(SeriesPages):
    counsellor_may = frozenset({"view", "add"})
    change_form_template = "sessions/desk_series.html"
    list_display = ("first_and_last", "client_link", "service_name", "rhythm", "coming")
    list_select_related = ("client", "counsellor", "service")
    fields = ("client_link", "service_name", "rhythm", "first_and_last")
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        name = "consultations_series"
        own = [
            path("<uuid:pk>/move/", wrap(self.move_view), name=f"{name}_move"),
            path("<uuid:pk>/cancel/", wrap(self.cancel_view), name=f"{name}_cancel"),
        ]
        return [*own, *super().get_urls()]

    # --- The list, and one of them ------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> Any:
        held = Q(consultations__status__in=HOLDING, consultations__starts_at__gt=timezone.now())
        return (
            super()
            .get_queryset(request)
            .annotate(
                found_coming=Count("consultations", filter=held),
                found_first=Min("consultations__starts_at"),
                found_last=Max("consultations__starts_at"),
            )
            .order_by("-found_last")
        )

    def row_words(self, obj: Any) -> str:
        return f"{obj.client.name}, {obj.get_rhythm_display()}"

    @admin.display(description=_("client"), ordering="client__name")
    def client_link(self, series: Series) -> str:
        url = reverse("admin:clients_client_change", args=[series.client_id])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', url, series.client.name)

    @admin.display(description=_("service"), ordering="service__name")
    def service_name(self, series: Series) -> str:
        return series.service.name

    @admin.display(description=_("to come"), ordering="found_coming")
    def coming(self, series: Any) -> int:
        count: int = series.found_coming
        return count

    @admin.display(description=_("from and until"), ordering="found_first")
    def first_and_last(self, series: Any) -> str:
        zone = series.counsellor.zone
        ends = (series.found_first, series.found_last)
        return " – ".join(date_format(at.astimezone(zone), "j M Y") for at in ends if at)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        series = context["original"]
        rows = Consultation.objects.filter(series=series).order_by("starts_at")
        zone = series.counsellor.zone
        context["dates"] = [(row, short_words(row.starts_at, zone)) for row in rows]
        now = timezone.now()
        context["may_change"] = any(row.status in HOLDING and row.starts_at > now for row in rows)
        context["clock"] = zone_words(zone)
        return super().render_change_form(request, context, *args, **kwargs)
