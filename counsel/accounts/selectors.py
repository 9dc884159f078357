from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from counsel.accounts.models import Counsellor, User


def counsellors_with_room() -> QuerySet[Counsellor]:
    """Those a visitor may ask for a first appointment."""
    open_ones = Counsellor.objects.filter(accepts_new_clients=True, user__is_active=True)
    return open_ones.order_by("display_name")


def colleagues_of(counsellor: Counsellor) -> QuerySet[Counsellor]:
    """The other counsellors who work here, by name."""
    staff = Counsellor.objects.filter(user__is_active=True, user__is_staff=True)
    return staff.exclude(pk=counsellor.pk).select_related("user").order_by("display_name")


def stand_in_of(counsellor: Counsellor) -> User | None:
    """Who looks in their place, as long as that person works here."""
    stand_in = counsellor.stand_in
    return None if stand_in is None or stand_in.has_left else stand_in.user


def managers_beside(counsellor: Counsellor) -> Sequence[User]:
    """Who runs the practice, other than this counsellor."""
    managers = User.objects.filter(is_active=True, is_staff=True, runs_practice=True)
    return list(managers.exclude(pk=counsellor.user_id).order_by("email"))
