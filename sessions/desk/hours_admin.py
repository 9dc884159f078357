"""How every change of hours is saved at the desk: in two steps.

What it closes or collides with is shown first; where it does neither, it is saved at once.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext

from counsel.accounts.models import Counsellor
from counsel.accounts.roles import counsellor_of
from counsel.accounts.scoped_admin import ScopedAdmin
from counsel.audit.services import record_listed
from counsel.common.errors import ConflictError
from sessions.desk.hours_preview import Preview, preview_of
from sessions.services.hours import Proposal, hours_save
from sessions.wording import zone_words

HOURS = "admin:consultations_availabilityrule_changelist"


class HoursAdmin(ScopedAdmin):
    """What weekly hours, time off and extra hours have in common."""

    counsellor_may = frozenset({"view", "add", "change", "delete"})
    owner_field = "counsellor"

    def _owner(self, request: HttpRequest) -> Counsellor:
        counsellor = counsellor_of(request.user)
        if counsellor is None:
            raise PermissionDenied
        return counsellor

    def _own(self, request: HttpRequest, object_id: str) -> Any:
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return row

    def _page(
        self, request: HttpRequest, template: str, title: Any, **more: Any
    ) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "clock": zone_words(self._owner(request).zone),
            **more,
        }
        if more.get("preview"):
            record_listed(request, more["preview"].consultations())
        return TemplateResponse(request, template, context)

    def _form_page(
        self, request: HttpRequest, form: Form, title: Any, fields: str, **more: Any
    ) -> HttpResponse:
        """Shows the form; once it is sent and right, what it would change; then saves."""
        preview = None
        if request.method == "POST" and form.is_valid():
            proposal: Proposal = form.proposal()  # type: ignore[attr-defined]
            preview = self._saved_or_shown(request, proposal)
            if preview is None:
                return redirect(HOURS)
        template = "sessions/desk_hours_form.html"
        more = {**more, "form": form, "fields": fields, "preview": preview}
        return self._page(request, template, title, **more)

    def _saved_or_shown(self, request: HttpRequest, proposal: Proposal) -> Preview | None:
        """None once it is saved; else what has to be seen first."""
        counsellor = self._owner(request)
        preview = preview_of(counsellor, proposal)
        if not (preview.difference.is_quiet or preview.was_seen(request)):
            return preview
        # Asked now: saved rows are new no longer.
        rows = [*proposal.rules, *proposal.exceptions]
        new = {row.pk for row in rows if row._state.adding}
        try:
            hours_save(counsellor=counsellor, proposal=proposal, seen=preview.collides_with())
        except ConflictError as error:
            messages.error(request, error.message)
            return preview_of(counsellor, proposal)
        for row in rows:
            noted = self.log_addition if row.pk in new else self.log_change
            noted(request, row, gettext("By the counsellor."))
        messages.success(request, gettext("Saved. No consultation was changed."))
        return None

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_delete_permission(request):
            raise PermissionDenied
        row = self._own(request, object_id)
        proposal = Proposal(without=frozenset({row.pk}))
        if request.method == "POST":
            preview = self._saved_or_shown(request, proposal)
            if preview is None:
                self.log_deletions(request, [row])  # type: ignore[arg-type]
                return redirect(HOURS)
        else:
            preview = preview_of(self._owner(request), proposal)
        title = gettext("Remove this?")
        more = {"original": row, "words": self.words(row), "preview": preview}
        return self._page(request, "sessions/desk_hours_remove.html", title, **more)

    def words(self, row: Any) -> str:
        raise NotImplementedError
