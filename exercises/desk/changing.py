"""What may be done with one assignment, each by a page or a button of its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from counsel.audit.models import Verb
from counsel.audit.recorded_admin import RecordedAdmin
from counsel.common.errors import ConflictError, DomainError
from counsel.common.zones import local_date
from exercises.access import assignment_of
from exercises.desk.assign_form import ChangeForm, PauseForm, RhythmForm
from exercises.models import Assignment
from exercises.services.assigning import (
    assignment_change,
    assignment_make_smaller,
    assignment_make_whole,
    assignment_withdraw,
    seal_of,
)
from exercises.services.resting import assignment_pause, assignment_resume

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CONFLICT = "conflict"
PAGE = "admin:exercises_assignment_change"


@dataclass(frozen=True, slots=True)
class Button:
    """What one press does: a service, and what is said after it."""

    service: Callable[..., Any]
    done: StrOrPromise


BUTTONS = {
    "resume": Button(assignment_resume, _("It asks again, from today on.")),
    "smaller": Button(assignment_make_smaller, _("It is asked in its smaller form now.")),
    "whole": Button(assignment_make_whole, _("It is asked whole again.")),
}


class AssignmentChanging(RecordedAdmin):
    def asked_view(self, request: HttpRequest) -> HttpResponse:
        """The sentence that says what a client will be asked, for a form that is being filled."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return require_POST(_asked)(request)

    def edit_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        assignment = self.own(request, pk)
        typed = request.POST if request.method == "POST" else None
        form = ChangeForm(typed, assignment=assignment, today=today_of(assignment))
        is_sent = typed is not None and "look" not in typed
        given = form.cleaned_data if is_sent and form.is_valid() else None
        seal = seal_of(assignment) if typed is None else typed.get("seal", "")
        if given and self._recorded(
            request, assignment, form, assignment_change, seen=seal, **given
        ):
            return self._done(request, assignment, gettext("Changed."))
        if form.has_error(NON_FIELD_ERRORS, CONFLICT):
            # Told of it once: the next press is meant.
            seal = seal_of(self.own(request, pk))
        title = gettext("Change an assignment")
        return self._page(request, "desk/assign_change.html", title, assignment, form, seal=seal)

    def pause_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        assignment = self.own(request, pk)
        form = PauseForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and self._recorded(
            request, assignment, form, assignment_pause, until=form.cleaned_data["until"]
        ):
            said = gettext("It rests. Nothing is asked, and nobody is reminded of it.")
            return self._done(request, assignment, said)
        title = gettext("Let an exercise rest")
        return self._page(request, "desk/assign_pause.html", title, assignment, form)

    def do_view(self, request: HttpRequest, pk: uuid.UUID, change: str) -> HttpResponse:
        return require_POST(self._do)(request, pk, change)

    def _do(self, request: HttpRequest, pk: uuid.UUID, change: str) -> HttpResponse:
        assignment = self.own(request, pk)
        if change not in BUTTONS:
            raise Http404
        button = BUTTONS[change]
        try:
            with transaction.atomic():
                button.service(assignment=assignment)
                self.record(request, assignment, Verb.CHANGE)
        except DomainError as error:
            messages.error(request, error.message)
            return redirect(PAGE, pk)
        return self._done(request, assignment, str(button.done))

    def withdraw_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        assignment = self.own(request, pk)
        if request.method == "POST":
            with transaction.atomic():
                assignment_withdraw(assignment=assignment)
                self.record(request, assignment, Verb.CHANGE)
            done = gettext("It is off the client's list. What was written stays.")
            messages.success(request, done)
            return redirect("admin:clients_client_change", assignment.client_id)
        title = gettext("Withdraw an exercise")
        return self._page(request, "desk/withdraw.html", title, assignment)

    # --- What these views share -----------------------------------------------------------

    def own(self, request: HttpRequest, pk: uuid.UUID) -> Assignment:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return assignment_of(request.user, pk)

    def _recorded(
        self,
        request: HttpRequest,
        assignment: Assignment,
        form: Any,
        service: Callable[..., Any],
        **given: Any,
    ) -> bool:
        """Written down and done; what is refused stands in the form."""
        try:
            with transaction.atomic():
                service(assignment=assignment, **given)
                self.record(request, assignment, Verb.CHANGE)
        except ConflictError as error:
            form.add_error(None, ValidationError(error.message, code=CONFLICT))
        except DomainError as error:
            form.add_error(error.field, error.message)
        except ValidationError as error:
            form.add_error(None, error)
        return not form.errors

    def _done(self, request: HttpRequest, assignment: Assignment, said: str) -> HttpResponse:
        messages.success(request, said)
        return redirect(PAGE, assignment.pk)

    def _page(
        self,
        request: HttpRequest,
        template: str,
        title: str,
        assignment: Assignment,
        form: Any = None,
        **more: Any,
    ) -> HttpResponse:
        self.record(request, assignment, Verb.READ)
        frame = self.admin_site.each_context(request)
        context = {**frame, "title": title, "opts": self.opts, "assignment": assignment}
        refused = form is not None and form.is_bound and form.errors
        return TemplateResponse(
            request, template, {**context, "form": form, **more}, status=422 if refused else 200
        )


def today_of(assignment: Assignment) -> date:
    return local_date(timezone.now(), assignment.client.zone)


def _asked(request: HttpRequest) -> HttpResponse:
    form = RhythmForm(request.POST)
    return TemplateResponse(request, "desk/_asked.html", {"form": form})
