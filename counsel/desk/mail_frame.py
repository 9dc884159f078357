"""The HTML part of a mail in a frame of the desk: with the styles it brings, and nothing else."""

from __future__ import annotations

from csp.constants import NONE, UNSAFE_INLINE
from django.http import HttpResponse

from exercises.desk.framing import may_be_framed_by_own

# A mail's styles stand in the mail itself. Nothing else is let in, and no link opens anything.
_ONLY_ITS_OWN_STYLES = {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "sandbox": True}


def framed_mail(page: str) -> HttpResponse:
    """`page` is a whole HTML document; only pages of Counsel can show it."""
    response = may_be_framed_by_own(HttpResponse(page))
    response._csp_config = _ONLY_ITS_OWN_STYLES  # type: ignore[attr-defined]
    return response
