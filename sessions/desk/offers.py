"""The counsellor's services at the desk, their questions, and who is named for them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from counsel.accounts.scoped_admin import ScopedAdmin, ScopedInline
from counsel.audit.models import Verb
from counsel.audit.recorded_admin import RecordedAdmin
from counsel.audit.services import record_listed
from sessions.desk.offers_forms import AgreementForm, QuestionForm, QuestionFormSet, ServiceForm
from sessions.desk.week import hours_words
from sessions.models import Audience, AvailabilityRule, ClientService, IntakeQuestion, Service
from sessions.templatetags.appointments import fee_words

HOW = {None: _("as the service says"), True: _("at once"), False: _("by request")}


class QuestionInline(ScopedInline):
    model = IntakeQuestion
    form = QuestionForm
    formset = QuestionFormSet
    verbose_name_plural = _("What you ask")
    fields = (("position", "kind", "required"), "label", "help_text", "choices")


@admin.register(Service)
class ServiceAdmin(ScopedAdmin):
    """No deleting: consultations keep naming the service they were."""

    counsellor_may = frozenset({"view", "add", "change"})
    owner_field = "counsellor"
    form = ServiceForm
    inlines = (QuestionInline,)
    list_display = ("name", "length", "place", "fee_told", "audience", "instant", "is_public")
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("summary", "named", "own_hours")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        summary = ("summary",) if obj else ()
        told = ("named", "own_hours") if obj else ()
        limits = ("daily_maximum", "weekly_maximum")
        return (
            (None, {"fields": (*summary, "name", "slug", "description", "is_public")}),
            (_("How long"), {"fields": ("length", "buffer_before", "buffer_after", "step")}),
            (
                _("Who and when"),
                {"fields": ("audience", "instant", *told, "minimum_notice", "horizon", *limits)},
            ),
            (_("The terms"), {"fields": ("cancel_notice", "reschedule_notice")}),
            (
                _("Where, and what it costs"),
                {"fields": ("place", "place_details", "fee", "currency")},
            ),
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        service = context.get("original")
        if service is not None:
            # The page says who is named for it.
            named = service.agreements.unrestricted().values_list("pk", "client")
            record_listed(request, [(ClientService, *row) for row in named])
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("fee"), ordering="fee")
    def fee_told(self, service: Service) -> str:
        return fee_words(service)

    @admin.display(description=_("what it means"))
    def summary(self, service: Service) -> str:
        return service_words(service)

    @admin.display(description=_("named for it"))
    def named(self, service: Service) -> SafeString:
        """Clients named for it, in one query; the counsellor's own, as their service is."""
        add = reverse("admin:consultations_clientservice_add")
        rows = service.agreements.unrestricted().select_related("client").order_by("client__name")
        named = format_html_join(
            ", ", '<a href="{}"><bdi>{}</bdi></a> ({})', (_agreement(row) for row in rows)
        )
        nobody = gettext("nobody")
        if service.audience == Audience.INVITED and not named:
            nobody = gettext("nobody yet, so nobody can book it")
        words = (named or nobody, add, service.pk, gettext("Name a client"))
        return format_html('{}. <a href="{}?service={}">{}</a>', *words)

    @admin.display(description=_("hours"))
    def own_hours(self, service: Service) -> SafeString:
        page = reverse("admin:consultations_availabilityrule_changelist")
        rules = AvailabilityRule.objects.filter(service=service)
        own = [f"{r.get_weekday_display()} {hours_words(r.starts, r.ends)}" for r in rules]
        words = gettext("in your general hours")
        if own:
            words = gettext("only in its own hours: %(hours)s") % {"hours": ", ".join(own)}
        return format_html('{}. <a href="{}">{}</a>', words, page, gettext("Your hours"))


def _agreement(row: ClientService) -> tuple[str, str, Any]:
    href = reverse("admin:consultations_clientservice_change", args=[row.pk])
    return href, row.client.name, HOW[row.instant]


def service_words(service: Service) -> str:
    """What it means for whoever books it: '50 minutes, held 60; bookable from 24 hours…'."""
    held = service.buffer_before + service.length + service.buffer_after
    who = gettext("booked at once") if service.instant else gettext("asked for, and you confirm")
    parts = [
        gettext("%(length)d minutes, held %(held)d") % {"length": service.length, "held": held},
        gettext("bookable from %(hours)d hours to %(days)d days ahead")
        % {"hours": service.minimum_notice, "days": service.horizon},
        gettext("a start every %(step)d minutes") % {"step": service.step},
        *_maxima(service),
        f"{who}: {service.get_audience_display()}",
        gettext("free to cancel until %(cancel)d hours before, to move until %(move)d")
        % {"cancel": service.cancel_notice, "move": service.reschedule_notice},
        service.get_place_display(),
        *([fee_words(service)] if fee_words(service) else []),
    ]
    return "; ".join(parts) + "."


def _maxima(service: Service) -> list[str]:
    words = []
    if service.daily_maximum is not None:
        words.append(gettext("%d a day") % service.daily_maximum)
    if service.weekly_maximum is not None:
        words.append(gettext("%d a week") % service.weekly_maximum)
    most = gettext("at most %(so_many)s") % {"so_many": gettext(" and ").join(words)}
    return [most] if words else []


@admin.register(ClientService)
class ClientServiceAdmin(RecordedAdmin):
    """Reached from the service's page: what was agreed with one client about it."""

    counsellor_may = frozenset({"view", "add", "change", "delete"})
    form = AgreementForm
    list_display = ("client_name", "service", "how")
    list_select_related = ("client", "service")
    list_filter = ("service",)
    ordering = ("client__name", "service__name")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("client_name", "service_name") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        who = ("client_name", "service_name") if obj else ("client", "service")
        return (*who, "instant")

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # Choosing is enough here: no doors to other forms beside it.
            field.widget = field.widget.widget
        return field

    def row_words(self, obj: Any) -> str:
        return f"{obj.client.name}, {obj.service.name}"

    @admin.display(description=_("client"), ordering="client__name")
    def client_name(self, agreement: ClientService) -> SafeString:
        return format_html("<bdi>{}</bdi>", agreement.client.name)

    @admin.display(description=_("service"))
    def service_name(self, agreement: ClientService) -> str:
        return agreement.service.name

    @admin.display(description=_("how they book it"))
    def how(self, agreement: ClientService) -> str:
        return str(HOW[agreement.instant])

    def response_post_save_add(
        self, request: HttpRequest, obj: ClientService
    ) -> HttpResponseRedirect:
        return redirect("admin:consultations_service_change", obj.service_id)

    response_post_save_change = response_post_save_add

    def delete_model(self, request: HttpRequest, obj: ClientService) -> None:
        self.record(request, obj, Verb.CHANGE)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for agreement in queryset:
            self.record(request, agreement, Verb.CHANGE)
        super().delete_queryset(request, queryset)
