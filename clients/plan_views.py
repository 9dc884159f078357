"""The client's plan for hard moments: to read, to print, to keep as a file, to write."""

from __future__ import annotations

from pathlib import Path

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.validators import MaxLengthValidator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from clients.access import own_client
from clients.models import Client, SafetyPlan
from clients.not_watched import still_to_read
from clients.portal import choose_portal_client, portal_client
from clients.services import safety_plan_keep
from counsel.common.errors import ConflictError
from counsel.common.help_lines import help_at_hand
from counsel.common.http import AuthedRequest, id_or_404, require_get_or_post, signed_in

LONGEST = 2_000
_STYLE = Path(settings.BASE_DIR) / "static" / "css" / "kept-file.css"
_HINTS = {
    "signs": gettext_lazy("Thoughts, moods, things you do or stop doing."),
    "helps": gettext_lazy("A walk, cold water, music: whatever has carried you before."),
    "people": gettext_lazy(
        "Somebody to be with, somebody to tell, and whoever helps you professionally."
    ),
    "places": gettext_lazy("A café, a friend's kitchen; and who keeps things for you meanwhile."),
    "reasons": gettext_lazy("People, animals, places, plans. Small ones count."),
}


class PlanForm(forms.Form):
    is_shared = forms.BooleanField(
        label=gettext_lazy("My counsellor may read it"),
        help_text=gettext_lazy(
            "So may whoever stands in for them, or has to open your record in an emergency. "
            "Without this tick it is yours alone."
        ),
        required=False,
    )

    def __init__(self, data: object, plan: SafetyPlan | None) -> None:
        super().__init__(data, initial=_initial(plan))  # type: ignore[arg-type]
        for name in SafetyPlan.PARTS:
            self.fields[name] = forms.CharField(
                label=SafetyPlan._meta.get_field(name).verbose_name,  # type: ignore[union-attr]
                help_text=_HINTS[name],
                required=False,
                # Counted where it is sent: a limit in the browser would cut off what is pasted.
                validators=[MaxLengthValidator(LONGEST)],
                widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "autocomplete": "off"}),
            )
        self.order_fields([*SafetyPlan.PARTS, "is_shared"])


@require_safe
@signed_in
def plan(request: AuthedRequest) -> HttpResponse:
    found = _plan_of(portal_client(request))
    return render(request, "clients/plan.html", {"plan": found, "help": help_at_hand()})


@require_safe
@signed_in
def file(request: AuthedRequest) -> HttpResponse:
    """One that opens without us and without a network. Its name says nothing."""
    found = _plan_of(portal_client(request))
    if found is None:
        return redirect("clients:plan")
    context = {
        "plan": found,
        "help": help_at_hand(),
        "style": _STYLE.read_text(encoding="utf-8"),
    }
    response = render(request, "clients/plan_file.html", context)
    response["Content-Disposition"] = 'attachment; filename="my-page.html"'
    return response


@require_get_or_post
@signed_in
def edit(request: AuthedRequest) -> HttpResponse:
    if request.method != "POST":
        client = portal_client(request)
        return _page(request, client, PlanForm(None, _plan_of(client)))
    # The record whose portal was open when the page was.
    client = own_client(request.user, id_or_404(request.POST.get("record", "")))
    choose_portal_client(request, client)
    form = PlanForm(request.POST, None)
    if not form.is_valid():
        return _page(request, client, form, status=422)
    first = still_to_read(request, client, "record", "seen", "is_shared", *SafetyPlan.PARTS)
    if first is not None:
        return first
    words, seen = form.cleaned_data, request.POST.get("seen", "")
    try:
        kept = safety_plan_keep(
            client=client,
            words=words,
            is_shared=words["is_shared"],
            seen=int(seen) if seen.isascii() and seen.isdigit() else -1,
        )
    except ConflictError:
        return _page(request, client, form, status=409)
    messages.success(request, _("Kept.") if kept else _("Nothing stands here now."))
    return redirect("clients:plan")


def _page(
    request: AuthedRequest, client: Client, form: PlanForm, *, status: int = 200
) -> HttpResponse:
    found = _plan_of(client)
    context = {"client": client, "form": form, "plan": found, "is_changed": status == 409}
    # Who sends what was refused once more has seen what stands there now.
    seen = request.POST.get("seen", "") if status == 422 else (found.version if found else 0)
    return render(request, "clients/plan_edit.html", {**context, "seen": seen}, status=status)


def _plan_of(client: Client) -> SafetyPlan | None:
    found: SafetyPlan | None = SafetyPlan.objects.filter(client=client).first()
    return found


def _initial(plan: SafetyPlan | None) -> dict[str, object]:
    if plan is None:
        return {}
    return {name: getattr(plan, name) for name in (*SafetyPlan.PARTS, "is_shared")}
