"""Journey "Before": the counsellor reads what happened, ticks it, answers it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.steps import begin, first_of_brief, go_on, part_of_brief, rate

pytestmark = pytest.mark.e2e

DESKTOP = {"width": 1280, "height": 800}


# Four planned days since the last consultation: two shared, one private, one "couldn't".
FOUR_DAYS = """
from datetime import timedelta
import time_machine
from clients.models import Client
from django.utils import timezone
from exercises.models import ExerciseVersion, Rhythm
from exercises.services.assigning import assignment_create
from exercises.services.declining import entry_could_not
from exercises.services.practising import entry_begin, entry_save_step, entry_submit
from sessions.services import consultation_book
from tests.factories import make_consultation, make_service

now = timezone.now()
day = timedelta(days=1)
client = Client.objects.get(email={email!r})
service = make_service(counsellor=client.counsellor, slug="before", is_public=False)
make_consultation(
    client=client, service=service, starts_at=now - 5 * day, status="completed", version=3,
)
consultation_book(
    service=service, client=client, starts_at=now + 2 * day, overlap_reason="for this test",
)
with time_machine.travel(now - 4 * day):
    assignment = assignment_create(
        client=client, version=ExerciseVersion.objects.current().get(
            exercise__slug="pause-and-label",
        ),
        rationale="For the stairs.", rhythm=Rhythm.DAILY,
        starts_on=timezone.now().astimezone(client.zone).date(),
    )

def practise(days_ago, sharing, before, after, feelings, words):
    with time_machine.travel(now - days_ago * day):
        entry = entry_begin(
            client=client, version=assignment.version, assignment=assignment,
        )
        answers = [
            {{"strength_before": [str(before)]}}, {{"feelings": feelings}},
            {{"to_myself": [""]}},
            {{"share_words": [words], "strength_after": [str(after)]}},
        ]
        for step, raw in zip(assignment.version.parsed_steps(), answers):
            cleaned = entry_save_step(entry=entry, step=step, raw=raw)
            assert not cleaned.errors, cleaned.errors
            entry.refresh_from_db()
        entry_submit(entry=entry, sharing=sharing)

practise(4, "shared", 8, 5, ["shame", "fear"], "I feel small today.")
practise(3, "shared", 6, 4, ["shame"], "I liked that you waited.")
practise(2, "private", 9, 9, ["anger"], "This one is only mine.")
with time_machine.travel(now - 1 * day):
    entry_could_not(assignment=assignment, because="A whole day on trains.", sharing="shared")
"""


def test_it_opens_with_what_happened_since(counsel, arrive):
    counsel.does(FOUR_DAYS.format(email=counsel.new_client("Bea")))
    maya = arrive(viewport=DESKTOP)
    maya.sign_in_by_password("maya@example.org")
    maya.opens("/admin/clients/client/")
    maya.follow("Bea")
    for label in ("Next consultation", "Last held"):
        when = maya.page.locator(".sheet-when > div").filter(has_text=label)
        expect(when).to_contain_text(re.compile(r"\d{1,2} \w{3}"))
    expect(first_of_brief(maya)).to_contain_text("3 unread")
    expect(part_of_brief(maya, "Practised")).to_contain_text("3 of 4")
    expect(part_of_brief(maya, "I couldn't, because")).to_contain_text("A whole day on trains.")
    expect(part_of_brief(maya, "Before and after")).to_contain_text(re.compile(r"[−-]2\.5"))
    feelings = maya.page.locator(".sheet-bar").all_inner_texts()
    named = [re.sub(r"first on \d+ \w+", "", text).split() for text in feelings]
    assert named == [["shame", "2"], ["fear", "1"]]
    maya.see("I feel small today.")
    maya.see("A whole day on trains.")
    maya.not_see("This one is only mine.")
    # One screen: nothing of it below the fold.
    columns = maya.page.locator(".sheet-columns").bounding_box()
    assert columns["y"] + columns["height"] <= DESKTOP["height"]
    maya.look("desk-brief")


def share_an_entry(person):
    """Practises once with feelings and words, for the counsellor to see."""
    begin(person, "Pause and Label")
    rate(person, "How strong is it right now?", 8)
    person.see_heading("Label")
    person.choose("shame")
    go_on(person)
    person.tap("Continue")
    person.type("The words, if you want to keep them", "I got scared when you went quiet.")
    rate(person, "And now, how strong is it?", 5)
    person.choose("Me and my counsellor")
    person.tap("Save")
    person.follow("Look at it, or change that")


def test_it_is_read_ticked_and_answered_and_can_be_taken_back(counsel, arrive):
    gia = arrive()
    gia.sign_in_by_password(counsel.new_client("Gia", "pause-and-label"))
    share_an_entry(gia)

    maya = arrive(viewport=DESKTOP)
    maya.sign_in_by_password("maya@example.org")
    maya.opens("/admin/clients/client/")
    maya.follow("Gia")
    expect(first_of_brief(maya)).to_contain_text("1 unread")
    maya.see("I got scared when you went quiet.")
    maya.page.locator(".sheet-quote").get_by_role("link").click()
    maya.tap("Tick as talked about")
    maya.see("Ticked as talked about.")
    maya.type("Your reply", "You noticed it. That is new.")
    maya.tap("Send the reply")
    maya.see("Your reply is in the portal")
    maya.look("desk-entry")
    entry = maya.page.url
    maya.follow("Back to the brief")
    expect(first_of_brief(maya)).to_have_count(0)

    gia.opens("/my/")
    gia.see("Your counsellor wrote back")
    gia.look("home-answered")
    gia.page.get_by_role("region", name="Your counsellor wrote back").get_by_role("link").click()
    gia.see("You noticed it. That is new.")
    gia.see("Seen by your counsellor")
    gia.look("entry-answered")
    gia.choose("Only me")
    gia.tap("Change who sees it")
    gia.see("Only you see this now.")

    maya.page.reload()
    maya.not_see("I got scared when you went quiet.")
    maya.opens(entry)
    maya.see_heading("There is nothing at this address")


def test_it_shows_the_client_who_opened_the_record(counsel, arrive):
    hal = arrive()
    hal.sign_in_by_password(counsel.new_client("Hal"))
    maya = arrive(viewport=DESKTOP)
    maya.sign_in_by_password("maya@example.org")
    maya.opens("/admin/clients/client/")
    maya.follow("Hal")
    hal.opens("/my/settings/")
    hal.follow("Who opened it, and taking it with you")
    hal.see("Maya Iyer")
    hal.look("record")
