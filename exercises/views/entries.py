"""Reading again what was kept: the timeline, and one entry with what became of it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from clients.models import Client, Sharing
from clients.portal import portal_client
from counsel.common.errors import ConflictError
from counsel.common.http import AuthedRequest, signed_in
from exercises.access import own_entry
from exercises.answers import readable
from exercises.asking import place_to_go_on
from exercises.forms import SharingForm
from exercises.kept_forms import WishForm
from exercises.models import Entry, EntryQuerySet, Reply, Review
from exercises.selectors.journal import without_no_question
from exercises.selectors.kept import drafts, replies_to, wordings_of
from exercises.selectors.timeline import (
    Page,
    Turn,
    Wish,
    exercises_kept,
    months_kept,
    page_of,
    place_of,
    timeline,
)
from exercises.services.correcting import may_be_corrected
from exercises.services.practising import entry_discard, entry_share
from exercises.services.replies import replies_mark_read


@require_safe
@signed_in
def entries(request: AuthedRequest) -> HttpResponse:
    client = portal_client(request)
    form = WishForm(request.GET, versions=exercises_kept(client), months=months_kept(client))
    wish = form.wish()
    context = {
        "form": form,
        "wish": wish,
        "wishes": wish != Wish(),
        "page": turned_page(request, client, timeline(client), wish),
        "drafts": drafts(client),
    }
    return render(request, "exercises/timeline.html", context)


def turned_page(request: AuthedRequest, client: Client, rows: EntryQuerySet, wish: Wish) -> Page:
    """The page of the list that the address names by the entry it starts from."""
    for name, is_back in (("older", True), ("newer", False)):
        try:
            entry = place_of(client, uuid.UUID(request.GET.get(name, "")))
        except ValueError:
            continue
        if entry is not None:
            return page_of(client, rows, wish, Turn(entry, is_back=is_back))
    return page_of(client, rows, wish, None)


@require_safe
@signed_in
def entry(request: AuthedRequest, entry_id: uuid.UUID) -> HttpResponse:
    """What was asked then and answered, who has seen it, and the counsellor's words to it."""
    own = own_entry(request.user, entry_id)
    if own.state == Entry.State.DRAFT:
        number = place_to_go_on(own.steps(), own.answers)
        return render(request, "exercises/draft.html", {"entry": own, "number": number})
    wordings = wordings_of(own)
    replies = replies_to(own, wordings.earlier)
    _mark_read([own, *wordings.earlier], replies)
    context = {
        "entry": own,
        "answers": readable(own.steps(), without_no_question(own.version, own.answers)),
        "could_not": own.outcome == Entry.Outcome.COULD_NOT,
        "written_later": own.days_late > 0,
        "wordings": wordings,
        "may_change": may_be_corrected(own),
        "review": Review.objects.filter(entry=own).first(),
        "replies": replies,
        "is_shared": own.sharing == Sharing.SHARED,
    }
    return render(request, "exercises/entry.html", context)


def _mark_read(wordings: list[Entry], replies: list[Reply]) -> None:
    # The client's own view of the client's own mail: reading it is what marks it read.
    unread = {reply.entry_id for reply in replies if reply.read_at is None}
    for wording in wordings:
        if wording.pk in unread:
            replies_mark_read(entry=wording)


_SAID = {
    Sharing.SHARED: gettext_lazy("Your counsellor can read this now."),
    Sharing.PRIVATE: gettext_lazy("Only you see this now."),
}


@require_POST
@signed_in
def sharing(request: AuthedRequest, entry_id: uuid.UUID) -> HttpResponse:
    own = own_entry(request.user, entry_id)
    form = SharingForm(request.POST)
    if form.is_valid():
        try:
            entry_share(entry=own, sharing=form.decided())
        except ConflictError as conflict:
            messages.info(request, conflict.message)
        else:
            messages.success(request, _SAID[Sharing(form.decided())])
    return redirect("exercises:entry", own.pk)


@require_POST
@signed_in
def discard(request: AuthedRequest, entry_id: uuid.UUID) -> HttpResponse:
    own = own_entry(request.user, entry_id)
    try:
        entry_discard(entry=own)
    except ConflictError as conflict:
        messages.info(request, conflict.message)
        return redirect("exercises:entry", own.pk)
    messages.success(request, _("Thrown away."))
    return redirect("exercises:timeline")
