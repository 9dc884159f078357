"""Two addresses for whatever watches Counsel: whether the process lives, whether it can work.

Restart on the first alone. The second tells of what no restart mends: a database that is away.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from counsel.readiness import readiness


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Asks nothing and nobody: also while the database is away."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Anybody reads one word; which part it is, only whoever shows the token."""
    found = readiness()
    is_ready = not any(found.values())
    status = 200 if is_ready else 503
    if _shows_token(request):
        return JsonResponse({"ready": is_ready, "wrong": found}, status=status)
    word = "ok\n" if is_ready else "fail\n"
    return HttpResponse(word, content_type="text/plain", status=status)


def _shows_token(request: HttpRequest) -> bool:
    shown = request.headers.get("Authorization", "")
    wanted = f"Bearer {settings.HEALTH_TOKEN}"
    return bool(settings.HEALTH_TOKEN) and constant_time_compare(shown, wanted)
