"""Consultations at the desk: to read, and to change through the services alone."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.accounts.roles import counsellor_of
from counsel.accounts.scoped_admin import visible_rows
from counsel.audit.models import Verb
from counsel.common.errors import DomainError
from sessions.desk.calendar_page import calendar
from sessions.desk.changing import CHANGES
from sessions.desk.forms import BookForm
from sessions.desk.swapping import ConsultationSwapping
from sessions.models import Consultation, Service
from sessions.services import consultation_book


@admin.register(Consultation)
class ConsultationAdmin(ConsultationSwapping):
    counsellor_may = frozenset({"view", "add"})
    actions = ("confirm_chosen", "held_chosen", "not_attended_chosen")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        name = "consultations_consultation"
        own = [
            path("calendar/", wrap(calendar), name=f"{name}_calendar"),
            path("<uuid:pk>/move/", wrap(self.move_view), name=f"{name}_move"),
            path("<uuid:pk>/swap/", wrap(self.swap_view), name=f"{name}_swap"),
            path("<uuid:pk>/do/<slug:change>/", wrap(self.do_view), name=f"{name}_do"),
        ]
        return [*own, *super().get_urls()]

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
        return self.form_page(request, form, gettext("Book a consultation"))

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
        wanted = CHANGES[change]
        for consultation in queryset:
            label = self.when(consultation)
            try:
                self.recorded(
                    request, consultation, partial(wanted.service, consultation=consultation)
                )
            except DomainError as error:
                messages.error(request, f"{label}: {error.message}")
            else:
                messages.success(request, f"{label}: {wanted.said(consultation)}")
