"""Going back to what was written: finding it, and leaving the page before somebody sees it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.steps import is_saved, write

pytestmark = pytest.mark.e2e


def test_it_finds_words_again(counsel, arrive):
    ida = arrive()
    ida.sign_in_by_password(counsel.new_client("Ida"))
    ida.opens("/my/journal/")
    question = ida.page.locator(".prompt-words").inner_text()
    ida.tap("Another question")
    expect(ida.page.locator(".prompt-words")).not_to_have_text(question)
    write(ida)
    ida.type("Your words", "On the Brücke, in the rain.")
    is_saved(ida)
    ida.tap("Save", exact=True)
    ida.opens("/my/entries/")
    ida.follow("Search your words")
    ida.type("Words to look for", "bruc")
    ida.tap("Search")
    ida.see("On the Brücke, in the rain.")
    ida.look("search-found")
    assert "bruc" not in ida.page.url
    ida.page.locator(".found a").click()
    ida.see("On the Brücke, in the rain.")


def test_it_takes_pages_out(arrive):
    anna = arrive()
    anna.sign_in_by_password("anna@example.org")
    anna.opens("/my/record/pages/")
    with anna.page.expect_download() as download:
        anna.tap("Download the file")
    file = download.value
    assert file.suggested_filename == "my-pages.html"
    text = file.path().read_text(encoding="utf-8")
    assert re.search(r"\d+ entries\.</p>", text)


def test_it_is_left_quickly_and_back_does_not_lead_there(arrive):
    anna = arrive()
    anna.sign_in_by_password("anna@example.org")
    anna.opens("/my/")
    anna.opens("/my/journal/")
    anna.page.get_by_role("link", name="Leave quickly").click()
    anna.page.wait_for_url("**/away/")
    expect(anna.page).to_have_title("New page")
    assert anna.page.locator("body").inner_text() == ""
    anna.page.go_back()
    assert not anna.page.url.endswith("/my/journal/")


def test_it_is_left_without_scripts_too(arrive):
    anna = arrive(java_script_enabled=False)
    anna.sign_in_by_password("anna@example.org")
    anna.opens("/my/journal/")
    anna.page.get_by_role("link", name="Leave quickly").click()
    anna.page.wait_for_url("**/away/")
