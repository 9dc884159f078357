"""What two counsellors of the demo do for each other: one stands in, one is offered a client."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from clients.models import ConsentHow
from clients.services import cover_lend, handover_offer
from counsel.accounts.models import Counsellor
from counsel.common.zones import local_date
from counsel.desk.demo.story import Story


def care_make(story: Story, counsellors: Mapping[str, Counsellor]) -> None:
    today = local_date(story.now, story.client.counsellor.zone)
    consent_on = today - timedelta(days=3)
    if lent := story.facts.get("lent"):
        cover_lend(
            client=story.client,
            to=counsellors[lent["to"]],
            first_day=today,
            last_day=today + timedelta(days=lent["days"] - 1),
            consent_on=consent_on,
            consent_how=ConsentHow.SPOKEN,
            reason=lent["reason"],
        )
    if offered := story.facts.get("offered"):
        handover_offer(
            client=story.client,
            to=counsellors[offered["to"]],
            consent_on=consent_on,
            consent_how=ConsentHow.WRITTEN,
            words=offered["words"],
        )
