"""The pages on which a practice reads and writes the words of its messages."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from counsel.audit.models import AccessEvent
from counsel.reminders.catalogue import letter_kinds
from counsel.reminders.models import Letter
from tests.factories import make_counsellor, make_manager

pytestmark = pytest.mark.django_db

LIST = "/admin/letters/"
PAGE = "/admin/letters/consultation_reminder/en-gb/"
GOOD = {
    "subject": "See you {when}",
    "body": "{greeting}\n\n{when}, {zone}\n{free_until} {moves_until}\n{link}",
    "seen": "",
}


@pytest.fixture
def manager():
    return make_manager()


@pytest.fixture
def desk(client, manager):
    client.force_login(manager)
    return client


def other_words(**more):
    fields = {"key": "consultation_reminder", "language": "en-gb", "changed_by": make_manager()}
    fields |= {"subject": "Theirs", "body": GOOD["body"], "changed_at": "2030-01-01T10:00Z"}
    return Letter.objects.create(**{**fields, **more})


def errors(answer):
    return {name: list(found) for name, found in answer.context["form"].errors.items()}


def test_every_message_is_in_the_list(desk, django_assert_max_num_queries):
    other_words()
    with django_assert_max_num_queries(8):
        page = desk.get(LIST).content.decode()
    for kind in letter_kinds():
        assert f'href="/admin/letters/{kind.key}/en-gb/"' in page
    assert page.count("your own") == 1


def test_the_list_costs_the_same_however_many_are_written(desk):
    with_none = _queries(desk, LIST)
    for kind in letter_kinds():
        other_words(key=kind.key)
    assert _queries(desk, LIST) == with_none


def _queries(desk, url):
    with CaptureQueriesContext(connection) as seen:
        desk.get(url)
    return len(seen)


@pytest.mark.parametrize("kind", letter_kinds(), ids=lambda kind: kind.key)
def test_each_can_be_opened_and_looked_at(desk, kind):
    at = f"/admin/letters/{kind.key}/en-gb/"
    page = desk.get(at)
    for row in kind.placeholders:
        assert f"{{{row.name}}}" in page.content.decode()
    look = desk.get(f"{at}preview/").content.decode()
    assert "{" not in look.partition("<body")[2]


def test_it_is_saved_and_said_who_did_it(desk, manager):
    assert desk.post(PAGE, GOOD).status_code == 302
    (row,) = Letter.objects.all()
    assert (row.subject, row.changed_by) == ("See you {when}", manager)
    assert AccessEvent.objects.get(subject_id=row.pk).actor == manager
    page = desk.get(PAGE).content.decode()
    assert "your own words" in page
    assert manager.email in page


@pytest.mark.parametrize(
    ("words", "field", "message"),
    [
        ({"subject": "Your therapy hour"}, "subject", "therapy"),
        ({"subject": "a\r\nBcc: eve@example.org"}, "subject", "one line"),
        ({"subject": "{link}"}, "subject", "{link}"),
        ({"body": GOOD["body"] + "\n{client.user.password}"}, "body", "Line 6"),
        ({"body": GOOD["body"] + "{{ when }}"}, "body", "{{ when }}"),
        ({"body": GOOD["body"].replace("{link}", "")}, "body", "{link}"),
        ({"body": GOOD["body"] + "\x00"}, "body", "Null"),
    ],
)
def test_what_breaks_a_rule_is_said_beside_it_and_nothing_typed_is_lost(
    desk, words, field, message
):
    answer = desk.post(PAGE, {**GOOD, **words})
    assert answer.status_code == 422
    assert message in errors(answer)[field][0]
    assert answer.context["form"].data["body"] == words.get("body", GOOD["body"])
    assert not Letter.objects.exists()


def test_nobody_overwrites_what_they_have_not_seen(desk):
    other_words()
    answer = desk.post(PAGE, GOOD)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "See you {when}" in page
    assert "Theirs" in page
    # Saving what was shown again is no accident.
    assert desk.post(PAGE, {**GOOD, "seen": answer.context["seen"]}).status_code == 302
    assert Letter.objects.get().subject == "See you {when}"


def test_two_first_writers_do_not_overwrite_each_other(desk):
    desk.post(PAGE, GOOD)
    assert desk.post(PAGE, {**GOOD, "subject": "Second"}).status_code == 422
    assert Letter.objects.get().subject == "See you {when}"


def test_ours_are_put_back(desk):
    desk.post(PAGE, GOOD)
    seen = desk.get(PAGE).context["seen"]
    desk.post(f"{PAGE}ours/", {"seen": "old"})
    assert Letter.objects.exists()
    desk.post(f"{PAGE}ours/", {"seen": seen})
    assert not Letter.objects.exists()
    assert "our words again" in desk.get(PAGE).content.decode()


def test_words_that_break_a_newer_rule_are_pointed_out(desk):
    other_words(subject="Your therapy")
    assert "not used" in desk.get(LIST).content.decode()
    assert "“therapy” tells what this is about." in desk.get(PAGE).content.decode()


def test_a_counsellor_reads_and_changes_nothing(client):
    client.force_login(make_counsellor().user)
    other_words()
    page = client.get(PAGE).content.decode()
    assert "Theirs" in page
    assert "<textarea" not in page
    assert client.get(LIST).status_code == 200
    for at in (PAGE, f"{PAGE}ours/"):
        assert client.post(at, GOOD).status_code == 403
    assert Letter.objects.get().subject == "Theirs"


@pytest.mark.parametrize(
    "at", ["nothing/en-gb/", "consultation_reminder/xx/", "nothing/en-gb/preview/"]
)
def test_what_is_not_there_is_not_there(desk, at):
    assert desk.get(LIST + at).status_code == 404


# --- The look of it ---------------------------------------------------------------------------


def test_a_preview_shows_what_was_typed_and_keeps_nothing(desk):
    look = desk.post(f"{PAGE}preview/", {**GOOD, "subject": "Hm <b> {when}"}).content.decode()
    assert "Subject: Hm &lt;b&gt; Tuesday 3 March" in look
    assert "Hello,<br>" not in look
    assert not Letter.objects.exists()
    assert not AccessEvent.objects.exists()


def test_a_preview_with_names_greets_by_name(desk):
    words = {**GOOD, "body": GOOD["body"] + "\n{with_whom}"}
    assert "Anna" not in desk.post(f"{PAGE}preview/", words).content.decode()
    look = desk.post(f"{PAGE}preview/", {**words, "names": "1"}).content.decode()
    assert "Hello Anna," in look
    assert "With: Maya Rao" in look


def test_a_preview_of_words_that_break_a_rule_says_which(desk):
    look = desk.post(f"{PAGE}preview/", {**GOOD, "body": "<script>x</script> {x} therapy"})
    page = look.content.decode()
    assert look.status_code == 200
    assert "“{x}” is not one of the names" in page
    assert "“therapy” tells" in page
    assert "<script>" not in page


def test_a_preview_runs_nothing_and_opens_nothing(desk):
    look = desk.get(f"{PAGE}preview/")
    policy = look["Content-Security-Policy"]
    assert {part.strip() for part in policy.split(";")} == {
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "frame-ancestors 'self'",
        "sandbox",
    }
    assert look["X-Frame-Options"] == "SAMEORIGIN"
    page = desk.get(PAGE)["Content-Security-Policy"]
    assert "frame-src 'self'" in page
    assert "unsafe" not in page
