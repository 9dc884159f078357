"""Consultations at the desk: to read, and to change through the services alone."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.accounts.roles import counsellor_of
from counsel.accounts.scoped_admin import visible_rows
from counsel.audit.models import Verb
from counsel.common.errors import DomainError
from sessions.access import consultation_of
from sessions.desk.display import ConsultationDisplay
from sessions.desk.forms import BookForm, WhenForm, local_initial
from sessions.models import HOLDING, Consultation, Service, Status
from sessions.services import (
    consultation_book,
    consultation_cancel,
    consultation_complete,
    consultation_confirm,
    consultation_decline,
    consultation_mark_no_show,
    consultation_reschedule,
)
from sessions.wording import zone_words

# What a button, or a list action, does: one service each, and what it says afterwards.
CHANGES: dict[str, tuple[Callable[..., Consultation], Any]] = {
    "confirm": (consultation_confirm, _("Confirmed. The client gets a message.")),
    "decline": (consultation_decline, _("Declined. The client gets a message.")),
    "cancel": (
        partial(consultation_cancel, by="counsellor"),
        _("Cancelled. The client gets a message."),
    ),
    "held": (consultation_complete, _("Noted as held.")),
    "not-attended": (consultation_mark_no_show, _("Noted as not attended.")),
}


@admin.register(Consultation)
class ConsultationAdmin(ConsultationDisplay):
    counsellor_may = frozenset({"view", "add"})
    actions = ("confirm_chosen", "held_chosen", "not_attended_chosen")
    change_form_template = "sessions/desk_consultation.html"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        name = "consultations_consultation"
        own = [
            path("<uuid:pk>/move/", wrap(self.move_view), name=f"{name}_move"),
            path("<uuid:pk>/do/<slug:change>/", wrap(self.do_view), name=f"{name}_do"),
        ]
        return [*own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        consultation = context["original"]
        has_begun = consultation.starts_at <= timezone.now()
        context["may"] = {
            "confirm": consultation.status == Status.PENDING,
            "settle": consultation.status == Status.CONFIRMED and has_begun,
            "cancel": consultation.status == Status.CONFIRMED,
            "move": consultation.status in HOLDING,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def do_view(self, request: HttpRequest, pk: uuid.UUID, change: str) -> HttpResponse:
        return require_POST(self._do)(request, pk, change)

    def _do(self, request: HttpRequest, pk: uuid.UUID, change: str) -> HttpResponse:
        consultation = self._own(request, pk)
        if change not in CHANGES:
            raise Http404
        service, words = CHANGES[change]
        try:
            if request.POST.get("version") != str(consultation.version):
                raise DomainError(gettext("This consultation has changed in the meantime."))
            self._recorded(request, consultation, partial(service, consultation=consultation))
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, words)
        return redirect("admin:consultations_consultation_change", pk)

    def _own(self, request: HttpRequest, pk: uuid.UUID) -> Consultation:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return consultation_of(request.user, pk)

    @transaction.atomic
    def _recorded(
        self, request: HttpRequest, consultation: Consultation, change: Callable[[], Any]
    ) -> None:
        change()
        self.record(request, consultation, Verb.CHANGE)

    def move_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        consultation = self._own(request, pk)
        zone = consultation.counsellor.zone
        form = WhenForm(
            request.POST or None,
            zone=zone,
            initial=local_initial(consultation.starts_at, zone),
        )
        if request.method == "POST" and form.is_valid():
            try:
                self._recorded(request, consultation, partial(_move, consultation, form))
            except DomainError as error:
                form.add_error(error.field, error.message)
            else:
                messages.success(request, gettext("Moved. The client gets a message."))
                return redirect("admin:consultations_consultation_change", pk)
        self.record(request, consultation, Verb.READ)
        more = {"original": consultation, "when": self.when(consultation)}
        return self._form_page(request, form, gettext("Move a consultation"), more)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        counsellor = counsellor_of(request.user)
        if counsellor is None or not self.has_add_permission(request):
            raise PermissionDenied
        form = self._book_form(request, counsellor)
        if request.method == "POST" and form.is_valid():
            try:
                booked = self._book(request, form)
            except DomainError as error:
                form.add_error(error.field, error.message)
            else:
                said = gettext("Booked for %(when)s. The client gets a message.")
                messages.success(request, said % {"when": self.when(booked)})
                return redirect("admin:clients_client_change", booked.client_id)
        return self._form_page(request, form, gettext("Book a consultation"), {})

    def _book_form(self, request: HttpRequest, counsellor: Counsellor) -> BookForm:
        services = visible_rows(Service, request.user)
        initial = {"client": request.GET.get("client"), "service": services.first()}
        return BookForm(
            request.POST or None,
            zone=counsellor.zone,
            clients=visible_rows(Client, request.user).exclude(status=Client.Status.ENDED),
            services=services,
            initial=initial,
        )

    @transaction.atomic
    def _book(self, request: HttpRequest, form: BookForm) -> Consultation:
        booked = consultation_book(
            service=form.cleaned_data["service"],
            client=form.cleaned_data["client"],
            starts_at=form.cleaned_data["starts_at"],
            overlap_reason=form.cleaned_data["overlap_reason"],
        )
        self.record(request, booked, Verb.CREATE)
        return booked

    def _form_page(
        self, request: HttpRequest, form: WhenForm, title: str, more: dict[str, Any]
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "form": form,
            "clock": zone_words(form.zone),
            **more,
        }
        return TemplateResponse(request, "sessions/desk_when.html", context)

    # --- Several at once ------------------------------------------------------------------

    @admin.action(description=_("Confirm"), permissions=["view"])
    def confirm_chosen(self, request: HttpRequest, queryset: QuerySet[Consultation]) -> None:
        self._do_to_all(request, queryset, "confirm")

    @admin.action(description=_("Note as held"), permissions=["view"])
    def held_chosen(self, request: HttpRequest, queryset: QuerySet[Consultation]) -> None:
        self._do_to_all(request, queryset, "held")

    @admin.action(description=_("Note as not attended"), permissions=["view"])
    def not_attended_chosen(self, request: HttpRequest, queryset: QuerySet[Consultation]) -> None:
        self._do_to_all(request, queryset, "not-attended")

    def _do_to_all(
        self, request: HttpRequest, queryset: QuerySet[Consultation], change: str
    ) -> None:
        """Each by itself: one that cannot is named, and does not hold up the others."""
        service, words = CHANGES[change]
        for consultation in queryset:
            label = self.when(consultation)
            try:
                self._recorded(request, consultation, partial(service, consultation=consultation))
            except DomainError as error:
                messages.error(request, f"{label}: {error.message}")
            else:
                messages.success(request, f"{label}: {words}")


def _move(consultation: Consultation, form: WhenForm) -> None:
    consultation_reschedule(
        consultation=consultation,
        starts_at=form.cleaned_data["starts_at"],
        overlap_reason=form.cleaned_data["overlap_reason"],
    )
