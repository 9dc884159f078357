"""The look of a step beside the editor: a page of ours in a frame of ours, and nobody else's."""

from __future__ import annotations

from csp.constants import SELF
from django.http import HttpResponse


def may_frame_own(response: HttpResponse) -> HttpResponse:
    """Lets this page show pages of Counsel in a frame."""
    response._csp_update = {"frame-src": [SELF]}  # type: ignore[attr-defined]
    return response


def may_be_framed_by_own(response: HttpResponse) -> HttpResponse:
    """Lets pages of Counsel, and no other, show this one in a frame."""
    response._csp_replace = {"frame-ancestors": [SELF]}  # type: ignore[attr-defined]
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
