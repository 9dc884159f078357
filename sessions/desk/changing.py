"""One consultation's page: what may be done with it, how it came to be so, and the buttons."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from counsel.accounts.roles import counsellor_of
from counsel.audit.models import Verb
from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.fates import lines_of
from sessions.access import consultation_of
from sessions.desk.display import ConsultationDisplay
from sessions.desk.forms import WhenForm, WordsForm, local_initial
from sessions.desk.messages import messages_about
from sessions.models import HOLDING, KEPT, Consultation, ConsultationNote, Side, Status
from sessions.note_selectors import last_format
from sessions.planning import GRACE
from sessions.services import (
    consultation_cancel,
    consultation_complete,
    consultation_confirm,
    consultation_decline,
    consultation_mark_no_show,
    consultation_reschedule,
    consultation_undo,
    undoable,
)
from sessions.wording import zone_words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

IN_THREE_MINUTES = _("The client hears of it in three minutes; until then you can undo it.")


@dataclass(frozen=True, slots=True)
class Change:
    """What a button, or a list action, does: one service, and what it says before and after."""

    service: Callable[..., Consultation]
    label: StrOrPromise
    done: StrOrPromise
    tells: bool = False
    # The counsellor may write a few words to the client with it.
    takes_words: bool = False

    def said(self, consultation: Consultation) -> str:
        return f"{self.done} {self.told_when(consultation)}".strip()

    def told_when(self, consultation: Consultation) -> str:
        """Nobody is written to about what has begun."""
        is_to_come = consultation.starts_at > timezone.now()
        return str(IN_THREE_MINUTES) if self.tells and is_to_come else ""


CHANGES = {
    "confirm": Change(
        consultation_confirm, _("Confirm"), _("Confirmed."), tells=True, takes_words=True
    ),
    "decline": Change(
        consultation_decline, _("Decline"), _("Declined."), tells=True, takes_words=True
    ),
    "cancel": Change(
        partial(consultation_cancel, by=Side.COUNSELLOR),
        _("Cancel this consultation"),
        _("Cancelled."),
        tells=True,
        takes_words=True,
    ),
    "held": Change(consultation_complete, _("It was held"), _("Noted as held.")),
    "not-attended": Change(
        consultation_mark_no_show, _("Not attended"), _("Noted as not attended.")
    ),
    "undo": Change(
        partial(consultation_undo, by=Side.COUNSELLOR), _("Undo"), _("Undone. Nobody was told.")
    ),
}


# Its page has a form of its own.
MOVED = Change(consultation_reschedule, _("Move"), _("Moved."), tells=True)


class ConsultationChanging(ConsultationDisplay):
    change_form_template = "sessions/desk_consultation.html"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        consultation = context["original"]
        now = timezone.now()
        undo = undoable(consultation, Side.COUNSELLOR, now)
        reader = counsellor_of(request.user)
        changes = list(consultation.changes.all())
        told = messages_about(consultation, changes, request.user)
        context |= {
            "may": _allowed(consultation, now),
            "undo_until": undo and (undo.at + GRACE).astimezone(consultation.counsellor.zone),
            "words_form": WordsForm(),
            "last_format": last_format(reader) if reader else "",
            "has_note": ConsultationNote.objects.filter(consultation=consultation).exists(),
            "changes": [self.change_words(change) for change in changes],
            "messages_about": lines_of(told),
            "zone": zone_words(consultation.counsellor.zone),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def do_view(self, request: HttpRequest, pk: uuid.UUID, change: str) -> HttpResponse:
        return require_POST(self._do)(request, pk, change)

    def _do(self, request: HttpRequest, pk: uuid.UUID, change: str) -> HttpResponse:
        consultation = self.own(request, pk)
        if change not in CHANGES:
            raise Http404
        wanted = CHANGES[change]
        form = WordsForm(request.POST)
        if wanted.takes_words and not form.is_valid():
            return self._words_again(request, consultation, wanted, form)
        given = {"words": form.cleaned_data["words"]} if wanted.takes_words else {}
        try:
            require_version(request, consultation)
            self.recorded(
                request, consultation, partial(wanted.service, consultation=consultation, **given)
            )
        except DomainError as error:
            if given.get("words"):
                form.add_error(None, error.message)
                return self._words_again(request, self.own(request, pk), wanted, form)
            messages.error(request, error.message)
        else:
            messages.success(request, wanted.said(consultation))
        return redirect("admin:consultations_consultation_change", pk)

    def _words_again(
        self, request: HttpRequest, consultation: Consultation, wanted: Change, form: WordsForm
    ) -> HttpResponse:
        """What was written is kept, and may be sent once more."""
        self.record(request, consultation, Verb.READ)
        title = gettext("Consultation")
        more = {"label": wanted.label, "status_mark": self.status_mark(consultation)}
        return self.form_page(
            request, form, title, "sessions/desk_words.html", consultation=consultation, **more
        )

    def move_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        consultation = self.own(request, pk)
        zone = consultation.counsellor.zone
        form = WhenForm(
            request.POST or None,
            zone=zone,
            initial=local_initial(consultation.starts_at, zone),
        )
        if request.method == "POST" and form.is_valid():
            try:
                require_version(request, consultation)
                self.recorded(request, consultation, partial(_move, consultation, form))
            except DomainError as error:
                form.add_error(error.field, error.message)
                consultation = self.own(request, pk)
            else:
                messages.success(request, MOVED.said(consultation))
                return redirect("admin:consultations_consultation_change", pk)
        self.record(request, consultation, Verb.READ)
        return self.form_page(
            request, form, gettext("Move a consultation"), consultation=consultation
        )

    # --- What the views of one consultation share -----------------------------------------

    def own(self, request: HttpRequest, pk: uuid.UUID) -> Consultation:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return consultation_of(request.user, pk)

    @transaction.atomic
    def recorded(
        self, request: HttpRequest, consultation: Consultation, change: Callable[[], Any]
    ) -> None:
        change()
        self.record(request, consultation, Verb.CHANGE)

    def form_page(
        self,
        request: HttpRequest,
        form: Any,
        title: str,
        template: str = "sessions/desk_when.html",
        *,
        consultation: Consultation | None = None,
        **more: Any,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "form": form,
            **more,
        }
        if isinstance(form, WhenForm):
            context["clock"] = zone_words(form.zone)
        if consultation is not None:
            context |= {"original": consultation, "when": self.when(consultation)}
        return TemplateResponse(request, template, context)


def require_version(request: HttpRequest, consultation: Consultation) -> None:
    """Raises ConflictError where it is not any more what the page showed."""
    if request.POST.get("version") != str(consultation.version):
        raise ConflictError(gettext("This consultation has changed in the meantime."))


def _allowed(consultation: Consultation, now: datetime) -> dict[str, bool]:
    """Which buttons its page shows."""
    is_kept = consultation.status in HOLDING
    has_begun = consultation.starts_at <= now
    is_pending = consultation.status == Status.PENDING
    return {
        "confirm": is_pending and not has_begun,
        "decline": is_pending,
        "settle": is_kept and has_begun,
        "cancel": consultation.status == Status.CONFIRMED,
        "move": is_kept,
        "swap": is_kept and not has_begun,
        "note": has_begun and consultation.status in KEPT,
    }


def _move(consultation: Consultation, form: WhenForm) -> None:
    consultation_reschedule(
        consultation=consultation,
        starts_at=form.cleaned_data["starts_at"],
        overlap_reason=form.cleaned_data["overlap_reason"],
    )
