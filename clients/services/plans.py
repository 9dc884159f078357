"""The client's plan for hard moments. They alone write it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, SafetyPlan
from counsel.common.errors import ConflictError


@transaction.atomic
def safety_plan_keep(
    *, client: Client, words: Mapping[str, str], is_shared: bool, seen: int
) -> SafetyPlan | None:
    """Put these words in the place of what stands there; without any there is no plan any more.

    `seen` is the version that the writer saw, 0 where there was none. Raises ConflictError where
    another stands there by now.
    """
    # Two tabs, one after the other.
    Client.objects.these(client).select_for_update(no_key=True).get()
    plan = SafetyPlan.objects.filter(client=client).first()
    if seen != (plan.version if plan else 0):
        raise ConflictError(_("This has changed since you opened the page."))
    parts = {name: words.get(name, "").strip() for name in SafetyPlan.PARTS}
    if not any(parts.values()):
        if plan is not None:
            plan.delete()
        return None
    plan = plan or SafetyPlan(client=client, version=0)
    for name, text in parts.items():
        setattr(plan, name, text)
    # Who took back that their counsellor reads what they write shares nothing.
    plan.is_shared = is_shared and client.sharing_off_at is None
    plan.changed_at = timezone.now()
    plan.version += 1
    plan.save()
    return plan
