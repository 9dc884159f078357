"""What a client or a counsellor writes is readable nowhere but on their own pages."""

from __future__ import annotations

import base64

import pytest

from tests.e2e.steps import begin, go_on, is_saved, rate, write

pytestmark = pytest.mark.e2e

WRITTEN = {
    "journal": "hummingbird-in-the-journal-7f3a",
    "draft": "kingfisher-in-the-draft-91bc",
    "because": "nightjar-in-the-reason-5d20",
    "feeling": "wryneck-in-the-feeling-0c44",
    "share": "bittern-in-the-share-e8f1",
    "reply": "goldcrest-in-the-reply-6a77",
    "rationale": "dunnock-in-the-rationale-2b9e",
}


def forms_of(text):
    """The bytes in which a text may lie about, in whole or within something longer."""
    yield text.encode()
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    for shift in range(3):
        # Base64 of a longer text shows this one in one of three ways; its edges vary.
        yield base64.b64encode(b"\0" * shift + text.encode())[4:-4]
    yield text.encode().hex().encode()


def test_it_finds_what_it_looks_for(tmp_path):
    for number, form in enumerate(forms_of(WRITTEN["journal"])):
        (tmp_path / str(number)).write_bytes(b"before " + form + b" after")
    assert len(traces(tmp_path, WRITTEN["journal"])) == number + 1


def traces(folder, text):
    return [
        file.relative_to(folder)
        for file in folder.rglob("*")
        if file.is_file() and any(form in file.read_bytes() for form in forms_of(text))
    ]


def test_it_leaves_no_trace_of_what_was_written(counsel, arrive):
    kay = arrive()
    kay.sign_in_by_password(counsel.new_client("Kay", "pause-and-label", "small-share-ladder"))
    maya = arrive(viewport={"width": 1280, "height": 800})
    maya.sign_in_by_password("maya@example.org")
    write_a_journal(kay)
    practise(kay)
    say_why_not(kay)
    answer(maya)
    leave_a_draft(kay)

    # Kept in the open, so it shows that all of it is being searched.
    assert traces(counsel.folder, "kay@example.org")
    found = {name: traces(counsel.folder, text) for name, text in WRITTEN.items()}
    assert not any(found.values()), found


def write_a_journal(kay):
    kay.opens("/my/journal/")
    write(kay)
    kay.type("Your words", WRITTEN["journal"])
    is_saved(kay)
    kay.tap("Save", exact=True)
    kay.see_heading("It's kept")


def practise(kay):
    begin(kay, "Pause and Label")
    rate(kay, "How strong is it right now?", 6)
    kay.type("Find a word, or write your own", WRITTEN["feeling"])
    kay.page.keyboard.press("Enter")
    go_on(kay)
    kay.tap("Continue")
    kay.type("The words, if you want to keep them", WRITTEN["share"])
    kay.choose("Me and my counsellor")
    kay.tap("Save")
    kay.see_heading("That was it")


def say_why_not(kay):
    kay.opens("/my/")
    kay.page.get_by_role("article").get_by_role("link", name="I couldn't").click()
    kay.type("I couldn't, because…", WRITTEN["because"])
    kay.choose("Me and my counsellor")
    kay.tap("Save")
    kay.see_heading("Thank you for saying so")


def answer(maya):
    maya.opens("/admin/clients/client/")
    maya.follow("Kay")
    maya.see(WRITTEN["share"])
    maya.see(WRITTEN["because"])
    maya.page.locator(".sheet-quote").get_by_role("link").first.click()
    maya.type("Your reply", WRITTEN["reply"])
    maya.tap("Send the reply")
    maya.see(WRITTEN["reply"])
    maya.follow("Back to the brief")
    maya.follow("Assign an exercise")
    maya.tap("Choose Breathing pause")
    maya.type("Why this, why now", WRITTEN["rationale"])
    maya.tap("Assign", exact=True)
    maya.see("is on the client's list now")


def leave_a_draft(kay):
    kay.opens("/my/journal/")
    write(kay, for_the_first_time=False)
    kay.type("Your words", WRITTEN["draft"])
    is_saved(kay)
