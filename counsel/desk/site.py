from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _


class DeskSite(AdminSite):
    """The counsellors' admin. There is one door: signing in happens on the portal's page."""

    site_title = settings.PRACTICE_NAME
    site_header = settings.PRACTICE_NAME
    index_title = _("Desk")
    enable_nav_sidebar = True

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", "/admin/"))
