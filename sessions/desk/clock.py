"""The page "Your clock": a counsellor moves to another time zone, with everything shown first."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from counsel.accounts.models import Counsellor
from counsel.common.errors import ConflictError
from counsel.common.zones import get_zone
from sessions.desk.hours_admin import HOURS, HoursAdmin
from sessions.desk.hours_forms import ZoneForm
from sessions.desk.hours_preview import Preview, preview_of, short_when
from sessions.services.hours import counsellor_move_zone, zone_move
from sessions.wording import zone_words


class ClockPage(HoursAdmin):
    def clock_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        counsellor = self._owner(request)
        form = ZoneForm(request.POST or None, initial={"time_zone": counsellor.time_zone})
        more: dict[str, Any] = {"form": form}
        if request.method == "POST" and form.is_valid():
            name = form.cleaned_data["time_zone"]
            if name == counsellor.time_zone:
                form.add_error("time_zone", gettext("That is your clock already."))
            else:
                before = counsellor.time_zone
                preview = _moved_or_shown(request, counsellor, name)
                if preview is None:
                    self.log_change(request, counsellor, f"{before} → {name}")
                    return redirect(HOURS)
                more |= _shown(counsellor, name, preview)
        title = gettext("Your clock")
        return self._page(request, "sessions/desk_clock.html", title, **more)


def _moved_or_shown(request: HttpRequest, counsellor: Counsellor, name: str) -> Preview | None:
    """None once the clock is moved; else what has to be seen first, always once."""
    preview = preview_of(counsellor, zone_move(counsellor, name))
    if not preview.was_seen(request):
        return preview
    seen = preview.collides_with()
    try:
        counsellor_move_zone(counsellor=counsellor, time_zone=name, seen=seen)
    except ConflictError as error:
        messages.error(request, error.message)
        return preview_of(counsellor, zone_move(counsellor, name))
    said = gettext("Your clock is now %(zone)s. No consultation was moved.")
    messages.success(request, said % {"zone": zone_words(get_zone(name))})
    return None


def _shown(counsellor: Counsellor, name: str, preview: Preview) -> dict[str, Any]:
    old, new = counsellor.zone, get_zone(name)
    return {
        "preview": preview,
        "new_clock": zone_words(new),
        "coming": [
            {
                "consultation": consultation,
                "was": short_when(consultation.starts_at, old),
                "will_be": short_when(consultation.starts_at, new),
                "fits": consultation.pk not in preview.difference.outside,
            }
            for consultation in preview.difference.coming
        ],
    }
