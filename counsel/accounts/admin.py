from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from counsel.accounts.models import Counsellor, User, validate_address
from counsel.accounts.roles import is_manager
from counsel.accounts.scoped_admin import ScopedAdmin
from counsel.common.widgets import ZoneSelect


class StaffForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("email", "name", "time_zone", "is_superuser", "is_active")
        labels = {"is_superuser": _("Runs the practice")}
        help_texts = {
            "is_superuser": _("Adds staff and reads the access log, but no client's record."),
            "is_active": _("Without it, every sign-in of this person ends at once."),
        }
        widgets = {"time_zone": ZoneSelect}

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        validate_address(email)
        return email.lower()


@admin.register(User)
class StaffAdmin(ScopedAdmin):
    """Members of staff, for the practice manager. Nobody ever chooses a password for another."""

    manager_may = frozenset({"view", "add", "change"})
    desk_name = _("Staff")
    form = StaffForm
    list_display = ("email", "name", "is_superuser", "is_active")
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
    list_display = ("display_name", "headline", "accepts_new_clients")
    ordering = ("display_name",)
    fields = (
        *("user", "slug", "display_name", "headline", "about"),
        *("time_zone", "accepts_new_clients"),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if not is_manager(request.user):
            # Printed on cards and linked from blogs: only with the manager, and with care.
            return ("user", "slug")
        # Whoever a public page belongs to reads the caseload: no manager hands that on.
        return ("user",) if obj else ()

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "time_zone":
            kwargs["widget"] = ZoneSelect
        return super().formfield_for_dbfield(db_field, request, **kwargs)
