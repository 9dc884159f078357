"""A programme as one client goes through it: what is open, what waits, and its end."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from counsel.audit.models import Verb
from counsel.audit.recorded_admin import RecordedAdmin
from counsel.common.errors import ConflictError
from counsel.common.zones import local_date
from exercises.access import assignment_of, enrolment_of
from exercises.desk.programme_words import step_words
from exercises.models import Assignment, Enrolment
from exercises.selectors.programmes import steps_of
from exercises.services.programmes import assignment_release, enrolment_end
from exercises.wording import rhythm_words, standing_of

ONE = "admin:exercises_enrolment_change"


@admin.register(Enrolment)
class EnrolmentAdmin(RecordedAdmin):
    counsellor_may = frozenset({"view"})
    desk_name = _("Programmes given")
    list_display = ("title", "client_name", "starts_on", "state")
    list_filter = ("client", "programme")
    list_select_related = ("client", "programme")
    fields = ("programme", "client", "starts_on", "ended_on")
    change_form_template = "desk/programmes/enrolment.html"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        name = "exercises_enrolment"
        release = "<uuid:pk>/release/<uuid:assignment_id>/"
        own = [
            path(release, wrap(self.release_view), name=f"{name}_release"),
            path("<uuid:pk>/end/", wrap(self.end_view), name=f"{name}_end"),
        ]
        return [*own, *super().get_urls()]

    def row_words(self, obj: Any) -> str:
        return f"{obj.programme.title}, {obj.client.name}"

    @admin.display(description=_("programme"), ordering="programme__title")
    def title(self, enrolment: Enrolment) -> str:
        return enrolment.programme.title

    @admin.display(description=_("client"), ordering="client__name")
    def client_name(self, enrolment: Enrolment) -> str:
        return format_html("<bdi>{}</bdi>", enrolment.client.name)

    @admin.display(description=_("status"), ordering="ended_on")
    def state(self, enrolment: Enrolment) -> str:
        if enrolment.ended_on is None:
            return format_html('<span class="status status-on">{}</span>', gettext("under way"))
        words = gettext("ended %(day)s") % {"day": date_format(enrolment.ended_on, "j M Y")}
        return format_html('<span class="status status-done">{}</span>', words)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        enrolment = context["original"]
        today = local_date(timezone.now(), enrolment.client.zone)
        # The title stands in the browser's history: it says nobody's name.
        context["title"] = _("Programme given")
        context["steps"] = [
            {
                "row": step,
                "standing": standing_of(step.assignment, today),
                "words": step_words(step, today),
                "rhythm": rhythm_words(step.assignment),
                "waits": step.assignment.status == Assignment.Status.WAITING,
            }
            for step in steps_of(enrolment)
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    def release_view(
        self, request: HttpRequest, pk: uuid.UUID, assignment_id: uuid.UUID
    ) -> HttpResponse:
        return require_POST(self._release)(request, pk, assignment_id)

    def _release(
        self, request: HttpRequest, pk: uuid.UUID, assignment_id: uuid.UUID
    ) -> HttpResponse:
        self._own(request, pk)
        assignment = assignment_of(request.user, assignment_id)
        if assignment.enrolment_id != pk:
            raise Http404
        try:
            with transaction.atomic():
                assignment_release(assignment=assignment)
                self.record(request, assignment, Verb.CHANGE)
        except ConflictError as error:
            messages.warning(request, error.message)
        else:
            messages.success(request, gettext("It is open from today on."))
        return redirect(ONE, pk)

    def end_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        enrolment = self._own(request, pk)
        if enrolment.ended_on is not None:
            return redirect(ONE, pk)
        if request.method == "POST":
            with transaction.atomic():
                enrolment_end(enrolment=enrolment)
                self.record(request, enrolment, Verb.CHANGE)
            messages.success(request, gettext("It is ended. What was written stays."))
            return redirect(ONE, pk)
        self.record(request, enrolment, Verb.READ)
        context = {
            **self.admin_site.each_context(request),
            "title": _("End a programme"),
            "enrolment": enrolment,
        }
        return TemplateResponse(request, "desk/programmes/end.html", context)

    def _own(self, request: HttpRequest, pk: uuid.UUID) -> Enrolment:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return enrolment_of(request.user, pk)
