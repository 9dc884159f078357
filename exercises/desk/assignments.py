from __future__ import annotations

import uuid

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from counsel.audit.models import Verb
from counsel.audit.recorded_admin import RecordedAdmin
from exercises.access import assignment_of
from exercises.models import Assignment
from exercises.services.assigning import assignment_withdraw
from exercises.wording import dates_words, rhythm_words


@admin.register(Assignment)
class AssignmentAdmin(RecordedAdmin):
    """What was given to whom. It is made from the client's page, and taken back from here."""

    counsellor_may = frozenset({"view"})
    list_display = ("exercise", "client_name", "rhythm_in_words", "dates", "status_mark")
    list_filter = ("status", "client")
    list_select_related = ("client", "version")
    fields = ("client_name", "exercise", "rationale", "rhythm_in_words", "dates", "reminders")
    change_form_template = "desk/assignment.html"

    @admin.display(description=_("client"), ordering="client__name")
    def client_name(self, assignment: Assignment) -> str:
        return assignment.client.name

    @admin.display(description=_("exercise"), ordering="version__title")
    def exercise(self, assignment: Assignment) -> str:
        return assignment.version.title

    @admin.display(description=_("rhythm"))
    def rhythm_in_words(self, assignment: Assignment) -> str:
        return rhythm_words(assignment)

    @admin.display(description=_("dates"), ordering="starts_on")
    def dates(self, assignment: Assignment) -> str:
        return dates_words(assignment)

    @admin.display(description=_("status"), ordering="status")
    def status_mark(self, assignment: Assignment) -> str:
        shape = "on" if assignment.status == Assignment.Status.ACTIVE else "off"
        return format_html(
            '<span class="status status-{}">{}</span>', shape, assignment.get_status_display()
        )

    def get_urls(self) -> list[URLPattern]:
        withdraw = self.admin_site.admin_view(self.withdraw_view)
        own = path("<uuid:pk>/withdraw/", withdraw, name="exercises_assignment_withdraw")
        return [own, *super().get_urls()]

    def withdraw_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        assignment = assignment_of(request.user, pk)
        if request.method == "POST":
            with transaction.atomic():
                self.record(request, assignment, Verb.CHANGE)
                assignment_withdraw(assignment=assignment)
            done = gettext("It is off the client's list. What was written stays.")
            messages.success(request, done)
            return redirect(reverse("admin:clients_client_change", args=[assignment.client_id]))
        self.record(request, assignment, Verb.READ)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Withdraw an exercise"),
            "assignment": assignment,
            "opts": self.opts,
        }
        return TemplateResponse(request, "desk/withdraw.html", context)
