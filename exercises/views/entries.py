"""Reading again what was kept: the timeline, one entry, the journal."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clients.models import Sharing
from clients.portal import portal_client
from counsel.common.errors import ConflictError
from counsel.common.http import AuthedRequest, require_get_or_post
from counsel.common.zones import local_date
from exercises.access import own_entry
from exercises.answers import readable
from exercises.asking import place_to_go_on
from exercises.forms import SharingForm
from exercises.models import Entry, Review
from exercises.selectors.journal import journal_to_write, journal_writing
from exercises.selectors.kept import drafts, replies_to, timeline
from exercises.services.practising import entry_begin, entry_discard, entry_share
from exercises.services.replies import replies_mark_read
from exercises.views.keeps_words import keeps_words
from exercises.views.practice import go_on

PAGE = 20


@require_safe
@keeps_words
def entries(request: AuthedRequest) -> HttpResponse:
    client = portal_client(request)
    context = {
        "page": Paginator(timeline(client), PAGE).get_page(request.GET.get("page")),
        "drafts": drafts(client),
    }
    return render(request, "exercises/timeline.html", context)


@require_safe
@keeps_words
def entry(request: AuthedRequest, entry_id: uuid.UUID) -> HttpResponse:
    """What was asked then and answered, who has seen it, and the counsellor's words to it."""
    own = own_entry(request.user, entry_id)
    if own.state == Entry.State.DRAFT:
        number = place_to_go_on(own.steps(), own.answers)
        return render(request, "exercises/draft.html", {"entry": own, "number": number})
    replies = replies_to(own)
    if any(reply.read_at is None for reply in replies):
        # The client's own view of the client's own mail: reading it is what marks it read.
        replies_mark_read(entry=own)
    context = {
        "entry": own,
        "answers": readable(own.steps(), own.answers),
        "could_not": own.outcome == Entry.Outcome.COULD_NOT,
        "review": Review.objects.filter(entry=own).first(),
        "replies": replies,
        "is_shared": own.sharing == Sharing.SHARED,
    }
    return render(request, "exercises/entry.html", context)


@require_POST
@keeps_words
def sharing(request: AuthedRequest, entry_id: uuid.UUID) -> HttpResponse:
    own = own_entry(request.user, entry_id)
    form = SharingForm(request.POST)
    if form.is_valid():
        entry_share(entry=own, sharing=form.decided())
        is_shared = form.decided() == Sharing.SHARED
        said = _("Your counsellor can read this now.") if is_shared else _("Only you see this now.")
        messages.success(request, said)
    return redirect("exercises:entry", own.pk)


@require_POST
@keeps_words
def discard(request: AuthedRequest, entry_id: uuid.UUID) -> HttpResponse:
    own = own_entry(request.user, entry_id)
    try:
        entry_discard(entry=own)
    except ConflictError as conflict:
        messages.info(request, conflict.message)
        return redirect("exercises:entry", own.pk)
    messages.success(request, _("Thrown away."))
    return redirect("exercises:timeline")


@require_get_or_post
@keeps_words
def journal(request: AuthedRequest) -> HttpResponse:
    """The button opens a page to write on; below it stands what was written before."""
    client = portal_client(request)
    writing = journal_to_write(client, local_date(timezone.now(), client.zone))
    if request.method == "POST" and writing is not None:
        return go_on(
            entry_begin(client=client, version=writing.version, assignment=writing.assignment)
        )
    context = {
        "page": Paginator(journal_writing(client), PAGE).get_page(request.GET.get("page")),
        "writing": writing,
    }
    return render(request, "exercises/journal.html", context)
