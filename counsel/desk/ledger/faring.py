"""How messages fare: what goes out by each channel, what holds it up, and the button that says
that it is mended. A counsellor reads a shorter form.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from counsel.accounts.roles import AnyUser, counsellor_of, runs_something
from counsel.desk.ledger.alarm import advice, alarms
from counsel.desk.pages import Wrap, desk_page, for_who_runs_it
from counsel.reminders.carriers import available_channels
from counsel.reminders.fates import why
from counsel.reminders.health import ChannelHealth, health
from counsel.reminders.models import Channel, Reminder, State
from counsel.reminders.queues import queue_release
from sessions.wording import zone_words

logger = logging.getLogger(__name__)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
_TROUBLE = (State.FAILED, State.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Failed:
    """What failed, or may have, in a day and in a week; each number with the list it counts."""

    why: str
    day: int
    week: int
    day_url: str = ""
    week_url: str = ""


@dataclass(frozen=True, slots=True)
class Faring:
    name: str
    health: ChannelHealth
    is_set_up: bool
    advice: str
    failed: Failed
    reasons: list[Failed]


def urls(wrap: Wrap) -> list[URLPattern]:
    return [
        path("health/", wrap(faring), name="reminders_health"),
        path("health/<slug:channel>/mended/", wrap(mended), name="reminders_mended"),
    ]


@require_safe
def faring(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    found = health(now)
    has_caseload = counsellor_of(request.user) is not None
    context = {
        "alarms": alarms(found, has_caseload=has_caseload),
        # When one was sent last, or waits, may tell of a reminder to practise and so of a day.
        "tells_when": not has_caseload,
        "health": found,
        "channels": _channels(found.channels, request.user, now),
        "may_mend": runs_something(request.user),
        "zone": zone_words(timezone.get_current_timezone()),
    }
    return desk_page(request, "desk/ledger/health.html", _("How messages fare"), context)


@for_who_runs_it
@require_POST
def mended(request: HttpRequest, channel: str) -> HttpResponse:
    """Somebody has mended what stopped this channel."""
    if channel not in Channel.values:
        raise Http404
    if queue_release(channel):
        logger.info("%s: %s says that it is mended", channel, request.user.pk)
        messages.success(request, _("What waits goes out within a minute or two."))
    else:
        messages.info(request, _("It goes out again already."))
    return redirect("admin:reminders_health")


def _channels(found: Iterable[ChannelHealth], user: AnyUser, now: datetime) -> list[Faring]:
    """Those that are set up, and others that hold something back. One query."""
    reasons = _failures(user, now)
    set_up = available_channels()
    return [
        Faring(
            name=capfirst(str(one.channel.label)),
            health=one,
            is_set_up=one.channel in set_up,
            advice=advice(one),
            failed=_all(one.channel, reasons.get(one.channel, []), now),
            reasons=reasons.get(one.channel, []),
        )
        for one in found
        if one.channel in set_up or one.is_held or one.oldest_due or one.channel in reasons
    ]


def _failures(user: AnyUser, now: datetime) -> dict[str, list[Failed]]:
    """By channel, the most frequent reason of the week first. Of what the reader may see."""
    rows = Reminder.objects.visible_to(user).filter(state__in=_TROUBLE, due_at__gte=now - WEEK)
    counted = (
        rows.order_by()
        .values_list("channel", "kind", "state", "reason")
        .annotate(day=Count("pk", filter=Q(due_at__gte=now - DAY)), week=Count("pk"))
    )
    # The words are those the ledger shows, which may be the same for several reasons.
    days: dict[tuple[str, str], Counter[str]] = {}
    for channel, kind, state, reason, day, week in counted:
        words = capfirst(why(Reminder(kind=kind, state=state, reason=reason)))
        days.setdefault((channel, words), Counter()).update(day=day, week=week)
    found: dict[str, list[Failed]] = {}
    for (channel, words), numbers in sorted(days.items(), key=lambda row: -row[1]["week"]):
        found.setdefault(channel, []).append(Failed(words, numbers["day"], numbers["week"]))
    return found


def _all(channel: Channel, reasons: Iterable[Failed], now: datetime) -> Failed:
    return Failed(
        why="",
        day=sum(failed.day for failed in reasons),
        week=sum(failed.week for failed in reasons),
        day_url=_list(channel, now - DAY),
        week_url=_list(channel, now - WEEK),
    )


def _list(channel: Channel, since: datetime) -> str:
    lookups = {
        "state__in": ",".join(_TROUBLE),
        "channel": channel.value,
        "due_at__gte": since.isoformat(),
    }
    return f"{reverse('admin:reminders_reminder_changelist')}?{urlencode(lookups)}"
