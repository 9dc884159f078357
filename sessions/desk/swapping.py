"""Letting two consultations exchange their times: chosen, looked at, then done."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from counsel.accounts.scoped_admin import visible_rows
from counsel.audit.models import Verb
from counsel.common.errors import ConflictError, DomainError
from sessions.desk.changing import ConsultationChanging, require_version
from sessions.models import Consultation
from sessions.services import consultations_swap
from sessions.wording import when_words

# How far ahead the choice reaches.
AHEAD = timedelta(days=92)


class SwapForm(forms.Form):
    other = forms.ModelChoiceField(
        queryset=Consultation.objects.none(),
        label=_("With which one?"),
        help_text=_("Those of the next three months."),
    )

    def __init__(
        self, *args: Any, others: QuerySet[Consultation], label: Any, **kwargs: Any
    ) -> None:
        """Shows, and accepts, only what `others` holds."""
        super().__init__(*args, **kwargs)
        self.fields["other"].queryset = others  # type: ignore[attr-defined]
        self.fields["other"].label_from_instance = label  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Half:
    """One of the two, and when it is to be."""

    consultation: Consultation
    becomes: str


class ConsultationSwapping(ConsultationChanging):
    def swap_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        consultation = self.own(request, pk)
        is_sent = request.method == "POST"
        form = SwapForm(
            request.POST if is_sent else request.GET if "other" in request.GET else None,
            others=self._others(request, consultation),
            label=self.row_words,
        )
        chosen: Consultation | None = None
        if form.is_valid():
            chosen = form.cleaned_data["other"]
            if is_sent and self._swapped(request, form, consultation, chosen):
                return redirect("admin:consultations_consultation_change", pk)
            # A refusal leaves behind what was about to be written.
            consultation, chosen = self.own(request, pk), self.own(request, chosen.pk)
            self.record(request, chosen, Verb.READ)
        self.record(request, consultation, Verb.READ)
        return self.form_page(
            request,
            form,
            gettext("Exchange two times"),
            "sessions/desk_swap.html",
            consultation=consultation,
            chosen=chosen,
            halves=chosen and (_half(consultation, chosen), _half(chosen, consultation)),
        )

    def _others(self, request: HttpRequest, consultation: Consultation) -> QuerySet[Consultation]:
        now = timezone.now()
        coming = visible_rows(Consultation, request.user).filter(
            counsellor=consultation.counsellor_id, starts_at__gt=now, starts_at__lt=now + AHEAD
        )
        others = coming.holding().exclude(pk=consultation.pk)  # type: ignore[attr-defined]
        rows: QuerySet[Consultation] = others.select_related("client", "counsellor", "service")
        return rows.order_by("starts_at")

    def _swapped(
        self, request: HttpRequest, form: SwapForm, first: Consultation, second: Consultation
    ) -> bool:
        try:
            require_version(request, first)
            if request.POST.get("other_version") != str(second.version):
                raise ConflictError(gettext("The other one has changed in the meantime."))
            self._swap(request, first, second)
        except DomainError as error:
            form.add_error(None, error.message)
            return False
        said = gettext(
            "Exchanged. The clients hear of it in three minutes; until then you can undo it."
        )
        messages.success(request, said)
        return True

    @transaction.atomic
    def _swap(self, request: HttpRequest, first: Consultation, second: Consultation) -> None:
        consultations_swap(first=first, second=second)
        for consultation in (first, second):
            self.record(request, consultation, Verb.CHANGE)


def _half(consultation: Consultation, other: Consultation) -> Half:
    return Half(consultation, when_words(other.starts_at, other.counsellor.zone))
