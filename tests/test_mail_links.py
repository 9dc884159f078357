"""Opening a link from a mail changes nothing: programs that look for harm open all of them."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client as Browser

from counsel.reminders.models import Reminder
from tests.letters import message_of
from tests.reminders import samples

pytestmark = pytest.mark.django_db

# Where somebody is led on to sign in, the browser is remembered; of them nobody knows more.
NOT_LOOKED_AT = {Session}
ADDRESS = re.compile(r"https?://[^\s<>\"]+")


@pytest.fixture(scope="module")
def links(django_db_setup, django_db_blocker):
    """Every link in every message, while what they are about is there."""
    with (
        django_db_blocker.unblock(),
        time_machine.travel(samples.MORNING, tick=False),
        transaction.atomic(),
    ):
        samples.everything()
        messages = [message_of(row) for row in Reminder.objects.all()]
        text = "\n".join(f"{message.body}\n{message.link}" for message in messages)
        yield {link.removeprefix(settings.BASE_URL) for link in ADDRESS.findall(text)}
        transaction.set_rollback(True)


def everything():
    """Every row of every table of ours, but for browsers' sessions."""
    models = [model for model in apps.get_models() if model not in NOT_LOOKED_AT]
    return {model: list(model._base_manager.order_by("pk").values()) for model in models}


def test_opening_a_link_changes_nothing(links):
    before = everything()
    for link in sorted(links):
        browser = Browser()
        for ask in (browser.head, browser.get, browser.get):
            answer = ask(link)
            assert answer.status_code in {200, 302}, link
            assert answer.status_code == 200 or answer["Location"].startswith("/accounts/login/")
    assert everything() == before
    # It would be seen.
    stop = next(link for link in links if link.startswith("/stop/"))
    Browser().post(stop, {"List-Unsubscribe": "One-Click"})
    assert everything() != before


def test_a_page_behind_a_token_is_kept_and_found_by_nobody(links):
    tokens = [link for link in links if ":" in link]
    assert tokens
    for link in tokens:
        answer = Browser().get(link)
        assert "no-store" in answer["Cache-Control"], link
        assert answer["Referrer-Policy"] in {"same-origin", "no-referrer"}
        page = answer.content.decode()
        assert 'content="noindex, nofollow"' in page
        assert not re.search(r"Quellwasser|\b(?:Anna|Cora|Dora|Emma|Frank)\b", page), link


def test_every_kind_of_link_is_among_them(links):
    begins = {link.split("/")[1] for link in links}
    assert begins >= {
        *("appointments", "held", "waiting", "offer", "invitation", "stop", "with"),
        *("my", "admin"),
    }
