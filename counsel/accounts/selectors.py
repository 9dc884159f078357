from __future__ import annotations

from django.db.models import QuerySet

from counsel.accounts.models import Counsellor


def counsellors_with_room() -> QuerySet[Counsellor]:
    """Those a visitor may ask for a first appointment."""
    open_ones = Counsellor.objects.filter(accepts_new_clients=True, user__is_active=True)
    return open_ones.order_by("display_name")


def colleagues_of(counsellor: Counsellor) -> QuerySet[Counsellor]:
    """The other counsellors who work here, by name."""
    staff = Counsellor.objects.filter(user__is_active=True, user__is_staff=True)
    return staff.exclude(pk=counsellor.pk).select_related("user").order_by("display_name")
