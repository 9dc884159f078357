"""The link that stops mails about homework, also for mail programs that do it in one click.

Nobody signs in, and the page names nobody: whoever is sent on such a mail can stop them, and
learns nothing by it.
"""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from clients.access import client_by_stop_token
from clients.services import homework_mails_stop
from counsel.common.http import require_get_or_post


# Mail programs post without a cookie (RFC 8058); a forged post would need the signed link.
@csrf_exempt
@require_get_or_post
@never_cache
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Opening it changes nothing; the button, or a mail program's own, does."""
    try:
        client = client_by_stop_token(token)
    except Http404:
        is_guessing = not ratelimit.consume(request, action="stop_unknown")
        return _page(request, "unknown", 429 if is_guessing else 404)
    if request.method != "POST":
        return _page(request, "ask")
    if request.POST.get("List-Unsubscribe") != "One-Click":
        return _page(request, "ask", 400)
    if not ratelimit.consume(request, action="stop", key=client.pk.hex):
        return _page(request, "ask", 429)
    # No redirect: mail programs follow none.
    was_on = homework_mails_stop(client=client, now=timezone.now())
    return _page(request, "done" if was_on else "before")


def _page(request: HttpRequest, state: str, status: int = 200) -> HttpResponse:
    response = render(request, "clients/stop.html", {"state": state}, status=status)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
