"""Programmes at the desk: their list, and what can be done with one besides writing it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from exercises.access import programme_of
from exercises.desk.programme_editor import ONE, ProgrammeEditor
from exercises.desk.programme_giving import give_page
from exercises.models import Programme
from exercises.services.programme_writing import (
    programme_bring_back,
    programme_copy,
    programme_delete,
    programme_put_away,
)

_CHANGES: dict[str, tuple[Callable[..., Any], Any]] = {
    "put-away": (programme_put_away, _("It is put away. Whoever is in it goes on.")),
    "bring-back": (programme_bring_back, _("It can be given again.")),
    "copy": (programme_copy, _("This is the copy. The other stays as it is.")),
}


@admin.register(Programme)
class ProgrammeAdmin(ProgrammeEditor):
    counsellor_may = frozenset({"view", "add", "change", "delete"})
    list_display = ("title", "exercises", "in_it_now", "state")
    # Of several at once, none: each page says whether it may be deleted.
    actions = None

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        name = "exercises_programme"
        own = [
            path("<uuid:pk>/give/", wrap(self.give_view), name=f"{name}_give"),
            path("<uuid:pk>/do/<slug:change>/", wrap(self.do_view), name=f"{name}_do"),
        ]
        return [*own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> Any:
        now_in_it = Q(enrolments__isnull=False, enrolments__ended_on=None)
        counts = {
            "found_items": Count("items", distinct=True),
            "found_in_it": Count("enrolments", filter=now_in_it, distinct=True),
        }
        return super().get_queryset(request).annotate(**counts)

    @admin.display(description=_("exercises"), ordering="found_items")
    def exercises(self, programme: Any) -> int:
        count: int = programme.found_items
        return count

    @admin.display(description=_("in it now"), ordering="found_in_it")
    def in_it_now(self, programme: Any) -> str:
        if not programme.found_in_it:
            return "0"
        url = reverse("admin:exercises_enrolment_changelist")
        query = f"programme__id__exact={programme.pk}"
        return format_html('<a href="{}?{}">{}</a>', url, query, programme.found_in_it)

    @admin.display(description=_("status"), ordering="put_away_at")
    def state(self, programme: Programme) -> str:
        shape, word = (
            ("on", _("in use")) if programme.put_away_at is None else ("off", _("put away"))
        )
        return format_html('<span class="status status-{}">{}</span>', shape, word)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only while it was never given: what somebody was given keeps its title."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not obj.was_given())

    def delete_model(self, request: HttpRequest, obj: Programme) -> None:
        programme_delete(programme=obj)

    def give_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        self._owner(request)
        return give_page(request, programme_of(request.user, pk), client=None)

    def do_view(self, request: HttpRequest, pk: uuid.UUID, change: str) -> HttpResponse:
        return require_POST(self._do)(request, pk, change)

    def _do(self, request: HttpRequest, pk: uuid.UUID, change: str) -> HttpResponse:
        self._owner(request)
        programme = programme_of(request.user, pk)
        if change not in _CHANGES:
            raise Http404
        service, words = _CHANGES[change]
        made = service(programme=programme)
        self.log_change(request, programme, gettext("Changed: %(what)s.") % {"what": change})
        messages.success(request, words)
        return redirect(ONE, made.pk if made else programme.pk)
