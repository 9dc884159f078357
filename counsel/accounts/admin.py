from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from counsel.accounts.counsellor_form import CounsellorForm
from counsel.accounts.models import Counsellor, User, validate_address
from counsel.accounts.practice import Practice
from counsel.accounts.practice_form import PracticeForm
from counsel.accounts.roles import is_manager
from counsel.accounts.scoped_admin import ScopedAdmin
from counsel.accounts.settled import follow
from counsel.common.widgets import ZoneSelect

_MESSAGES = ("morning_hour", "change_news", "late_hours")
_SAFETY = (_("When something should not wait"), {"fields": ("stand_in",)})


class StaffForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("email", "name", "time_zone", "runs_practice", "is_superuser", "is_active")
        labels = {"is_superuser": _("Runs the system")}
        help_texts = {
            "runs_practice": _(
                "Sets what holds for all, adds staff and reads the access log, but no client's "
                "record."
            ),
            "is_superuser": _(
                "Adds staff, sees what became of messages and reads the access log: nobody's "
                "record, and nothing of how the practice is run."
            ),
            "is_active": _("Without it, every sign-in of this person ends at once."),
        }
        widgets = {"time_zone": ZoneSelect}

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        validate_address(email)
        return email.lower()


@admin.register(User)
class StaffAdmin(ScopedAdmin):
    """Members of staff, for who runs the practice or the system.

    Nobody ever chooses a password for another.
    """

    manager_may = technician_may = frozenset({"view", "add", "change"})
    desk_name = _("Staff")
    form = StaffForm
    list_display = ("email", "name", "runs_practice", "is_superuser", "is_active")
    ordering = ("email",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # The person changes it, with proof, on the page of their own sign-in.
        return ("email",) if obj else ()

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.is_staff = True
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)


@admin.register(Counsellor)
class CounsellorAdmin(ScopedAdmin):
    """The public page: counsellors write their own, a manager opens one for a colleague."""

    counsellor_may = frozenset({"view", "change"})
    manager_may = frozenset({"view", "add", "change"})
    desk_name = _("Public pages")
    form = CounsellorForm
    list_display = ("display_name", "headline", "accepts_new_clients")
    ordering = ("display_name",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        words = ("slug", "display_name", "headline", "about")
        page = {"fields": ("user", *words, self._clock(request, obj), "accepts_new_clients")}
        if obj is None:
            return ((None, page),)
        if not self._is_own(request, obj):
            return ((None, page), _SAFETY)
        return ((None, page), _SAFETY, (_("Messages to you"), {"fields": _MESSAGES}))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        clock = self._clock(request, obj)
        if not is_manager(request.user):
            # Printed on cards and linked from blogs: only with the manager, and with care.
            return ("user", "slug", clock)
        # Whoever a public page belongs to reads the caseload: no manager hands that on.
        return ("user", clock) if obj else ()

    def _clock(self, request: HttpRequest, obj: Any) -> str:
        """Moved by its owner alone, where all that changes with it is shown first."""
        return "own_clock" if self._is_own(request, obj) else "time_zone"

    def _is_own(self, request: HttpRequest, obj: Any) -> bool:
        return obj is not None and obj.user_id == request.user.pk

    @admin.display(description=_("time zone"))
    def own_clock(self, counsellor: Counsellor) -> str:
        page = reverse("admin:consultations_availabilityrule_clock")
        words = counsellor.time_zone.replace("_", " ")
        return format_html('{} <a href="{}">{}</a>', words, page, gettext("Change your clock"))

    def save_model(self, request: HttpRequest, obj: Counsellor, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        follow(obj, timezone.now())


@admin.register(Practice)
class PracticeAdmin(ScopedAdmin):
    """What holds for all counsellors. There is one row at most, so its list is that row."""

    manager_may = frozenset({"view", "add", "change"})
    desk_name = _("Practice")
    form = PracticeForm
    fieldsets = (
        (_("Booking"), {"fields": ("frame_hosts", "confirm_minutes", "offer_hours")}),
        (
            _("Reminders of consultations"),
            {
                "fields": ("reminder_offsets", ("quiet_from", "quiet_until")),
                "description": _(
                    "A client may choose others for themselves. By the client's own clock, what "
                    "would come in the quiet hours waits for their end or, where that is too "
                    "late, comes the evening before. What answers somebody, such as a "
                    "confirmation, comes at once. Saving plans all coming reminders anew."
                ),
            },
        ),
        (
            _("Reminders of practice"),
            {
                "fields": ("soften_after", "stop_after"),
                "description": _(
                    "They go at the hour each client chose. When nothing follows them they "
                    "become fewer by themselves, and then stop, without a word of reproach."
                ),
            },
        ),
        (
            _("What the desk points out"),
            {
                "fields": ("missed_in_a_row", "quiet_days", "flag_hours"),
                "description": _("Counsellors see it on their first page; clients never do."),
            },
        ),
        (_("When somebody asks to be forgotten"), {"fields": ("retention_years",)}),
    )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        # There is one row, and so one way to save it.
        context.update(show_save_and_add_another=False, show_save_and_continue=False)
        context["title"] = _("Practice")
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Practice, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        follow(obj, timezone.now())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Practice.objects.exists()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_queryset(request).first()
        if row is None:
            return redirect("admin:accounts_practice_add")
        return redirect("admin:accounts_practice_change", row.pk)
