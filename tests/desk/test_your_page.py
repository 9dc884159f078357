"""What a counsellor copies from the desk to bring visitors to the public page."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import reverse

from counsel.accounts.practice import Practice
from tests.factories import make_counsellor, make_manager

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:your_page")


@pytest.fixture
def ada(client, settings):
    settings.BASE_URL = "https://practice.example.org"
    counsellor = make_counsellor(slug="ada", display_name='Ada "A" <Okoro>')
    client.force_login(counsellor.user)
    return counsellor


def copied(response, field):
    area = re.search(rf'<textarea id="{field}"[^>]*>(.*?)</textarea>', response.content.decode())
    return html.unescape(area[1])


def test_it_gives_the_link_the_button_and_the_frame(client, ada):
    response = client.get(PAGE, headers={"host": "localhost"})
    link = "https://practice.example.org/c/ada/"
    assert copied(response, "share-link") == link
    assert copied(response, "share-button").startswith(f'<a href="{link}" style="')
    frame = copied(response, "share-frame")
    assert f'src="{link}embed/"' in frame
    assert 'title="Find a time with Ada &quot;A&quot; &lt;Okoro&gt;"' in frame
    assert "script" not in copied(response, "share-button") + frame


def test_it_says_which_sites_may_show_the_frame(client, ada):
    assert "No site may show it yet." in client.get(PAGE).content.decode()
    Practice.objects.create(frame_hosts="https://blog.example.org")
    assert "<li>https://blog.example.org</li>" in client.get(PAGE).content.decode()


def test_it_says_that_a_closed_page_opens_for_nobody(client, ada):
    assert "Your page is closed" not in client.get(PAGE).content.decode()
    ada.accepts_new_clients = False
    ada.save()
    assert "Your page is closed" in client.get(PAGE).content.decode()


def test_the_desk_leads_there(client, ada):
    assert f'href="{PAGE}"' in client.get(reverse("admin:index")).content.decode()
    client.force_login(make_manager())
    assert PAGE not in client.get(reverse("admin:index")).content.decode()
