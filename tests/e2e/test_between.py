"""Journey "Between": the counsellor assigns, the client practises where life happens."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from tests.e2e.steps import begin, go_on, is_saved, rate, write

pytestmark = pytest.mark.e2e


def test_it_is_assigned_to_one_or_several_and_stands_on_the_clients_page(counsel, arrive):
    email = counsel.new_client("Iris")
    maya = arrive(viewport={"width": 1280, "height": 800})
    maya.sign_in_by_password("maya@example.org")
    maya.opens("/admin/clients/client/")
    maya.look("desk-clients")
    maya.follow("Iris")
    maya.follow("Assign an exercise")
    maya.look("desk-assign-choose")
    maya.tap("Choose Pause and Label")
    maya.type("Why this, why now", "For the moment on the stairs, before you open the door.")
    maya.look("desk-assign")
    maya.tap("Assign", exact=True)
    maya.see("is on the client's list now")
    maya.look("desk-client-new")

    maya.opens("/admin/clients/client/")
    for name in ("Iris", "Joe"):
        maya.page.get_by_role("row").filter(has_text=name).get_by_role("checkbox").check()
    maya.page.locator("select[name=action]").select_option(label="Assign an exercise")
    maya.tap("Go")
    maya.tap("Choose Journal")
    maya.look("desk-assign-several")
    maya.tap("Assign to 2 clients")
    maya.see("is on the lists of 2 clients now")

    iris = arrive()
    iris.sign_in_by_code(email)
    iris.see_heading("Pause and Label")
    iris.see_heading("Journal")
    iris.page.get_by_text("Why this").first.click()
    iris.see("before you open the door")
    iris.look("home-assigned")


def test_it_takes_less_than_a_minute_and_six_taps(counsel, arrive):
    ana = arrive()
    email = counsel.new_client("Ana", "pause-and-label", sharing="shared")
    ana.sign_in_by_password(email)
    begin_at, taps_before = time.monotonic(), ana.taps
    ana.reads_at_human_speed()
    begin(ana, "Pause and Label")
    rate(ana, "How strong is it right now?", 7)
    ana.see_heading("Label")
    ana.type("Find a word, or write your own", "shame")
    ana.page.keyboard.press("Enter")
    ana.see("This is shame.")
    ana.tap("Continue")
    ana.see_heading("Acknowledge")
    ana.tap("Continue")
    ana.see_heading("Small share")
    ana.type("The words, if you want to keep them", "I feel shy.")
    rate(ana, "And now, how strong is it?", 4)
    expect(ana.page.get_by_label("Me and my counsellor")).to_be_checked()
    ana.tap("Save")
    ana.see_heading("That was it")
    ana.see("Your counsellor will see this.")
    assert time.monotonic() - begin_at < 60
    assert ana.taps - taps_before <= 6


def test_it_looks_calm_at_each_step(counsel, arrive):
    bo = arrive(reduced_motion="reduce")
    bo.sign_in_by_password(counsel.new_client("Bo", "pause-and-label"))
    bo.page.get_by_text("Why this").click()
    bo.follow("More about it")
    bo.look("practice-about")
    begin(bo, "Pause and Label")
    bo.look("practice-1-pause")
    rate(bo, "How strong is it right now?", 7)
    bo.see_heading("Label")
    bo.choose("shame")
    bo.choose("fear")
    bo.see("This is shame and a little fear.")
    bo.look("practice-2-label")
    bo.tap("Continue")
    bo.see_heading("Acknowledge")
    bo.look("practice-3-acknowledge")
    bo.tap("Continue")
    bo.see_heading("Small share")
    bo.choose("I told them")
    rate(bo, "And now, how strong is it?", 3)
    bo.choose("Only me")
    bo.look("practice-4-small-share")
    bo.tap("Save")
    bo.see("Only you can see this.")
    bo.look("practice-5-done")
    bo.tap("Very")
    bo.see("Thank you")


def test_it_keeps_a_journal_draft_while_it_is_written(counsel, arrive):
    email = counsel.new_client("Cleo")
    cleo = arrive()
    cleo.sign_in_by_password(email)
    cleo.opens("/my/journal/")
    cleo.look("journal-empty")
    write(cleo)
    words = "Nobody had said anything wrong.\nI just felt the door close. 🌧️"
    cleo.type("Your words", words)
    is_saved(cleo)
    cleo.look("journal-writing")

    elsewhere = arrive(viewport={"width": 1280, "height": 800})
    elsewhere.sign_in_by_code(email)
    elsewhere.opens("/my/journal/")
    elsewhere.tap("Go on writing")
    expect(elsewhere.page.get_by_label("Your words")).to_have_value(words)
    elsewhere.tap("Save")
    elsewhere.see_heading("It's kept")
    elsewhere.see("Only you can see this.")
    elsewhere.opens("/my/journal/")
    elsewhere.look("journal")


def test_it_loses_no_words_without_a_network(counsel, arrive):
    gus = arrive()
    gus.sign_in_by_password(counsel.new_client("Gus"))
    gus.opens("/my/journal/")
    write(gus)
    gus.page.wait_for_load_state("networkidle")
    gus.context.set_offline(True)
    gus.type("Your words", "In a tunnel, and it came back.")
    gus.see("No connection just now.")
    gus.context.set_offline(False)
    is_saved(gus)
    # The browser told of the tunnel, too.
    gus.watch.complaints.clear()
    gus.page.reload()
    expect(gus.page.get_by_label("Your words")).to_have_value("In a tunnel, and it came back.")


def test_it_takes_not_today_for_an_answer(counsel, arrive):
    dan = arrive()
    dan.sign_in_by_password(counsel.new_client("Dan", "pause-and-label"))
    dan.opens("/my/")
    dan.follow("I couldn't, because… Pause and Label")
    dan.look("could-not")
    dan.type("I couldn't, because…", "Travelling, and then I slept.")
    dan.choose("Me and my counsellor")
    dan.tap("Save")
    dan.see_heading("Thank you for saying so")
    dan.look("could-not-done")
    dan.opens("/my/")
    dan.see("Not today. That's allowed.")


def tab_to(page, words):
    """Presses Tab until the focus is on what has these words, which must be seen to have it."""
    for _ in range(90):
        page.keyboard.press("Tab")
        said = page.evaluate(
            """() => {
              const at = document.activeElement;
              const ring = at.matches("input[type=radio], input[type=checkbox]")
                ? [at, at.nextElementSibling, at.closest("label")] : [at];
              const shown = ring.filter(Boolean).some((thing) => {
                const style = getComputedStyle(thing);
                return style.outlineStyle !== "none" || style.boxShadow !== "none";
              });
              const labels = [...(at.labels || [])].map((label) => label.textContent);
              return [labels.join(" ") + " " + at.textContent, shown];
            }"""
        )
        if words in said[0]:
            assert said[1], f"the focus on {words!r} is not to be seen"
            return
    raise AssertionError(f"{words!r} cannot be reached with Tab")


def test_it_can_be_practised_with_the_keys_alone(counsel, arrive):
    eve = arrive(viewport={"width": 1280, "height": 800})
    eve.sign_in_by_password(counsel.new_client("Eve", "pause-and-label"))
    page, keys = eve.page, eve.page.keyboard
    tab_to(page, "Begin")
    keys.press("Enter")
    eve.see_heading("Pause")
    tab_to(page, "hardly there")
    for _ in range(6):
        keys.press("ArrowRight")
    tab_to(page, "Continue")
    keys.press("Enter")
    eve.see_heading("Label")
    tab_to(page, "Find a word")
    keys.type("shame,")
    eve.see("This is shame.")
    tab_to(page, "Continue")
    keys.press("Enter")
    eve.see_heading("Acknowledge")
    tab_to(page, "Continue")
    keys.press("Enter")
    eve.see_heading("Small share")
    tab_to(page, "Save")
    keys.press("Enter")
    eve.see_heading("That was it")


def test_it_can_be_practised_without_javascript(counsel, arrive):
    finn = arrive(java_script_enabled=False)
    finn.sign_in_by_password(counsel.new_client("Finn", "pause-and-label"))
    begin(finn, "Pause and Label")
    rate(finn, "How strong is it right now?", 7)
    finn.tap("Continue")
    finn.type("Find a word, or write your own", "shame, cornered")
    finn.tap("Continue")
    finn.see_heading("Acknowledge")
    finn.tap("Back")
    expect(finn.page.get_by_role("checkbox", name="shame", exact=True)).to_be_checked()
    go_on(finn)
    finn.tap("Continue")
    finn.choose("Only me")
    finn.tap("Save")
    finn.see("Only you can see this.")
