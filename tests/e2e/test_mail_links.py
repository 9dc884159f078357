"""A browser that opens every link of every mail, runs what is there and clicks nothing."""

from __future__ import annotations

import re

import pytest
import time_machine

from counsel.reminders.models import Reminder
from tests.letters import message_of
from tests.reminders import samples
from tests.test_mail_links import ADDRESS, everything

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

# As long as a program that looks for harm stays on a page.
WAITS_MS = 10_000


@pytest.fixture(autouse=True, scope="session")
def _beside_a_browser():
    """Its loop runs in this thread; nothing of Django's runs in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


def test_a_browser_that_clicks_nothing_changes_nothing(live_server, settings, browser):
    settings.BASE_URL = live_server.url
    with time_machine.travel(samples.MORNING):
        samples.everything()
        messages = [message_of(row) for row in Reminder.objects.all()]
        links = {link for message in messages for link in ADDRESS.findall(message.body)}
        before = everything()
        context = browser.new_context()
        pages = [_opened(context, link) for link in sorted(links)]
        pages[-1].wait_for_timeout(WAITS_MS)
        went_to = {page.url for page in pages}
        context.close()
        assert len(links) > 15
        assert {re.sub(r"\?.*", "", url) for url in went_to - links} <= {
            f"{live_server.url}/accounts/login/"
        }
        assert everything() == before


def _opened(context, link):
    page = context.new_page()
    page.goto(link, wait_until="networkidle")
    return page
