"""Somebody close to a demo client, and the little they were told."""

from __future__ import annotations

from datetime import timedelta

from counsel.desk.demo.people import person_make
from counsel.desk.demo.story import Story
from exercises.models import Partner, SmallShare
from exercises.services.partners import INVITATION_LASTS


def partner_make(story: Story, hashed: str) -> None:
    facts = story.facts.get("partner")
    if facts is None:
        return
    invited = story.now - timedelta(weeks=facts["weeks"])
    tie = Partner.objects.create(
        client=story.client,
        user=person_make(hashed, email=facts["email"], time_zone=story.client.time_zone),
        name=facts["name"],
        signs_as=facts["signs_as"],
        email=facts["email"],
        created_at=invited,
        expires_at=invited + INVITATION_LASTS,
        accepted_at=invited + timedelta(days=1),
    )
    for share in facts["shares"]:
        sent = story.now - timedelta(days=share["days_ago"])
        SmallShare.objects.create(
            partner=tie,
            text=share["text"],
            created_at=sent,
            seen_at=sent + timedelta(hours=3) if share["read"] else None,
        )
