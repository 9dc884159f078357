from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counsel.reminders.markup import Sheet, html_of, preview_of

HOME = "https://diary.example"
BODY = f"""Hello,

your appointment is on Tuesday, 17:00.
Clock: India

To look at it:
{HOME}/appointments/0c:x/

To choose another time, or none:
{HOME}/my/settings/
"""


class Seen(HTMLParser):
    """What a reader sees of a mail, and everything in it that leads or could reach somewhere."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.attributes, self.text = [], [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _value in attrs]
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data):
        self.text.append(data)


def made(body=BODY, **more):
    given = {"subject": "Yours", "language": "en-gb", "home": HOME, "preview": "", **more}
    return html_of(Sheet(body=body, **given))


def test_it_says_the_same_and_links_the_same():
    seen = Seen(made())
    text = "".join(seen.text)
    assert all(line in text for line in BODY.splitlines())
    assert seen.links == [f"{HOME}/appointments/0c:x/", f"{HOME}/my/settings/"]


def test_the_first_link_is_a_button_with_its_address_under_it():
    html = made()
    assert html.count('class="button"') == 1
    assert "Open the page</a>" in html
    assert Seen(html).text.count(f"{HOME}/appointments/0c:x/") == 1


def test_nothing_in_it_comes_from_elsewhere():
    html = made()
    seen = Seen(html)
    assert not set(seen.tags) & {"img", "link", "script", "iframe", "object", "form", "base"}
    assert not set(seen.attributes) & {"src", "srcset", "background", "action", "poster"}
    assert "url(" not in html
    assert "@import" not in html


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/x",
        f"{HOME}.evil.example/",
        "javascript:alert(1)",
        f"{HOME}@evil/",
    ],
)
def test_only_our_own_addresses_become_links(address):
    seen = Seen(made(f"Look:\n{address}\n\nor {address} now"))
    assert seen.links == []
    assert address in "".join(seen.text)


def test_a_full_stop_after_an_address_is_none_of_it():
    assert Seen(made(f"Go to {HOME}/my/.")).links == [f"{HOME}/my/"]


def test_it_names_its_language_and_direction():
    assert '<html lang="en-gb" dir="ltr">' in made()
    assert '<html lang="ar" dir="rtl">' in made(language="ar", is_right_to_left=True)


def test_the_link_aside_is_small_and_no_button():
    html = made(f"Hello\n\nNo more: {HOME}/stop/x/", aside=f"{HOME}/stop/x/")
    assert 'class="button"' not in html
    assert Seen(html).links == [f"{HOME}/stop/x/"]
    assert ">No more</a>" in html


def test_what_stands_beside_the_subject_is_given_and_nothing_after_it():
    html = made(preview="Tuesday <17:00>")
    assert "Tuesday &lt;17:00&gt;&#847;" in html


CANARY = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;"


@pytest.mark.parametrize("where", ["subject", "body", "preview", "language"])
def test_it_escapes_everything(where):
    seen = Seen(made(**{where: CANARY}))
    assert "script" not in seen.tags
    assert "img" not in seen.tags
    assert "onerror" not in seen.attributes


@given(st.text(), st.text())
def test_whatever_the_words_only_our_own_marks_are_in_it(subject, body):
    ours = {"html", "head", "meta", "title", "style", "body", "div", "p", "br", "a"}
    assert set(Seen(made(body, subject=subject)).tags) <= ours


def test_the_preview_is_the_first_line_that_says_something():
    assert preview_of(BODY) == "your appointment is on Tuesday, 17:00."
    assert preview_of(f"Hello,\n\n{HOME}/x/\n") == ""


def test_a_code_on_a_line_of_its_own_is_large():
    html = made("Hello,\n\nThis is the code:\n\n620636\n\nIt is not 620637.")
    assert re.search(r'<p style="[^"]*font-size:28px[^"]*">620636</p>', html)
    assert "620637.</p>" in html
