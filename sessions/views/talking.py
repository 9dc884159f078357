"""What the client wants to talk about, written down before the next appointment."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.access import own_client
from clients.models import Client
from clients.not_watched import still_to_read
from clients.portal import choose_portal_client, portal_client
from counsel.common.errors import ConflictError
from counsel.common.http import AuthedRequest, id_or_404, require_get_or_post, signed_in
from sessions.forms.talking import TalkForm
from sessions.services import talking_point_write
from sessions.talking import first_opened, last_talked_about, mark_of, open_talking_point


@require_get_or_post
@signed_in
def talk(request: AuthedRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, portal_client(request), None)
    client = _written_for(request)
    form = TalkForm(request.POST)
    if not form.is_valid():
        return _page(request, client, form, status=422)
    if form.cleaned_data["text"]:
        first = still_to_read(request, client, "record", "seen", "text")
        if first is not None:
            return first
    try:
        point = talking_point_write(
            client=client,
            text=form.cleaned_data["text"],
            now=timezone.now(),
            seen=request.POST.get("seen", ""),
        )
    except ConflictError:
        return _page(request, client, form, status=409)
    said = (
        _("Your counsellor reads it before you meet.") if point else _("Nothing stands here now.")
    )
    messages.success(request, said)
    return redirect("booking:talk")


def _written_for(request: AuthedRequest) -> Client:
    """The record whose portal was open when the page was. It is the one open from now on: whoever
    signs in again in between may find the portal of another counsellor open.
    """
    client = own_client(request.user, id_or_404(request.POST.get("record", "")))
    choose_portal_client(request, client)
    return client


def _page(
    request: AuthedRequest, client: Client, form: TalkForm | None, *, status: int = 200
) -> HttpResponse:
    point = open_talking_point(client)
    context = {
        "client": client,
        "zone": client.zone,
        "point": point,
        "seen": mark_of(point),
        "opened_at": first_opened(point) if point else None,
        "before": last_talked_about(client),
        "form": form or TalkForm(initial={"text": point.text if point else ""}),
        "is_changed": status == 409,
    }
    return render(request, "sessions/talk.html", context, status=status)
