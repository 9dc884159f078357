"""What the caseload shows of each client. All but the next consultation is kept in `Standing`,
which is reckoned before the list is shown.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import admin
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from exercises.models import Standing
from sessions.models import Consultation

STATUS_SHAPES = {
    Client.Status.PROSPECTIVE: "wait",
    Client.Status.ACTIVE: "on",
    Client.Status.PAUSED: "off",
    Client.Status.ENDED: "done",
}
# Of one missed practice nobody needs to read in a list.
WORTH_A_WORD = 2


def with_next(clients: QuerySet[Any], now: datetime) -> Any:
    """Adds when each of them comes next: the consultation going on, or the one after it."""
    coming = Consultation.objects.holding().filter(client=OuterRef("pk"), ends_at__gt=now)
    first = coming.order_by("starts_at").values("starts_at")[:1]
    return clients.annotate(found_next_at=Subquery(first))


class CaseloadColumns:
    """The columns, as the admin asks for them. On a phone each says what it is."""

    @admin.display(description=_("name"), ordering="name")
    def name_isolated(self, client: Client) -> SafeString:
        return format_html("<bdi>{}</bdi>", client.name)

    @admin.display(description=_("next"), ordering=F("found_next_at").asc(nulls_last=True))
    def next_at(self, client: Any) -> SafeString:
        at: datetime | None = client.found_next_at
        return _cell(_("Next"), _day_and_time(at) if at else _nothing())

    @admin.display(
        description=_("last practised"), ordering=F("standing__practised_on").asc(nulls_first=True)
    )
    def last_practised(self, client: Any) -> SafeString:
        day = _standing(client).practised_on
        return _cell(_("Last practised"), _day(day) if day else _nothing())

    @admin.display(
        description=_("practised"),
        ordering=Coalesce(F("standing__planned") - F("standing__done"), 0),
    )
    def done_of_planned(self, client: Any) -> SafeString:
        """Sorted by how much is open."""
        standing = _standing(client)
        if not standing.planned:
            return _cell(_("Practised"), _nothing())
        counted = gettext("%(done)s of %(planned)s")
        counted = counted % {"done": standing.done, "planned": standing.planned}
        notes = []
        if standing.missed >= WORTH_A_WORD:
            notes.append(gettext("%(count)s missed in a row") % {"count": standing.missed})
        if client.stopped_as_told:
            notes.append(gettext("reminders stopped"))
        beside = format_html_join(
            "", ' <span class="caseload-missed">{}</span>', ((note,) for note in notes)
        )
        return _cell(_("Practised"), format_html("{}{}", counted, beside))

    @admin.display(description=_("unread"), ordering=Coalesce("standing__unread", 0))
    def unread(self, client: Any) -> SafeString:
        count = _standing(client).unread
        if not count:
            return _cell(_("Unread"), _nothing())
        entries = reverse("admin:exercises_entry_changelist")
        return _cell(
            _("Unread"),
            format_html(
                '<a class="status status-new" href="{}?client__id__exact={}&amp;read=no">{}</a>',
                entries,
                client.pk,
                count,
            ),
        )

    @admin.display(description=_("flag"), ordering=Coalesce("standing__flags", 0))
    def flag(self, client: Any) -> SafeString:
        count = _standing(client).flags
        if not count:
            return _cell(_("Flag"), _nothing())
        words = ngettext("%(count)s open", "%(count)s open", count) % {"count": count}
        return _cell(_("Flag"), format_html('<span class="status status-risk">{}</span>', words))

    @admin.display(description=_("measure"), ordering="standing__trend")
    def trend(self, client: Any) -> SafeString:
        """The measure itself is not named: lists are looked at over somebody's shoulder."""
        trend = Standing.Trend(_standing(client).trend)
        if trend is Standing.Trend.NONE:
            return _cell(_("Measure"), _nothing())
        mark = format_html('<span class="trend trend-{}">{}</span>', trend.value, trend.label)
        return _cell(_("Measure"), mark)

    @admin.display(description=_("status"), ordering="status")
    def status_mark(self, client: Client) -> SafeString:
        shape = STATUS_SHAPES[Client.Status(client.status)]
        return format_html(
            '<span class="status status-{}">{}</span>', shape, client.get_status_display()
        )


def _standing(client: Any) -> Standing:
    """Where somebody stands who was added a moment ago: nowhere yet."""
    return getattr(client, "standing", None) or Standing(client=client)


def _cell(name: Any, value: Any) -> SafeString:
    return format_html('<span class="cell-name">{}</span>{}', name, value)


def _nothing() -> SafeString:
    return format_html('<span class="cell-nothing">{}</span>', "–")


def _day(day: date) -> str:
    this_year = day.year == timezone.localdate().year
    return date_format(day, "D j M" if this_year else "j M Y")


def _day_and_time(at: datetime) -> str:
    """In the reader's zone; the year only where it is not this one."""
    moment = timezone.localtime(at)
    this_year = moment.year == timezone.localdate().year
    return date_format(moment, "D j M, H:i" if this_year else "j M Y, H:i")
