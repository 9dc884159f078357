"""Assignments at the desk: the list, and the page of one with what may be done with it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from exercises.desk.changing import AssignmentChanging, today_of
from exercises.models import Assignment, Entry
from exercises.wording import dates_words, earlier_words, pause_words, rhythm_words, standing_of

MOST_ENTRIES = 6


@admin.register(Assignment)
class AssignmentAdmin(AssignmentChanging):
    """What was given to whom. It is made from the client's page, and changed from here."""

    counsellor_may = frozenset({"view"})
    list_display = ("exercise", "client_name", "rhythm_in_words", "dates", "standing")
    list_filter = ("status", "client")
    list_select_related = ("client", "version")
    fields = ("client_name", "rationale", "rhythm_in_words", "dates", "extent", "reminders")
    change_form_template = "desk/assignment.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.prefetch_related("pauses")

    @admin.display(description=_("client"), ordering="client__name")
    def client_name(self, assignment: Assignment) -> str:
        return format_html("<bdi>{}</bdi>", assignment.client.name)

    @admin.display(description=_("exercise"), ordering="version__title")
    def exercise(self, assignment: Assignment) -> str:
        return assignment.version.title

    @admin.display(description=_("rhythm"))
    def rhythm_in_words(self, assignment: Assignment) -> str:
        return rhythm_words(assignment)

    @admin.display(description=_("dates"), ordering="starts_on")
    def dates(self, assignment: Assignment) -> str:
        if assignment.status == Assignment.Status.WAITING:
            return "–"
        return dates_words(assignment)

    @admin.display(description=_("asked"))
    def extent(self, assignment: Assignment) -> str:
        return str(_("in its smaller form") if assignment.smaller else _("whole"))

    @admin.display(description=_("status"), ordering="status")
    def standing(self, assignment: Assignment) -> str:
        found = standing_of(assignment, today_of(assignment))
        return format_html('<span class="status status-{}">{}</span>', found.shape, found.words)

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "exercises_assignment"
        own = [
            path("asked/", wrap(self.asked_view), name=f"{name}_asked"),
            path("<uuid:pk>/edit/", wrap(self.edit_view), name=f"{name}_edit"),
            path("<uuid:pk>/pause/", wrap(self.pause_view), name=f"{name}_pause"),
            path("<uuid:pk>/do/<slug:change>/", wrap(self.do_view), name=f"{name}_do"),
            path("<uuid:pk>/withdraw/", wrap(self.withdraw_view), name=f"{name}_withdraw"),
        ]
        return [*own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        assignment = context["original"]
        shared = Entry.objects.visible_to(request.user).shared().filter(assignment=assignment)
        newest = shared.defer("answers", "because").select_related("review")
        context |= {
            "standing": standing_of(assignment, today_of(assignment)),
            "earlier": earlier_words(assignment),
            "rests": [pause_words(pause) for pause in assignment.pauses.all()],
            "entries": newest.order_by("-happened_at")[:MOST_ENTRIES],
            "entries_count": shared.count(),
        }
        return super().render_change_form(request, context, *args, **kwargs)
