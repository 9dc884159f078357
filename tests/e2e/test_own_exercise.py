"""A counsellor writes an exercise of her own, gives it, reads it, and writes it anew."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.eyes import DESKTOP
from tests.e2e.steps import begin, rate

pytestmark = pytest.mark.e2e

TITLE = "The door on the latch"
ASKED, ASKED_LATER = "What would you say to them?", "What did you not say?"
ANSWER = "That I was tired, not angry."


ABOUT = {
    "In one sentence, for the client": "For the moment before you close it.",
    "A reason to start from": "Doors close quicker than we decide.",
    "Something smaller": "Only the first page.",
}
# Each kind of field once, with what is typed beside its inputs.
STEPS = {
    "Stand still": {
        "Breath or pause": {"What it says before it begins": "Breathe once."},
        "Words to read": {"The words, large": "It may stay open."},
        "Scale": {
            "Question": "How far is it open?",
            "Words for the lowest": "shut",
            "Words for the highest": "wide",
            "What it tells you besides": "How strong it was before",
        },
    },
    "Look": {
        "Long text": {"Question": ASKED},
        "Short text": {"Question": "In three words?"},
        "Feelings to pick": {"Question": "What is there?"},
        "One of several": {
            "Question": "Where are you?",
            "To choose from, one a line": "At home\nOutside",
        },
    },
    "Afterwards": {
        "Some of several": {
            "Question": "What helped?",
            "To choose from, one a line": "Air\nTime\nA word",
        },
        "Yes or no": {"Question": "Did you stay?"},
        "Number": {"Question": "For how many minutes?", "At least": "0", "At most": "90"},
        "Time of day": {"Question": "At what time?"},
    },
}


class Editor:
    """The page on which an exercise is written."""

    def __init__(self, person):
        self.person, self.page = person, person.page
        self.fields = self.page.locator(".editor-field")

    def fill(self, words):
        for label, text in words.items():
            self.page.get_by_label(label, exact=True).fill(text)

    def step(self, title, *, is_new):
        self.person.tap("Add a step" if is_new else "Open Step")
        expect(self.page.get_by_label("Title of the step")).to_have_value("")
        self.fill({"Title of the step": title})

    def add(self, kind, settings):
        """One more on the open step; `settings` by the words beside each input."""
        before = self.fields.count()
        self.page.locator(".editor-kinds").get_by_role("button", name=kind, exact=True).click()
        expect(self.fields).to_have_count(before + 1)
        for label, value in settings.items():
            one = self.fields.last.get_by_label(label, exact=True)
            if one.evaluate("(it) => it.tagName") == "SELECT":
                one.select_option(label=value)
            else:
                one.fill(value)


def test_an_exercise_of_her_own_from_the_first_word_to_the_second_version(counsel, arrive):
    cato_mail = counsel.new_client("Cato")
    maya = arrive(viewport=DESKTOP)
    maya.sign_in_by_password("maya@example.org")
    write_it(maya)
    look_as_clients_do(maya)
    maya.tap("Publish")
    maya.see("Version 1 is published")
    exercise = maya.page.url
    give_it(maya, "Cato")

    cato = arrive()
    cato.sign_in_by_password(cato_mail)
    do_it(cato)
    cato.follow("Look at it, or change that")
    mine = cato.page.url

    entry = read_it(maya, "Cato")
    write_it_anew(maya, exercise)
    for person, address in ((maya, entry), (cato, mine)):
        person.opens(address)
        person.see(ASKED)
        person.see(ANSWER)
        person.not_see(ASKED_LATER)
    cato.opens("/my/")
    cato.follow(TITLE)
    cato.tap("Begin")
    rate(cato, "How far is it open?", 5)
    cato.see(ASKED)
    cato.not_see(ASKED_LATER)


def write_it(maya):
    maya.opens("/admin/exercises/exercise/")
    maya.follow("New exercise")
    maya.type("Title", TITLE)
    maya.tap("Begin", exact=True)
    maya.see("About the exercise")
    page = Editor(maya)
    page.fill(ABOUT)
    for number, (title, fields) in enumerate(STEPS.items(), start=1):
        page.step(title, is_new=number > 1)
        for kind, settings in fields.items():
            page.add(kind, settings)
    maya.look("library-editor-step")


def look_as_clients_do(maya):
    """In the frame beside the editor, and as a page of its own."""
    frame = maya.page.frame_locator("iframe.phone")
    expect(frame.get_by_role("heading", name="Afterwards")).to_be_visible()
    shown = maya.page.locator("iframe.phone").get_attribute("src") or ""
    editor = maya.page.url
    maya.tap("Save the draft")
    maya.opens(shown.replace("?framed=1", ""))
    maya.see("As clients see it. Nothing is kept.")
    maya.see("What helped?")
    maya.look("library-preview")
    maya.opens(editor)


def give_it(maya, name):
    maya.follow("Assign", exact=True)
    maya.page.get_by_label("Find a name").fill(name)
    maya.page.get_by_label(name, exact=True).check()
    maya.look("desk-assign-whom")
    maya.tap("Go on")
    maya.see("Doors close quicker than we decide.")
    maya.page.get_by_label("Rhythm").select_option(label="some days a week")
    maya.page.get_by_label("Days a week").fill("3")
    maya.tap("Assign", exact=True)
    maya.see("is on the client's list now")


def do_it(cato):
    begin(cato, TITLE)
    rate(cato, "How far is it open?", 3)
    cato.see_heading("Look")
    cato.type(ASKED, ANSWER)
    cato.type("In three words?", "Open, a little")
    cato.choose("tenderness")
    cato.choose("Outside")
    cato.look("own-2-look")
    cato.tap("Continue")
    cato.see_heading("Afterwards")
    cato.choose("Air")
    cato.choose("A word")
    cato.choose("Yes")
    cato.type("For how many minutes?", "4")
    cato.page.get_by_role("textbox", name="At what time?").fill("18:30")
    cato.choose("Me and my counsellor")
    cato.look("own-3-afterwards")
    cato.tap("Save")
    cato.see_heading("That was it")


def read_it(maya, name):
    maya.opens("/admin/clients/client/")
    maya.follow(name)
    maya.page.locator(".sheet-rows").get_by_role("link", name=TITLE).first.click()
    for words in (ANSWER, "Open, a little", "Outside", "Air", "18:30"):
        maya.see(words)
    rating = maya.page.get_by_role("group", name="How well was it worked through?")
    rating.get_by_role("button").nth(3).click()
    expect(rating.get_by_role("button").nth(3)).to_have_attribute("aria-pressed", "true")
    maya.look("desk-entry-rated")
    return maya.page.url


def write_it_anew(maya, exercise):
    maya.opens(exercise)
    maya.follow("Edit")
    maya.tap("Open Look")
    field = maya.page.locator(".editor-field").first.get_by_label("Question", exact=True)
    expect(field).to_have_value(ASKED)
    field.fill(ASKED_LATER)
    maya.tap("Publish")
    maya.see("Version 2 is published")
    maya.see_heading("One of your clients has an earlier version than 2")
    maya.look("library-exercise-behind")
