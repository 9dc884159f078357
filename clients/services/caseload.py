"""What a counsellor changes about the caseload as such. Nobody is told of any of it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import CaseloadView, Client
from counsel.accounts.models import Counsellor
from counsel.common.errors import DomainError

MOST_VIEWS = 20


@transaction.atomic
def client_status_change(*, client: Client, status: str) -> bool:
    """Say whether care goes on, rests or has ended; gives whether that is new."""
    wanted = Client.Status(status)
    is_new = Client.objects.these(client).exclude(status=wanted).update(status=wanted) == 1
    client.status = wanted
    return is_new


@transaction.atomic
def caseload_view_keep(*, owner: Counsellor, name: str, query: str) -> CaseloadView:
    """Keep a look at the caseload under a name; one of that name takes this look instead.

    `query` is a look as the list spells it, and names no client. Raises DomainError for more
    of them than anybody could choose from.
    """
    # Held until commit, so that two at once do not make one too many.
    Counsellor.objects.select_for_update(of=("self",)).get(pk=owner.pk)
    found: CaseloadView | None = CaseloadView.objects.filter(owner=owner, name=name).first()
    if found is None and CaseloadView.objects.filter(owner=owner).count() >= MOST_VIEWS:
        raise DomainError(_("These are as many as one can choose from. Remove one first."))
    view = found or CaseloadView(owner=owner, name=name)
    view.query = query
    view.full_clean()
    view.save()
    return view


def caseload_view_remove(*, view: CaseloadView) -> None:
    view.delete()
