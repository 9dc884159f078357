from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from sessions.forms.waiting import WishForm
from sessions.models import Service


class PutOnListForm(WishForm):
    """Shows, and accepts, only what the two querysets hold. Wishes are by the client's clock."""

    client = forms.ModelChoiceField(queryset=Client.objects.none(), label=_("Client"))
    service = forms.ModelChoiceField(queryset=Service.objects.none(), label=_("Service"))

    field_order = ("client", "service", "weekdays", "earliest", "latest")

    def __init__(
        self, *args: Any, clients: QuerySet[Client], services: QuerySet[Service], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"].queryset = clients.order_by("name")  # type: ignore[attr-defined]
        self.fields["client"].label_from_instance = _name  # type: ignore[attr-defined]
        self.fields["service"].queryset = services  # type: ignore[attr-defined]
        self.fields["weekdays"].label = _("Days that suit")
        self.fields["weekdays"].help_text = _("By the client's clock. None chosen: any day.")


def _name(client: Client) -> str:
    return client.name
