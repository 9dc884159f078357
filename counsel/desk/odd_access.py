"""For managers: looks at records that are odd, and that somebody asked about each of them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Min
from django.db.models.functions import TruncDate, TruncHour
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from clients.models import Client
from counsel.accounts.models import User
from counsel.audit.models import AccessEvent, AccessReview, Verb
from counsel.audit.oddness import (
    MANY,
    NIGHT,
    NOT_THEIRS,
    SURNAME,
    Finding,
    Looks,
    Person,
    Record,
    findings,
    usual_of,
)
from counsel.audit.services import record_access
from counsel.common.http import AuthedRequest
from counsel.desk.pages import Wrap, desk_page, for_managers

SPANS = (7, 30)
LONGEST = 2_000
LOOKED_AT = "odd access looked at"
_A_PAGE, _LATEST = 20, 50
_USUAL_OVER = timedelta(days=28)
# A list is how one comes to a record: what is judged is what was opened, taken or changed.
_LOOKS = (Verb.READ, Verb.EXPORT, Verb.CHANGE)
_WORDS = {
    SURNAME: gettext_lazy("the same surname"),
    NIGHT: gettext_lazy("at night"),
    NOT_THEIRS: gettext_lazy("not their client"),
    MANY: gettext_lazy("many more than usual"),
}
_WHYS = {
    "cover": gettext_lazy("on cover"),
    "emergency": gettext_lazy("in an emergency"),
    "offered": gettext_lazy("offered to them"),
    "handed over": gettext_lazy("handed over"),
}


def urls(wrap: Wrap) -> list[URLPattern]:
    return [
        path("odd-access/", wrap(odd_access), name="odd_access"),
        path("odd-access/<uuid:finding_id>/review/", wrap(review), name="odd_access_review"),
    ]


class ReviewForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("What you found"),
        help_text=gettext_lazy("Whom you asked, and what they said. Sealed."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@require_safe
@for_managers
def odd_access(request: AuthedRequest) -> HttpResponse:
    return _page(request)


@require_POST
@for_managers
def review(request: AuthedRequest, finding_id: uuid.UUID) -> HttpResponse:
    found = next((it for it in findings_of(max(SPANS)) if it.pk == finding_id), None)
    if found is None:
        raise Http404
    form = ReviewForm(request.POST, prefix=str(finding_id))
    if found.who == request.user.pk:
        form.add_error(None, _("Somebody else has to look at it."))
    if not form.is_valid():
        return _page(request, form)
    try:
        with transaction.atomic():
            row = AccessReview.objects.create(
                finding=found.pk,
                about_id=found.who,
                client_id=found.record,
                by=request.user,
                words=form.cleaned_data["words"],
            )
            record_access(
                verb=Verb.CREATE, subject=row, client_id=None, request=request, reason=LOOKED_AT
            )
    except IntegrityError:
        messages.error(request, _("This was looked at before."))
    else:
        messages.success(request, _("Kept. Thank you for looking."))
    return redirect("admin:odd_access")


def findings_of(days: int) -> list[Finding]:
    """Four questions to the database, however long the log is; it is cut by its index on time."""
    since = timezone.now() - timedelta(days=days)
    rows = _looks_since(since)
    keys = {row.record for row in rows}
    return findings(rows, _people(), _records(keys), _usual_before(since))


def _looks_since(since: datetime) -> list[Looks]:
    rows = AccessEvent.objects.filter(
        at__gte=since, verb__in=_LOOKS, client_id__isnull=False, actor__is_staff=True
    )
    hours = rows.order_by().annotate(hour=TruncHour("at", tzinfo=UTC))
    grouped = hours.values("actor_id", "client_id", "reason", "hour")
    counted = grouped.annotate(first=Min("at"), last=Max("at"), count=Count("pk"))
    return [
        Looks(
            row["actor_id"],
            row["client_id"],
            row["reason"],
            row["first"],
            row["last"],
            row["count"],
        )
        for row in counted
    ]


def _usual_before(since: datetime) -> dict[uuid.UUID, float]:
    """Days are those of UTC here: what is usual need not be known to the hour."""
    rows = AccessEvent.objects.filter(
        at__gte=since - _USUAL_OVER, at__lt=since, verb__in=_LOOKS, actor__is_staff=True
    )
    by_day = rows.order_by().annotate(day=TruncDate("at", tzinfo=UTC)).values("actor_id", "day")
    counts = defaultdict(list)
    for row in by_day.annotate(many=Count("client_id", distinct=True)):
        counts[row["actor_id"]].append(row["many"])
    return {who: usual_of(many) for who, many in counts.items()}


def _people() -> dict[uuid.UUID, Person]:
    staff = User.objects.filter(is_staff=True).only("pk", "name", "email", "time_zone")
    return {it.pk: Person(it.pk, it.get_full_name(), ZoneInfo(it.time_zone)) for it in staff}


def _records(keys: set[uuid.UUID]) -> dict[uuid.UUID, Record]:
    every = Client.objects.across_caseloads("odd looks are judged by names, and none is shown")
    rows = every.filter(pk__in=keys).values_list("pk", "name", "counsellor__user_id")
    return {pk: Record(pk, name, owner) for pk, name, owner in rows}


def _page(request: AuthedRequest, refused: ReviewForm | None = None) -> HttpResponse:
    asked = request.GET.get("days")
    days = max(SPANS) if refused or asked == "30" else min(SPANS)
    found = findings_of(days)
    reviews = AccessReview.objects.visible_to(request.user).select_related("by")
    reviewed = {row.finding: row for row in reviews.filter(finding__in=[it.pk for it in found])}
    names = {person.pk: person.name for person in _people().values()}
    waiting = [it for it in found if it.pk not in reviewed]
    done = [it for it in found if it.pk in reviewed][:_LATEST]
    page = Paginator(waiting, _A_PAGE).get_page(request.GET.get("page"))
    context = {
        "days": days,
        "spans": SPANS,
        "page": page,
        "rows": [
            {**_row(it, names), "form": _form(request, it, refused), "is_own": _is_own(request, it)}
            for it in page
        ],
        "done": [{**_row(it, names), "review": reviewed[it.pk]} for it in done],
    }
    title = _("Odd access")
    return desk_page(request, "desk/odd_access.html", title, context, is_refused=bool(refused))


def _row(found: Finding, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    return {
        "pk": found.pk,
        "who": names[found.who],
        "record": str(found.record)[:8] if found.record else "",
        "first": found.first,
        "last": found.last,
        "count": found.count,
        "kinds": [_WORDS[kind] for kind in sorted(found.kinds)],
        "whys": [_WHYS[why] for why in sorted(found.whys) if why in _WHYS],
    }


def _is_own(request: AuthedRequest, found: Finding) -> bool:
    return bool(found.who == request.user.pk)


def _form(request: AuthedRequest, found: Finding, refused: ReviewForm | None) -> ReviewForm:
    prefix = str(found.pk)
    return refused if refused and refused.prefix == prefix else ReviewForm(prefix=prefix)
