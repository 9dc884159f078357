"""The journal: a page to write on, with a question or without, and the pages before it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from clients.models import Client
from clients.not_watched import still_to_read
from clients.portal import portal_client
from counsel.common.errors import DomainError
from counsel.common.http import AuthedRequest, require_get_or_post, signed_in
from counsel.common.zones import local_date
from exercises.selectors.journal import (
    Writing,
    journal_prompts,
    journal_to_write,
    journal_writing,
    prompt_after,
)
from exercises.selectors.timeline import Wish
from exercises.services.journal import journal_begin
from exercises.views.entries import turned_page
from exercises.views.practice import go_on


@require_get_or_post
@signed_in
def journal(request: AuthedRequest) -> HttpResponse:
    """A button opens a page to write on; below it stands what was written before."""
    client = portal_client(request)
    today = local_date(timezone.now(), client.zone)
    writing = journal_to_write(client, today)
    sent = request.POST
    if request.method == "POST" and writing is not None and "another" not in sent:
        return _write(request, client, writing)
    prompts = [] if writing is None or writing.is_begun else journal_prompts(writing.version)
    context = {
        "page": turned_page(request, client, journal_writing(client), Wish()),
        "writing": writing,
        "prompt": prompt_after(prompts, sent.get("another", ""), today),
    }
    return render(request, "exercises/journal.html", context)


def _write(request: AuthedRequest, client: Client, writing: Writing) -> HttpResponse:
    """Opens the page; before somebody's first one, it is said once that nobody watches."""
    if (first := still_to_read(request, client, "prompt")) is not None:
        return first
    prompt = request.POST.get("prompt", "")
    try:
        page = journal_begin(
            client=client, version=writing.version, assignment=writing.assignment, prompt=prompt
        )
    except DomainError as closed:
        messages.info(request, closed.message)
        return redirect("exercises:journal")
    return go_on(page)
