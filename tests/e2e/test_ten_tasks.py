"""Ten questions of a counsellor's day, each answered in five clicks from the desk at most.

Typing into a field is no click; choosing an option and sending a form are. The seconds are those
of a machine: they are told at the end, and nothing is asked of them.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager

import pytest

from tests.e2e.eyes import DESKTOP, Watch
from tests.e2e.person import Person
from tests.e2e.ten_tasks import CASELOAD, EMAIL

pytestmark = pytest.mark.e2e
MOST_CLICKS = 5


class Ida(Person):
    """A counsellor with one client for each task."""

    def part(self, name: str):
        return self.page.get_by_role("region", name=name)

    def need(self, words: str):
        """A line of *What needs you*."""
        return self.part("What needs you").get_by_role("listitem").filter(has_text=words)

    def goes_to(self, name: str, part) -> None:
        self.tap_on(part.get_by_role("link", name=name, exact=True))

    def picks(self, label: str, option: str) -> None:
        self.taps += 1
        self.page.get_by_label(label).select_option(label=option)


@pytest.fixture(scope="module")
def ida(counsel, browser):
    counsel.does(CASELOAD)
    context = browser.new_context(
        base_url=counsel.address, viewport=DESKTOP, locale="en-GB", timezone_id="Europe/London"
    )
    context.set_default_timeout(10_000)
    ida = Ida(counsel, context, Watch(context, counsel.address))
    ida.sign_in_by_password(EMAIL)
    yield ida
    context.close()
    ida.watch.nothing_went_wrong()


@pytest.fixture
def task(ida, record_property):
    """Counts from the desk on. `tests/e2e/conftest.py` tells of all tasks at the end."""

    @contextmanager
    def task(name):
        ida.opens("/admin/")
        ida.taps, begun = 0, time.monotonic()
        yield
        record_property("task", (name, ida.taps, time.monotonic() - begun))
        assert ida.taps <= MOST_CLICKS

    return task


def test_read_what_the_next_client_shared(ida, task):
    with task("01 open the next client's brief and read what is unread"):
        ida.goes_to("Nora", ida.part("Today"))
        ida.tap("Read the newest", "link")
        ida.see("I said that I was scared.")
        ida.tap("Next unread", "link")
        ida.see("I stayed in the room.")


def test_find_who_missed_three_and_ask_for_less(ida, task):
    with task("02 find who missed three practices and ask for less"):
        ida.goes_to("Milo", ida.need("missed 3 or more in a row"))
        ida.follow("Pause and Label")
        ida.tap("Make it smaller")
        ida.see("smaller")


def test_answer_an_unread_entry(ida, task):
    with task("03 answer an unread entry"):
        ida.goes_to("Lena", ida.need("to read"))
        ida.tap("Read the newest", "link")
        ida.type("Your reply", "Thank you for telling me.")
        ida.tap("Send the reply")
        ida.see("Your reply is in the portal")


def test_tick_an_entry_as_talked_about(ida, task):
    with task("04 tick an entry as talked about"):
        ida.goes_to("Omar", ida.part("Your caseload"))
        ida.tap("Tick as talked about")
        ida.see("Ticked as talked about.")


def test_write_and_sign_the_note_of_the_one_just_held(ida, task):
    with task("05 write and sign the note of the consultation just held"):
        ida.tap_on(ida.part("Today").get_by_role("link", name="Held, or not?"))
        ida.tap("It was held")
        ida.tap("Write the note")
        ida.type("Data", "We spoke about the stairs.")
        ida.tap_on(ida.page.locator("summary").filter(has_text="Sign it"))
        ida.tap("Sign this note")
        ida.see("Signed. It stays as it is")


def test_book_the_next_one_for_somebody_without(ida, task):
    with task("06 book the next consultation for a client without one"):
        ida.goes_to("Quinn", ida.need("no consultation ahead"))
        ida.follow("Book the next")
        ida.picks("Service", "Consultation")
        day = ida.page.get_by_label("Day").evaluate(
            "() => new Date(Date.now() + 8 * 864e5).toISOString().slice(0, 10)"
        )
        ida.type("Day", day)
        ida.type("Time", "10:00")
        ida.tap("Book it")
        ida.see("booked")


def test_confirm_a_request(ida, task):
    with task("07 confirm a request"):
        ida.goes_to("Rosa", ida.need("request to confirm"))
        ida.follow("Asked for: answer")
        ida.tap("Confirm")
        ida.see("You can undo your last change until")


def test_close_a_flag(ida, task):
    with task("08 close a risk flag with what was done"):
        ida.tap_on(ida.page.locator(".desk-urgent").get_by_role("link", name="Sven"))
        ida.follow("an answer asked for it")
        ida.type("What you did", "Rang him at once; he is with his brother.")
        ida.tap("Close with these words")
        ida.see("Closed, with your words.")


def test_see_whether_a_measure_changed_reliably(ida, task):
    with task("09 see whether a measure changed reliably"):
        ida.goes_to("Tara", ida.part("Your caseload"))
        ida.follow("PHQ-9")
        ida.see("more than chance")


def test_take_the_brief_as_a_sheet(ida, task):
    with task("10 take the brief as a PDF"):
        ida.goes_to("Uma", ida.part("Your caseload"))
        ida.tap_on(ida.page.locator("summary").filter(has_text="More"))
        with ida.page.expect_download() as sheet:
            ida.follow("The brief as a PDF")
        assert re.fullmatch(r"brief\.pdf", sheet.value.suggested_filename)
