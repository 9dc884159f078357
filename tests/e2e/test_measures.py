"""A measure: its words come in, it is given and answered, and one answer asks to be looked at."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from exercises.scoring.catalogue import instruments
from tests.e2e.eyes import DESKTOP
from tests.e2e.steps import begin
from tests.exercises.fhir.questionnaires import LOINC, as_bytes, make_item, make_questionnaire

pytestmark = pytest.mark.e2e

TITLE = "Nine questions in placeholder words"
DONE = "Rang her at once; she is with her sister tonight."
PHQ = instruments()["phq-9"]
# 4 × 1 and 4 × 2 before the ninth, which makes it 13: the authors' third band.
POINTS = (1, 2, 1, 2, 1, 2, 1, 2, 1)
HELP = "You don't have to carry this alone"


def placeholder():
    """Of the PHQ-9's shape and codes, without a word of it."""
    items = [
        make_item(number, PHQ.values, code=[{"system": LOINC, "code": code}])
        for number, code in enumerate(PHQ.item_loinc, start=1)
    ]
    code = [{"system": LOINC, "code": PHQ.loinc}]
    return as_bytes(make_questionnaire(*items, code=code, title=TITLE))


def test_an_answer_that_asks_for_it_shows_help_and_reaches_the_desk(counsel, arrive):
    fria_mail = counsel.new_client("Fria")
    maya = arrive(viewport=DESKTOP)
    maya.sign_in_by_password("maya@example.org")
    bring_in(maya)
    give(maya, "Fria")

    fria = arrive()
    fria.sign_in_by_password(fria_mail)
    answer(fria)
    fria.see_heading(HELP)
    fria.look("measure-done-help")
    sees_no_score(fria)
    fria.follow("Look at it, or change that")
    fria.see("Answer 2 wording")
    sees_no_score(fria)

    look_and_close(maya)
    see_results(maya, "Fria")


def bring_in(maya):
    maya.opens("/admin/")
    maya.follow("Measures")
    maya.follow("PHQ-9")
    maya.look("desk-measure-wordless")
    file = {"name": "words.json", "mimeType": "application/json", "buffer": placeholder()}
    maya.page.locator("input[type=file]").set_input_files(file)
    maya.page.get_by_label("I may use these words").check()
    maya.tap("Import", exact=True)
    maya.see("has its words now, as version 1")
    maya.see("Item 9 wording")
    maya.look("desk-measure-words")


def give(maya, name):
    maya.opens("/admin/clients/client/")
    maya.follow(name)
    maya.follow("Assign an exercise")
    maya.tap(f"Choose {TITLE}")
    maya.type("Why this, why now", "To see together how these weeks have been.")
    maya.page.get_by_label("Rhythm").select_option(label="once")
    maya.tap("Assign", exact=True)
    maya.see("is on the client's list now")


def answer(fria):
    begin(fria, TITLE)
    fria.see("Your counsellor reads these answers")
    fria.look("measure-1")
    for number, points in enumerate(POINTS, start=1):
        fria.see(f"Step {number} of 9")
        fria.not_see(HELP)
        # A tap turns the page, but for the last.
        fria.choose(f"Answer {points} wording")
    # With the answer itself, before anything is handed in, and also for who stops here.
    fria.see_heading(HELP)
    fria.look("measure-9-help")
    fria.follow("Stop for now")
    fria.see_heading(HELP)
    fria.look("home-help-at-once")
    fria.tap("Go on")
    fria.see("Step 9 of 9")
    fria.tap("Save", exact=True)


def sees_no_score(fria):
    for told in ("moderate", "severe", "Your numbers"):
        fria.not_see(told)


def look_and_close(maya):
    maya.opens("/admin/")
    maya.see("flag is open")
    maya.look("desk-flagged")
    maya.tap_on(maya.page.locator("a[data-counts=flags]"))
    maya.page.locator("#result_list tbody a").first.click()
    maya.see("An answer asks you to look")
    maya.look("desk-flag")
    maya.follow("Read the answers")
    maya.see("Question 9 asks you to look at once.")
    maya.look("desk-entry-flagged")
    maya.page.go_back()
    maya.type("What you did", DONE)
    maya.tap("Close with these words")
    maya.see("Closed, with your words.")
    maya.page.locator("#result_list tbody a").first.click()
    maya.see(DONE)
    maya.opens("/admin/")
    maya.not_see("flag is open")


def see_results(maya, name):
    maya.opens("/admin/clients/client/")
    maya.follow(name)
    maya.look("desk-brief-measure")
    maya.follow("PHQ-9", exact=True)
    row = maya.page.locator(".measure-course tbody tr")
    expect(row.locator("td.num")).to_have_text("13")
    expect(row).to_contain_text("moderate")
    maya.look("desk-measure-results")
