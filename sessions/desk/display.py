"""How consultations are listed and shown at the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from counsel.audit.recorded_admin import RecordedAdmin
from counsel.common.zones import get_zone
from sessions.models import (
    CALLED_OFF,
    HOLDING,
    KEPT,
    Consultation,
    ConsultationChange,
    Side,
    Status,
)
from sessions.templatetags.appointments import fee_words, length_words, status_shape
from sessions.wording import when_words


class WhenFilter(admin.SimpleListFilter):
    title = _("when")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("coming", _("Coming")),
            ("waiting", _("To confirm")),
            ("to-note", _("Over: held, or not?")),
            ("without-note", _("Held, without a note")),
            ("past", _("Past")),
            ("off", _("Called off")),
        ]

    def choices(self, changelist: Any) -> Any:
        for value, label in self.lookup_choices:
            yield {
                "selected": value == self.chosen(),
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def chosen(self) -> str:
        """The first of them unless another is asked for."""
        known = [value for value, _label in self.lookup_choices]
        return value if (value := self.value() or "") in known else "coming"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        if self.chosen() == "waiting":
            return queryset.filter(status=Status.PENDING, ends_at__gt=now)
        if self.chosen() == "to-note":
            return queryset.filter(status__in=HOLDING, ends_at__lte=now)
        if self.chosen() == "without-note":
            rows: Any = queryset
            unwritten: QuerySet[Any] = rows.without_note(now)
            return unwritten
        if self.chosen() == "past":
            return queryset.filter(ends_at__lte=now, status__in=KEPT)
        if self.chosen() == "off":
            return queryset.filter(status__in=CALLED_OFF)
        return queryset.filter(ends_at__gt=now, status__in=HOLDING)


class ConsultationDisplay(RecordedAdmin):
    list_display = ("when_short", "client_link", "service_name", "status_mark")
    list_filter = (WhenFilter,)
    list_select_related = ("client", "counsellor", "service")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        always = ("when", "clients_clock", "client_link", "service_name", "status_mark", "length")
        told = {"fee_words": "fee", "overlap_reason": "overlap_reason", "one_of": "series_id"}
        shown = [name for name, field in told.items() if obj and getattr(obj, field)]
        return [*always, "place_words", "cancel_notice", *shown]

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        newest_first = request.GET.get(WhenFilter.parameter_name) in {"past", "off"}
        return ("-starts_at",) if newest_first else ("starts_at",)

    def row_words(self, obj: Any) -> str:
        return f"{obj.client.name}, {self.when_short(obj)}"

    @admin.display(description=_("when"), ordering="starts_at")
    def when_short(self, consultation: Consultation) -> str:
        return short_when(consultation.starts_at, consultation.counsellor.zone)

    @admin.display(description=_("when"))
    def when(self, consultation: Consultation) -> str:
        return when_words(consultation.starts_at, consultation.counsellor.zone)

    @admin.display(description=_("for the client"))
    def clients_clock(self, consultation: Consultation) -> str:
        return when_words(consultation.starts_at, get_zone(consultation.time_zone))

    @admin.display(description=_("client"), ordering="client__name")
    def client_link(self, consultation: Consultation) -> str:
        url = reverse("admin:clients_client_change", args=[consultation.client_id])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', url, consultation.client.name)

    @admin.display(description=_("service"), ordering="service__name")
    def service_name(self, consultation: Consultation) -> str:
        return consultation.service.name

    @admin.display(description=_("status"), ordering="status")
    def status_mark(self, consultation: Consultation) -> str:
        shape, words = status_shape(consultation), consultation.get_status_display()
        return format_html('<span class="status {}">{}</span>', shape, words)

    @admin.display(description=_("length"))
    def length(self, consultation: Consultation) -> str:
        return length_words(consultation)

    @admin.display(description=_("place"))
    def place_words(self, consultation: Consultation) -> str:
        parts = (consultation.get_place_display(), consultation.place_details)
        return ", ".join(part for part in parts if part)

    @admin.display(description=_("repeats"))
    def one_of(self, consultation: Consultation) -> str:
        return gettext("One of a series")

    @admin.display(description=_("fee"))
    def fee_words(self, consultation: Consultation) -> str:
        return fee_words(consultation)

    def change_words(self, change: ConsultationChange) -> dict[str, str]:
        """One line of its history, by the counsellor's clock."""
        zone = change.consultation.counsellor.zone
        before, after = [], []
        if change.from_starts_at != change.to_starts_at:
            before.append(short_when(change.from_starts_at, zone))
            after.append(short_when(change.to_starts_at, zone))
        if change.from_status != change.to_status:
            before.append(change.get_from_status_display())
            after.append(change.get_to_status_display())
        by_you = change.by == Side.COUNSELLOR
        by = gettext("by you") if by_you else gettext("by the client")
        return {
            "when": short_when(change.at, zone),
            "what": f"{change.get_action_display()}, {by}",
            "before": ", ".join(before),
            "after": ", ".join(after),
        }


def short_when(instant: datetime, zone: ZoneInfo) -> str:
    """Like 'Mon 7 Jan, 15:30', the year only where it is another one."""
    local = instant.astimezone(zone)
    this_year = timezone.now().year == local.year
    return date_format(local, "D j M, H:i" if this_year else "D j M Y, H:i")
