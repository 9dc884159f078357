"""The library at the desk: its list, and the addresses of everything one does with an exercise."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from counsel.accounts.models import Counsellor
from counsel.accounts.roles import counsellor_of
from counsel.accounts.scoped_admin import ScopedAdmin
from exercises.access import exercise_of, own_exercise_of
from exercises.desk import editor, library_doing, library_page, preview
from exercises.models import Exercise
from exercises.selectors.library import library

NAME = "exercises_exercise"
FILTER = "desk/library/filter.html"
View = Callable[..., HttpResponse]


class WhoseFilter(admin.SimpleListFilter):
    title = _("whose")
    template = FILTER
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("own", _("My own")), ("built_in", _("Built in")), ("colleagues", _("Colleagues'"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        counsellor = counsellor_of(request.user)
        match self.value():
            case "own":
                return queryset.filter(owner=counsellor)
            case "built_in":
                return queryset.filter(owner__isnull=True)
            case "colleagues":
                return queryset.exclude(owner=counsellor).filter(owner__isnull=False)
        return queryset


class KindFilter(admin.ChoicesFieldListFilter):
    template = FILTER


class AwayFilter(admin.SimpleListFilter):
    """What was put away is out of sight until it is asked for."""

    title = _("shown")
    template = FILTER
    parameter_name = "away"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Put away"))]

    def choices(self, changelist: Any) -> Any:
        offered = list(super().choices(changelist))
        offered[0]["display"] = _("In use")
        return iter(offered)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(put_away_at__isnull=self.value() != "yes")


@admin.register(Exercise)
class ExerciseAdmin(ScopedAdmin):
    counsellor_may = frozenset({"view", "add"})
    desk_name = _("Library")
    list_display = ("named", "kind_words", "length", "whose", "version", "with_clients")
    list_display_links = None
    list_filter = (WhoseFilter, ("kind", KindFilter), AwayFilter)
    search_fields = ("title", "summary")
    change_list_template = "desk/library/list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return library(request.user).select_related("owner")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("title",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # --- The list ---------------------------------------------------------------------------

    @admin.display(description=_("exercise"), ordering="title")
    def named(self, exercise: Any) -> SafeString:
        return format_html(
            '<a class="library-title" href="{}">{}</a><span class="library-summary">{}</span>',
            reverse(f"admin:{NAME}_change", args=[exercise.pk]),
            exercise.title or gettext("Without a title yet"),
            exercise.summary,
        )

    @admin.display(description=_("kind"), ordering="kind")
    def kind_words(self, exercise: Any) -> str:
        return str(exercise.get_kind_display())

    @admin.display(description=_("minutes"), ordering="minutes")
    def length(self, exercise: Any) -> Any:
        if not exercise.minutes:
            return "–"
        return format_html('<span class="library-minutes">{}</span>', exercise.minutes)

    @admin.display(description=_("whose"), ordering="owner__display_name")
    def whose(self, exercise: Any) -> str:
        if exercise.owner is None:
            return gettext("built in")
        if exercise.is_own:
            return gettext("mine, for all") if exercise.for_practice else gettext("mine")
        return str(exercise.owner.display_name)

    @admin.display(description=_("version"), ordering="number")
    def version(self, exercise: Any) -> Any:
        number = format_html('<span class="library-number">{}</span>', exercise.number)
        if not exercise.draft_waits:
            return number
        words = gettext("draft waiting") if exercise.number else gettext("draft")
        mark = format_html('<span class="status status-wait">{}</span>', words)
        return format_html("{} {}", number, mark) if exercise.number else mark

    @admin.display(description=_("with clients"), ordering="clients")
    def with_clients(self, exercise: Any) -> str:
        if not exercise.clients:
            return "–"
        return ngettext("%(n)s client", "%(n)s clients", exercise.clients) % {"n": exercise.clients}

    # --- The addresses ------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("import/", wrap(self.import_view), name=f"{NAME}_import"),
            path("<uuid:pk>/edit/", wrap(self.edit_view), name=f"{NAME}_edit"),
            path("<uuid:pk>/download/", wrap(self.download_view), name=f"{NAME}_download"),
            path("<uuid:pk>/do/<slug:change>/", wrap(self.do_view), name=f"{NAME}_do"),
            path(
                "<uuid:pk>/preview/<slug:which>/<int:number>/",
                wrap(self.preview_view),
                name=f"{NAME}_preview",
            ),
        ]
        return [*own, *super().get_urls()]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        counsellor = self._counsellor(request)
        if object_id is None:
            return library_page.begin(request, counsellor)
        exercise = self.get_object(request, object_id)
        if exercise is None:
            raise Http404
        return library_page.exercise_page(request, exercise)

    def import_view(self, request: HttpRequest) -> HttpResponse:
        return library_page.take_in(request, self._counsellor(request))

    def edit_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        self._counsellor(request)
        return editor.edit(request, own_exercise_of(request.user, pk))

    def download_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        self._counsellor(request)
        return library_page.download(request, exercise_of(request.user, pk))

    def preview_view(
        self, request: HttpRequest, pk: uuid.UUID, which: str, number: int
    ) -> HttpResponse:
        self._counsellor(request)
        return preview.preview(request, exercise_of(request.user, pk), which, number)

    def do_view(self, request: HttpRequest, pk: uuid.UUID, change: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        counsellor = self._counsellor(request)
        exercise = exercise_of(request.user, pk)
        done = library_doing.do(request, counsellor, exercise, change)
        messages.success(request, done.words)
        return redirect(done.url)

    def _counsellor(self, request: HttpRequest) -> Counsellor:
        counsellor = counsellor_of(request.user)
        if counsellor is None:
            raise PermissionDenied
        return counsellor
