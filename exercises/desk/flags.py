"""Flags at the desk: an answer asks to be looked at, and somebody writes what they did."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from counsel.accounts.roles import counsellor_of
from counsel.audit.models import Verb
from counsel.audit.recorded_admin import RecordedAdmin
from counsel.common.errors import ConflictError, DomainError
from exercises.models import RiskFlag
from exercises.selectors.flags import entry_to_look_at
from exercises.services.flags import flag_close

LONGEST = 5_000


class CloseForm(forms.Form):
    done = forms.CharField(
        label=_("What you did"),
        help_text=_("Kept with the record, and not changed any more. The client does not see it."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class OpenFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("open")), ("closed", _("closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"open", "closed"}:
            return queryset
        return queryset.filter(closed_at__isnull=self.value() == "open")


@admin.register(RiskFlag)
class FlagAdmin(RecordedAdmin):
    """Open ones first. Raised by rules, closed by words; never added, changed or deleted."""

    counsellor_may = frozenset({"view"})
    desk_name = _("Flags")
    list_display = ("raised", "client_name", "state_mark")
    list_filter = (OpenFilter, "client")
    list_select_related = ("client",)
    change_list_template = "desk/flags.html"
    ordering = (F("closed_at").desc(nulls_first=True), "-created_at")

    def row_words(self, obj: Any) -> str:
        return str(obj.client.name)

    @admin.display(description=_("raised"), ordering="created_at")
    def raised(self, flag: RiskFlag) -> str:
        return date_format(timezone.localtime(flag.created_at), "D j M Y, H:i")

    @admin.display(description=_("client"), ordering="client__name")
    def client_name(self, flag: RiskFlag) -> SafeString:
        return format_html("<bdi>{}</bdi>", flag.client.name)

    @admin.display(description=_("state"), ordering="closed_at")
    def state_mark(self, flag: RiskFlag) -> SafeString:
        if flag.closed_at is None:
            return format_html('<span class="status status-risk">{}</span>', gettext("open"))
        day = date_format(timezone.localtime(flag.closed_at), "D j M")
        closed = gettext("closed, %(day)s") % {"day": day}
        return format_html('<span class="status status-done">{}</span>', closed)

    def get_urls(self) -> list[URLPattern]:
        close = self.admin_site.admin_view(self.close_view)
        own = path("<uuid:pk>/close/", close, name="exercises_riskflag_close")
        return [own, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        flag = self.get_object(request, object_id)
        if request.method != "GET" or flag is None or not self.has_view_permission(request, flag):
            response: HttpResponse = super().change_view(
                request, object_id, form_url, extra_context
            )
            return response
        return self._page(request, flag, CloseForm())

    def close_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        by, flag = counsellor_of(request.user), self.get_object(request, str(pk))
        if by is None:
            raise PermissionDenied
        if flag is None:
            raise Http404
        form = CloseForm(request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    flag_close(flag=flag, by=by, done=form.cleaned_data["done"])
                    self.record(request, flag, Verb.CHANGE)
            except ConflictError as conflict:
                messages.info(request, conflict.message)
                return redirect("admin:exercises_riskflag_change", flag.pk)
            except DomainError as error:
                form.add_error("done", error.message)
            else:
                messages.success(request, gettext("Closed, with your words."))
                return redirect("admin:exercises_riskflag_changelist")
        return self._page(request, flag, form)

    def _page(self, request: HttpRequest, flag: RiskFlag, form: CloseForm) -> HttpResponse:
        self.record(request, flag, Verb.READ)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Flag"),
            "opts": self.opts,
            "flag": flag,
            "client": flag.client,
            "entry": entry_to_look_at(flag),
            "form": form,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "desk/flag.html", context, status=status)
