"""The pages that book, move and cancel a series: its dates are looked at first."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.roles import counsellor_of
from counsel.accounts.scoped_admin import visible_rows
from counsel.audit.models import Verb
from counsel.audit.recorded_admin import RecordedAdmin
from counsel.common.errors import DomainError
from sessions.desk.series_dates import DateRow, choices_from, date_rows, short_words
from sessions.desk.series_forms import MoveForm, ScopeForm, SeriesForm
from sessions.models import Consultation, Series, Service
from sessions.series.asked import NO_CHOICES, Choices, Wish, asked_wishes, coming_of, moving_wishes
from sessions.series.layout import LaidOut, laid_out
from sessions.services import series_book, series_cancel, series_change
from sessions.services.series import Scope, in_scope, state_of
from sessions.wording import zone_words


class SeriesPages(RecordedAdmin):
    # --- Booking --------------------------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        counsellor = counsellor_of(request.user)
        if counsellor is None or not self.has_add_permission(request):
            raise PermissionDenied
        services = visible_rows(Service, request.user)
        form = SeriesForm(
            request.POST or None,
            clients=visible_rows(Client, request.user).exclude(status=Client.Status.ENDED),
            services=services,
            initial={"client": request.GET.get("client"), "service": services.first(), "count": 10},
        )
        context: dict[str, Any] = {"clock": zone_words(counsellor.zone)}
        if request.method == "POST" and form.is_valid():
            try:
                wishes = asked_wishes(form.asked())
            except DomainError as error:
                form.add_error(error.field, error.message)
            else:
                booked = self._booked(request, form, wishes, context)
                if booked is not None:
                    return redirect("admin:consultations_series_change", booked.pk)
        return self._page(
            request, form, "sessions/desk_series_add.html", _("Book a series"), context
        )

    def _booked(
        self, request: HttpRequest, form: SeriesForm, wishes: list[Wish], context: dict[str, Any]
    ) -> Series | None:
        """The series, where that was asked for and can be; else the page is given its dates."""
        asked = form.asked()
        mark = _mark(form, ("client", "service", "rhythm", "first_day", "at", "count", "last_day"))
        choices = choices_from(request.POST, wishes, form.cleaned_data["overlap_reason"])
        if request.POST.get("act") == "book" and self._was_shown(request, form, mark):
            try:
                with transaction.atomic():
                    series = series_book(asked=asked, choices=choices)
                    self.record(request, series, Verb.CREATE)
            except DomainError as error:
                _add_error(form, error, choices)
            else:
                messages.success(request, _("The series is booked. The client gets one message."))
                return series
        dates = laid_out(asked.service, asked.client, wishes, choices, timezone.now())
        context |= _table(dates, choices, asked.zone, mark)
        return None

    # --- Moving and cancelling --------------------------------------------------------------

    def move_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        series = self._own(request, pk)
        start = self._start(request, series)
        local = start.starts_at.astimezone(series.counsellor.zone)
        initial = {"weekday": local.weekday(), "at": local.time(), "scope": _scope_asked(request)}
        form = MoveForm(request.POST or None, initial=initial)
        context: dict[str, Any] = {"series": series, "start": start}
        if request.method == "POST" and form.is_valid():
            if form.cleaned_data["scope"] == "one":
                return redirect("admin:consultations_consultation_move", start.pk)
            if self._moved(request, form, start, context):
                return redirect("admin:consultations_series_change", pk)
        self.record(request, series, Verb.READ)
        title = _("Move a series")
        return self._page(request, form, "sessions/desk_series_change.html", title, context)

    def _moved(
        self, request: HttpRequest, form: MoveForm, start: Consultation, context: dict[str, Any]
    ) -> bool:
        series, now = cast("Series", start.series), timezone.now()
        scope = cast("Scope", form.cleaned_data["scope"])
        moving = in_scope(start, scope, now)
        to = {"weekday": form.cleaned_data["weekday"], "at": form.cleaned_data["at"]}
        wishes = moving_wishes(series, moving, **to)
        state = state_of(moving)
        mark = _mark(form, ("scope", "weekday", "at"), state)
        choices = choices_from(request.POST, wishes, form.cleaned_data["overlap_reason"])
        if request.POST.get("act") == "move" and self._was_shown(request, form, mark):
            try:
                with transaction.atomic():
                    moved = series_change(
                        consultation=start, scope=scope, choices=choices, seen=state, **to
                    )
                    self.record(request, series, Verb.CHANGE)
            except DomainError as error:
                _add_error(form, error, choices)
            else:
                words = ngettext(
                    "%(count)d consultation is moved. The client gets one message.",
                    "%(count)d consultations are moved. The client gets one message.",
                    len(moved),
                )
                messages.success(request, words % {"count": len(moved)})
                return True
        dates = laid_out(start.service, start.client, wishes, choices, now)
        context |= _table(dates, choices, series.counsellor.zone, mark)
        return False

    def cancel_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        series = self._own(request, pk)
        start = self._start(request, series)
        form = ScopeForm(request.POST or None, initial={"scope": _scope_asked(request)})
        context: dict[str, Any] = {"series": series, "start": start, "is_cancelling": True}
        if request.method == "POST" and form.is_valid():
            if form.cleaned_data["scope"] == "one":
                return redirect("admin:consultations_consultation_change", start.pk)
            if self._cancelled(request, form, start, context):
                return redirect("admin:consultations_series_change", pk)
        self.record(request, series, Verb.READ)
        title = _("Cancel a series")
        return self._page(request, form, "sessions/desk_series_change.html", title, context)

    def _cancelled(
        self, request: HttpRequest, form: ScopeForm, start: Consultation, context: dict[str, Any]
    ) -> bool:
        series = cast("Series", start.series)
        scope = cast("Scope", form.cleaned_data["scope"])
        coming = in_scope(start, scope, timezone.now())
        state = state_of(coming)
        mark = _mark(form, ("scope",), state)
        if request.POST.get("act") == "cancel" and self._was_shown(request, form, mark):
            try:
                with transaction.atomic():
                    off = series_cancel(consultation=start, scope=scope, seen=state)
                    self.record(request, series, Verb.CHANGE)
            except DomainError as error:
                _add_error(form, error)
            else:
                words = ngettext(
                    "%(count)d consultation is cancelled. The client gets one message.",
                    "%(count)d consultations are cancelled. The client gets one message.",
                    len(off),
                )
                messages.success(request, words % {"count": len(off)})
                return True
        zone = series.counsellor.zone
        context["off"] = [short_words(row.starts_at, zone) for row in coming]
        context["mark"] = mark
        return False

    def _own(self, request: HttpRequest, pk: uuid.UUID) -> Series:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Series.objects.visible_to(request.user)
        found: Series = get_object_or_404(
            rows.select_related("client", "counsellor", "service"), pk=pk
        )
        return found

    def _start(self, request: HttpRequest, series: Series) -> Consultation:
        """The one it was asked for, else the first to come. 404 where none is."""
        wanted = request.POST.get("from") or request.GET.get("from")
        coming = coming_of(series, timezone.now())
        if not coming:
            raise Http404
        found = next((row for row in coming if str(row.pk) == wanted), coming[0])
        found.series = series
        return found

    # --- What both pages share --------------------------------------------------------------

    def _was_shown(self, request: HttpRequest, form: forms.Form, mark: str) -> bool:
        if request.POST.get("shown") == mark:
            return True
        form.add_error(None, gettext("These dates are new. Please look at them first."))
        return False

    def _page(
        self,
        request: HttpRequest,
        form: forms.Form,
        template: str,
        title: Any,
        more: dict[str, Any],
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "form": form,
            **more,
        }
        return TemplateResponse(request, template, context)


def _mark(form: forms.Form, names: Sequence[str], state: str = "") -> str:
    """What the dates on the page were laid out from, so that no others are written."""
    parts = [str(form.cleaned_data[name]) for name in names]
    return sha256("\n".join([*parts, state]).encode()).hexdigest()


def _table(dates: list[LaidOut], choices: Choices, zone: Any, mark: str) -> dict[str, Any]:
    rows: list[DateRow] = date_rows(dates, choices, zone)
    return {
        "rows": rows,
        "mark": mark,
        "clock": zone_words(zone),
        "count": sum(not row.is_left_out for row in rows),
        "open": sum(not row.stands for row in rows),
        "may_overlap": any(date.in_the_way for date in dates),
    }


def _add_error(form: forms.Form, error: DomainError, choices: Choices = NO_CHOICES) -> None:
    """Beside its field, where the form has it; an overlap that was chosen needs a reason."""
    form.add_error(error.field if error.field in form.fields else None, error.message)
    if not all(reason.strip() for reason in choices.overlapping.values()):
        form.add_error("overlap_reason", gettext("To let some overlap, say why."))


def _scope_asked(request: HttpRequest) -> str:
    return "all" if request.GET.get("scope") == "all" else "following"
