"""Saying why not, once or anew: as good an answer as any other."""

from __future__ import annotations

import uuid
from typing import TypedDict

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from counsel.common.errors import ConflictError, DomainError
from counsel.common.http import AuthedRequest, require_get_or_post, signed_in
from exercises.access import own_assignment, own_entry
from exercises.forms import CouldNotForm, SharingForm
from exercises.models import Entry
from exercises.services.correcting import may_be_corrected
from exercises.services.declining import could_not_correct, entry_could_not
from exercises.views.practice import about


@require_get_or_post
@signed_in
def could_not(request: AuthedRequest, assignment_id: uuid.UUID) -> HttpResponse:
    assignment = own_assignment(request.user, assignment_id)
    asked = _Asked(request, Entry(sharing=assignment.client.default_sharing))
    error = ""
    if asked.is_answered:
        try:
            entry = entry_could_not(assignment=assignment, **asked.said())
        except DomainError as refused:
            error = refused.message
        else:
            return redirect("exercises:finish", entry.pk)
    return asked.page({**about(assignment), "error": error})


@require_get_or_post
@signed_in
def change_why(request: AuthedRequest, entry_id: uuid.UUID) -> HttpResponse:
    """The same page for what was said before. Until it is saved, that stands."""
    entry = own_entry(request.user, entry_id)
    if entry.outcome != Entry.Outcome.COULD_NOT or entry.assignment is None:
        raise Http404
    asked = _Asked(request, entry)
    error = ""
    if asked.is_answered and may_be_corrected(entry):
        try:
            said = could_not_correct(entry=entry, **asked.said())
        except ConflictError as conflict:
            messages.info(request, conflict.message)
            return redirect("exercises:timeline")
        except DomainError as refused:
            error = refused.message
        else:
            return redirect("exercises:finish", said.pk)
    return asked.page({"version": entry.version, "corrects": entry, "error": error})


class _Said(TypedDict):
    because: str
    reason: str
    wants_smaller: bool
    sharing: str


class _Asked:
    """The questions of the page, and what came back."""

    def __init__(self, request: AuthedRequest, before: Entry) -> None:
        self.request, self.before = request, before
        self._is_sent = request.method == "POST"
        data = request.POST if self._is_sent else None
        self.form, self.sharing = CouldNotForm(data), SharingForm(data)

    @property
    def is_answered(self) -> bool:
        is_sound = self._is_sent and self.form.is_valid() and self.sharing.is_valid()
        return is_sound and "_clear" not in self.request.POST

    def said(self) -> _Said:
        return {
            "because": self.request.POST.get("because", ""),
            "reason": self.form.cleaned_data["reason"],
            "wants_smaller": self.form.cleaned_data["wants_smaller"],
            "sharing": self.sharing.decided(),
        }

    def page(self, context: dict[str, object]) -> HttpResponse:
        sent, before = self.request.POST, self.before
        is_clearing = "_clear" in sent
        context |= {
            "reasons": Entry.Reason.choices,
            "reason": "" if is_clearing else sent.get("reason", before.reason),
            "because": sent.get("because", before.because),
            "wants_smaller": "wants_smaller" in sent if self._is_sent else before.wants_smaller,
            "sharing": sent.get("_-sharing", before.sharing),
        }
        status = 422 if self._is_sent and not is_clearing else 200
        return render(self.request, "exercises/could_not.html", context, status=status)
