"""Two exercises given as one: the second opens once the first was practised."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.eyes import DESKTOP
from tests.e2e.steps import begin

pytestmark = pytest.mark.e2e

TITLE = "The first weeks"
FIRST, SECOND = "Breathing pause", "Signs of guarding"


def a_day_goes_by(counsel, email):
    """As if all that this client has had happened a day before it did."""
    counsel.does(f"""
from datetime import timedelta
from django.db.models import F
from exercises.models import Assignment, Enrolment, Entry
day = timedelta(days=1)
theirs = {{"client__email": {email!r}}}
Enrolment.objects.filter(**theirs).update(starts_on=F("starts_on") - day)
Assignment.objects.filter(**theirs).update(
    starts_on=F("starts_on") - day, ends_on=F("ends_on") - day,
)
Entry.objects.filter(**theirs).update(
    local_date=F("local_date") - day, happened_at=F("happened_at") - day,
)
""")


def test_the_second_opens_after_the_first_and_what_waits_is_opened_by_hand(counsel, arrive):
    dora_mail = counsel.new_client("Dora", sharing="shared")
    maya = arrive(viewport=DESKTOP)
    maya.sign_in_by_password("maya@example.org")
    write_it(maya)
    give_it(maya, "Dora")
    steps = maya.page.locator(".programme-steps > li")
    expect(steps.nth(1)).to_contain_text("Open it now")
    given = maya.page.url

    dora = arrive()
    dora.sign_in_by_password(dora_mail)
    dora.see_heading(FIRST)
    dora.not_see(SECOND)
    dora.look("home-programme")
    begin(dora, FIRST)
    to_the_end(dora)
    dora.opens("/my/")
    dora.not_see(SECOND)

    maya.opens(given)
    expect(steps.nth(0)).to_contain_text("1 day practised")
    expect(steps.nth(1)).not_to_contain_text("Open it now")
    maya.look("desk-enrolment-gone-on")
    a_day_goes_by(counsel, dora_mail)
    dora.opens("/my/")
    dora.see_heading(FIRST)
    dora.see_heading(SECOND)

    erik_mail = counsel.new_client("Erik")
    maya.opens("/admin/exercises/programme/")
    maya.follow(TITLE)
    give_it(maya, "Erik")
    maya.tap("Open it now")
    maya.look("desk-enrolment-opened")
    erik = arrive()
    erik.sign_in_by_password(erik_mail)
    erik.see_heading(FIRST)
    erik.see_heading(SECOND)


def write_it(maya):
    maya.opens("/admin/exercises/programme/")
    maya.look("desk-programmes")
    maya.follow("Add programme")
    maya.type("Title", TITLE)
    for number, title in enumerate((FIRST, SECOND)):
        maya.page.get_by_label("Add an exercise").select_option(label=title)
        maya.tap("Add", exact=True)
        row = maya.page.locator(".programme-item").nth(number)
        row.wait_for()
        row.get_by_label("Why").fill("Small, and now.")
    row.get_by_label("How many days").fill("1")
    maya.look("desk-programme-new")
    maya.tap("Save", exact=True)
    maya.see("Saved.")


def give_it(maya, name):
    maya.follow("Give it to clients")
    maya.page.get_by_label(name, exact=True).check()
    maya.tap("Show its dates")
    maya.see("What opens when")
    maya.look("desk-programme-give")
    maya.tap("Give it", exact=True)
    maya.see("is given")


def to_the_end(person):
    while "/finish/" not in person.page.url:
        last = person.page.get_by_role("button", name="Save", exact=True)
        on = person.page.get_by_role("button", name="Continue", exact=True)
        before = person.page.url
        person.tap_on(last if last.count() else on)
        person.page.wait_for_url(lambda url, before=before: url != before)
