"""The HTML part of one mail, as its reader gets it."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_language_bidi, override

from counsel.reminders.markup import Sheet, html_of, preview_of


def html_part(subject: str, body: str, *, language: str, is_neutral: bool, aside: str = "") -> str:
    """`aside` is a link in the body that stands small at its end.

    What programs show beside the subject, where others may read it, is the first line that says
    something; nothing at all where the words are not neutral.
    """
    with override(language):
        return html_of(
            Sheet(
                subject=subject,
                body=body,
                language=language,
                home=settings.BASE_URL,
                preview=preview_of(body) if is_neutral else "",
                is_right_to_left=get_language_bidi(),
                aside=aside,
            )
        )
