"""Changing what was written and saved."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from counsel.common.errors import DomainError
from counsel.common.http import AuthedRequest, require_get_or_post, signed_in
from exercises.access import own_entry
from exercises.models import Entry
from exercises.services.correcting import entry_correct
from exercises.views.practice import go_on


@require_get_or_post
@signed_in
def correct(request: AuthedRequest, entry_id: uuid.UUID) -> HttpResponse:
    """GET says what changing means; POST opens the words, or goes on with the open change."""
    entry = own_entry(request.user, entry_id)
    if entry.state == Entry.State.DRAFT:
        return go_on(entry)
    if request.method != "POST":
        return render(request, "exercises/correct.html", {"entry": entry})
    if entry.outcome == Entry.Outcome.COULD_NOT:
        return redirect("exercises:change_why", entry.pk)
    try:
        draft = entry_correct(entry=entry)
    except DomainError as error:
        messages.info(request, error.message)
        return redirect("exercises:entry", entry.pk)
    return redirect("exercises:step", draft.pk, 1)
