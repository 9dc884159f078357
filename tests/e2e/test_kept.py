"""Going back to what was written: finding it, and leaving the page before somebody sees it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.steps import is_saved, write

pytestmark = pytest.mark.e2e


def test_it_finds_words_again(counsel, arrive):
    ilse = arrive()
    ilse.sign_in_by_password(counsel.new_client("Ilse"))
    ilse.opens("/my/journal/")
    question = ilse.page.locator(".prompt-words").inner_text()
    ilse.tap("Another question")
    expect(ilse.page.locator(".prompt-words")).not_to_have_text(question)
    write(ilse)
    ilse.type("Your words", "On the Brücke, in the rain.")
    is_saved(ilse)
    ilse.tap("Save", exact=True)
    ilse.opens("/my/entries/")
    ilse.follow("Search your words")
    ilse.type("Words to look for", "bruc")
    ilse.tap("Search")
    ilse.see("On the Brücke, in the rain.")
    ilse.look("search-found")
    assert "bruc" not in ilse.page.url
    ilse.page.locator(".found a").click()
    ilse.see("On the Brücke, in the rain.")


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
