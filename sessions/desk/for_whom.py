"""Which client, and which service: what every form that books at the desk begins with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.scoped_admin import choice_label
from sessions.models import Service


class ForWhomForm(forms.Form):
    """Shows, and accepts, only what the two querysets hold."""

    client = forms.ModelChoiceField(queryset=Client.objects.none(), label=_("Client"))
    service = forms.ModelChoiceField(queryset=Service.objects.none(), label=_("Service"))

    def __init__(
        self, *args: Any, clients: QuerySet[Client], services: QuerySet[Service], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("client", clients.order_by("name")), ("service", services)):
            field: Any = self.fields[name]
            field.queryset = rows
            field.label_from_instance = choice_label
