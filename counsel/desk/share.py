"""The page at the desk with which a counsellor brings their public page to other sites."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from counsel.accounts.models import Counsellor
from counsel.accounts.practice import practice
from counsel.accounts.roles import counsellor_of
from counsel.desk.pages import for_counsellors

# Another site has none of our style sheets: what it pastes brings its looks along.
_BUTTON_LOOKS = (
    "display:inline-block;padding:12px 20px;border-radius:10px;background:#1e6157;color:#ffffff;"
    "font-weight:600;text-decoration:none"
)


@for_counsellors
@require_safe
def your_page(request: HttpRequest) -> HttpResponse:
    """The link, a button and a frame, to copy; and which sites the practice lets show the frame."""
    counsellor = counsellor_of(request.user)
    assert counsellor is not None  # noqa: S101  (held by `for_counsellors`)
    link = settings.BASE_URL + counsellor.get_absolute_url()
    frame = settings.BASE_URL + reverse("booking:embed", args=[counsellor.slug])
    context = {
        **admin.site.each_context(request),
        "title": _("Your page"),
        "counsellor": counsellor,
        "link": link,
        "frame": frame,
        "button_code": _button(link),
        "frame_code": _frame(frame, counsellor),
        "origins": practice().frame_origins,
    }
    return TemplateResponse(request, "desk/your_page.html", context)


def _button(link: str) -> str:
    words = _("Find a time")
    return format_html('<a href="{}" style="{}">{}</a>', link, _BUTTON_LOOKS, words)


def _frame(frame: str, counsellor: Counsellor) -> str:
    title = _("Find a time with %(counsellor)s") % {"counsellor": counsellor.display_name}
    return format_html(
        '<iframe src="{}" title="{}" width="100%" height="480" style="border:0" loading="lazy">'
        "</iframe>",
        frame,
        title,
    )
