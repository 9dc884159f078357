from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import update_wrapper
from typing import Any

from allauth.account.views import logout as sign_out
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from counsel.accounts.roles import counsellor_of, is_manager, runs_something
from counsel.accounts.scoped_admin import ScopedAdmin
from counsel.audit.services import record_listed
from counsel.common.keeps_words import give_back
from counsel.desk.menu import menu_of
from counsel.reminders import mailbox

View = Callable[..., HttpResponseBase]

# Django's doors nobody here needs. `view_on_site` answers for rows of any caseload.
_CLOSED = {"view_on_site", "password_change_done"}


class DeskSite(AdminSite):
    """The counsellors' admin. There is one door: signing in happens on the portal's page."""

    site_title = settings.PRACTICE_NAME
    site_header = settings.PRACTICE_NAME
    index_title = _("Desk")
    enable_nav_sidebar = True
    index_template = "desk/index.html"

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return runs_something(user) or counsellor_of(user) is not None

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Takes no page without the wall: what other packages bring would show every caseload."""
        if admin_class is not None and issubclass(admin_class, ScopedAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(self, view: View, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                if request.method == "POST":
                    return give_back(request, status=401)
                return redirect_to_login(request.get_full_path())
            if not self.has_permission(request):
                raise PermissionDenied
            if _has_null(request):
                raise BadRequest("NUL in the address")
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, view)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        # Reads models, which are not loaded yet when Django makes the site.
        from counsel.desk import (
            correcting,
            emergency,
            erasing,
            instruments,
            lent,
            letters,
            odd_access,
            offered,
            staff,
        )
        from counsel.desk.practice import views as practice
        from counsel.desk.share import your_page

        urls = [url for url in super().get_urls() if getattr(url, "name", None) not in _CLOSED]
        own = [
            path("your-page/", self.admin_view(your_page), name="your_page"),
            path("practice/", self.admin_view(practice.numbers), name="practice_numbers"),
            path("practice/export/", self.admin_view(practice.export), name="practice_export"),
            path("measures/", self.admin_view(instruments.measures), name="measures"),
            path("measures/<slug:key>/", self.admin_view(instruments.measure), name="measure"),
            path(
                "measures/<slug:key>/import/",
                self.admin_view(instruments.import_wording),
                name="measure_import",
            ),
            path(
                "measures/<slug:key>/words/",
                self.admin_view(instruments.type_wording),
                name="measure_type",
            ),
        ]
        wrap = self.admin_view
        modules = (lent, offered, letters, erasing, emergency, correcting, staff, odd_access)
        pages = [page for module in modules for page in module.urls(wrap)]
        return [*own, *pages, *urls]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        has_caseload = counsellor_of(request.user) is not None
        menu = menu_of(
            context["available_apps"],
            request.path,
            has_caseload=has_caseload,
            runs_practice=is_manager(request.user),
        )
        return {**context, "menu": menu, "has_mailbox": mailbox.can_be_read()}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        # Reads models, which are not loaded yet when Django makes the site.
        from clients.models import Client
        from counsel.desk.index import clients_of, index_context

        context = index_context(request.user, timezone.now())
        record_listed(request, [(Client, pk, pk) for pk in clients_of(context)])
        return super().index(request, {**context, **(extra_context or {})})

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next", reverse("admin:index")))
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("admin:index")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return sign_out(request)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        return redirect("account_change_password")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        apps = super().get_app_list(request, app_label)
        for model in (model for app in apps for model in app["models"]):
            model["name"] = (
                getattr(self._registry[model["model"]], "desk_name", "") or model["name"]
            )
        return apps

    def get_log_entries(self, request: HttpRequest) -> Any:
        return super().get_log_entries(request).filter(user=request.user.pk)


def _has_null(request: HttpRequest) -> bool:
    """PostgreSQL refuses NUL in any text, so a filter that carried one would raise there."""
    return any("\x00" in text for text in _texts(request))


def _texts(request: HttpRequest) -> Iterable[str]:
    for name, values in request.GET.lists():
        yield name
        yield from values
