from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.replanning import replan
from counsel.accounts.models import validate_address
from counsel.accounts.roles import counsellor_of
from counsel.audit.recorded_admin import RecordedAdmin
from counsel.common.lookalikes import spelt_out
from counsel.common.widgets import ZoneSelect


class ClientForm(forms.ModelForm):  # type: ignore[type-arg]
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = Client
        fields = (
            *("name", "pronouns", "status", "email", "phone"),
            *("time_zone", "language", "emergency_contact"),
        )
        widgets = {"time_zone": ZoneSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "emergency_contact" in self.fields:
            self.fields["emergency_contact"].widget.attrs["rows"] = 3
        told = spelt_out(self.instance.email)
        if "email" in self.fields and told != self.instance.email:
            self.fields["email"].help_text = told

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        validate_address(email)
        return email


class ClientAdmin(RecordedAdmin):
    """A client's details. The desk registers it, under the brief (`counsel.desk.caseload`).

    What clients decide for themselves (who reads what, when to be reminded) is not in it. Once
    they use the portal, their address, clock and language are theirs too.
    """

    counsellor_may = frozenset({"view", "add", "change"})
    owner_field = "counsellor"
    form = ClientForm

    def client_id_of(self, obj: Client) -> uuid.UUID:
        return obj.pk

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        who = ("name", "pronouns", "status")
        language = "language_words" if obj and obj.user_id else "language"
        email = "email_words" if obj and obj.user_id else "email"
        reach = (email, "phone", "time_zone", language, "emergency_contact")
        return ((None, {"fields": who}), (_("How to reach them"), {"fields": reach}))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("email_words", "time_zone", "language_words") if obj and obj.user_id else ()

    def save_model(self, request: HttpRequest, obj: Client, form: Any, change: bool) -> None:
        if change:
            # Only what was typed: in the same moment they may have become another counsellor's.
            changed = list(form.changed_data)
            if "email" in changed:
                # What came back from the address before says nothing about this one.
                obj.email_refused_at = None
                changed.append("email_refused_at")
            obj.save(update_fields=changed)
            if "time_zone" in changed:
                replan(obj, timezone.now())
        else:
            super().save_model(request, obj, form, change)

    @admin.display(description=_("e-mail address"))
    def email_words(self, client: Client) -> str:
        return spelt_out(client.email)

    @admin.display(description=_("language"))
    def language_words(self, client: Client) -> str:
        return str(dict(settings.LANGUAGES).get(client.language, client.language))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        counsellor = counsellor_of(request.user)
        zone = {"time_zone": counsellor.time_zone} if counsellor else {}
        return {**zone, **super().get_changeform_initial_data(request)}
