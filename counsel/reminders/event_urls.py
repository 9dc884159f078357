"""The address at which a mail provider tells what became of our mails, where there is one."""

from __future__ import annotations

import re

from django.conf import settings
from django.urls import URLPattern

_PROVIDER = re.compile(r"anymail\.backends\.(\w+)\.EmailBackend")


def routes(backend: str, secret: str) -> list[URLPattern]:
    """That of the provider the mails go by, and no other; none without a secret to ask for."""
    provider = _PROVIDER.fullmatch(backend)
    if provider is None or not secret:
        return []
    # Not before: it brings the code of every provider with it.
    from anymail.urls import urlpatterns as every

    name = f"{provider.group(1)}_tracking_webhook"
    return [route for route in every if route.name == name]


urlpatterns = routes(settings.EMAIL_BACKEND, settings.ANYMAIL.get("WEBHOOK_SECRET", ""))
