from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from counsel.accounts.scoped_admin import ScopedAdmin
from exercises.models import ExerciseVersion


@admin.register(ExerciseVersion)
class LibraryAdmin(ScopedAdmin):
    """The library, to read: what each exercise is for, and its steps as clients see them."""

    counsellor_may = frozenset({"view"})
    desk_name = _("Library")
    list_display = ("title", "summary", "kind", "length", "number")
    list_select_related = ("exercise",)
    ordering = ("title", "-number")
    change_form_template = "desk/exercise.html"

    @admin.display(description=_("kind"), ordering="exercise__kind")
    def kind(self, version: ExerciseVersion) -> str:
        return str(version.exercise.get_kind_display())

    @admin.display(description=_("minutes"), ordering="minutes")
    def length(self, version: ExerciseVersion) -> int:
        return version.minutes

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["steps"] = context["original"].parsed_steps()
        return super().render_change_form(request, context, *args, **kwargs)
