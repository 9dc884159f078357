"""A counsellor writes an exercise: it saves itself, shows itself as on a phone, is published."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.eyes import DESKTOP, PHONE

pytestmark = pytest.mark.e2e

LIST = "/admin/exercises/exercise/"


def begin(arrive, title, **device):
    maya = arrive(**{"viewport": DESKTOP, **device})
    maya.sign_in_by_password("maya@example.org")
    maya.opens(LIST)
    maya.follow("New exercise")
    maya.type("Title", title)
    maya.tap("Begin")
    maya.see_heading(title)
    return maya


def note(maya):
    return maya.page.locator("[data-note]")


def test_an_exercise_is_written_looked_at_and_published(arrive):
    maya = begin(arrive, "Three small things")
    maya.tap("Publish")
    maya.see("3 things to put right")
    maya.look("editor-refused")
    maya.type("In one sentence, for the client", "Notice three small things.")
    maya.tap("Open Step 1")
    maya.type("Title of the step", "Look")
    maya.tap("One of several")
    key = maya.page.locator("[name=field]").get_attribute("value")
    expect(maya.page.locator(f"#id_{key}-label")).to_be_focused()
    maya.page.keyboard.type("What is near you?")
    expect(note(maya)).to_have_text("Saved as a draft.")
    # Chosen, a kind shows its settings by itself, and loses nothing typed.
    maya.page.locator(f"#id_{key}-kind").select_option("long_text")
    expect(maya.page.locator(f"#id_{key}-options")).to_have_count(0)
    expect(maya.page.locator(f"#id_{key}-label")).to_have_value("What is near you?")
    framed = maya.page.frame_locator("[data-look]")
    expect(framed.get_by_label("What is near you?")).to_be_visible()
    maya.look("editor-step")
    maya.tap("Publish")
    maya.see("Version 1 is published: it can be assigned now.")
    maya.look("exercise-published")


def test_it_saves_by_itself_and_the_look_follows(arrive):
    maya = begin(arrive, "A quiet minute")
    maya.tap("Open Step 1")
    maya.type("Title of the step", "Sit down")
    framed = maya.page.frame_locator("[data-look]")
    expect(framed.get_by_role("heading", name="Sit down")).to_be_visible()
    maya.page.reload()
    expect(maya.page.get_by_label("Title of the step")).to_have_value("Sit down")


def test_it_is_written_without_a_script_and_at_a_phone(arrive):
    maya = begin(arrive, "Without a script", java_script_enabled=False, viewport=PHONE)
    maya.tap("Open Step 1")
    maya.type("Title of the step", "Rest")
    maya.tap("Scale")
    maya.type("Question", "How near?")
    maya.tap("Breath or pause")
    maya.page.get_by_role("button", name="Move Breath or pause, without words yet up").click()
    shown = maya.page.locator(".editor-field select").first
    expect(shown).to_have_value("breath")
    maya.page.get_by_role("button", name="Remove Breath or pause").click()
    maya.tap("Put it back")
    expect(maya.page.locator(".editor-field")).to_have_count(2)
