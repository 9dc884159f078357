"""The first steps of a counsellor, ticked by what there is: nobody ticks one by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.desk.first_steps import Step, are_over, next_step
from exercises.models import Assignment
from sessions.models import AvailabilityRule, Consultation, Service, Status

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Codes on paper are no second lock by themselves.
_SECOND_LOCKS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)

_WORDS: dict[Step, tuple[StrOrPromise, StrOrPromise]] = {
    Step.SECOND_FACTOR: (
        _("Lock your sign-in twice"),
        _("A passkey or an app with codes: what clients write is behind it."),
    ),
    Step.SERVICES: (
        _("Say what can be booked"),
        _("How long it is, where, what it costs, and who may book it."),
    ),
    Step.HOURS: (_("Open your hours"), _("The week as you work it, by your own clock.")),
    Step.PAGE: (
        _("Write your public page"),
        _("One line and a few words about you, for those who look for a time."),
    ),
    Step.CLIENT: (
        _("Add your first client"),
        _("You can invite them to their own pages from there."),
    ),
    Step.ASSIGNMENT: (
        _("Give a first exercise"),
        _("From the client's page, or from an exercise in the library."),
    ),
}


@dataclass(frozen=True, slots=True)
class FirstStep:
    name: StrOrPromise
    why: StrOrPromise
    url: str
    is_done: bool
    is_next: bool


def first_steps(counsellor: Counsellor) -> list[FirstStep]:
    """Empty once they are over. One query."""
    found = _found(counsellor)
    done = {step for step in Step if found[f"has_{step}"]}
    if are_over(done, has_held=found["has_held"]):
        return []
    following = next_step(done)
    urls = _urls(counsellor, found["a_client"])
    return [
        FirstStep(*_WORDS[step], urls[step], is_done=step in done, is_next=step == following)
        for step in Step
    ]


def _found(counsellor: Counsellor) -> dict[str, Any]:
    own = {"counsellor": OuterRef("pk")}
    clients = Client.objects.filter(**own).unrestricted()
    rows = {
        Step.SECOND_FACTOR: Authenticator.objects.filter(
            user=OuterRef("user"), type__in=_SECOND_LOCKS
        ),
        Step.SERVICES: Service.objects.filter(**own),
        Step.HOURS: AvailabilityRule.objects.filter(**own),
        Step.CLIENT: clients,
        Step.ASSIGNMENT: Assignment.objects.filter(client__counsellor=OuterRef("pk")),
        "held": Consultation.objects.filter(**own, status=Status.COMPLETED),
    }
    asked: dict[str, Any] = {f"has_{key}": Exists(found) for key, found in rows.items()}
    asked["a_client"] = Subquery(clients.order_by("created_at").values("pk")[:1])
    found = Counsellor.objects.values(**asked).get(pk=counsellor.pk)
    return {**found, f"has_{Step.PAGE}": bool(counsellor.headline and counsellor.about)}


def _urls(counsellor: Counsellor, a_client: Any) -> dict[Step, str]:
    assign = (
        reverse("admin:clients_client_assign", args=[a_client])
        if a_client
        else reverse("admin:exercises_exercise_changelist")
    )
    return {
        Step.SECOND_FACTOR: reverse("mfa_index"),
        Step.SERVICES: reverse("admin:consultations_service_changelist"),
        Step.HOURS: reverse("admin:consultations_availabilityrule_changelist"),
        Step.PAGE: reverse("admin:accounts_counsellor_change", args=[counsellor.pk]),
        Step.CLIENT: reverse("admin:clients_client_add"),
        Step.ASSIGNMENT: assign,
    }
