"""What a demo counsellor noted beside the course of a client."""

from __future__ import annotations

from datetime import timedelta

from counsel.desk.demo.story import Story
from exercises.services.progress_events import progress_event_add


def events_make(story: Story) -> None:
    for facts in story.facts.get("events", ()):
        progress_event_add(
            client=story.client,
            author=story.client.counsellor,
            day=story.today - timedelta(days=facts["days_ago"]),
            words=facts["words"],
        )
