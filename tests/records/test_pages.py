"""Taking out what one has written: whole, harmless, one's own, and noted."""

from __future__ import annotations

import csv
import io
import logging
import tracemalloc
from collections import deque
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from counsel.audit.models import AccessEvent, Verb
from counsel.common.cells import line
from counsel.records.kept import Period, kept_by
from exercises.models import Reply
from tests.factories import make_assignment, make_entry, make_portal_client, make_version
from tests.proving import prove, proved

pytestmark = pytest.mark.django_db
PAGES = "/my/record/pages/"


@pytest.fixture
def anna():
    return make_portal_client(name="Anna", time_zone="Asia/Kolkata")


@pytest.fixture
def http(client, anna):
    client.force_login(anna.user)
    prove(client, anna.user)
    return client


def take(http, shape="page", **asked) -> str:
    response = http.post(PAGES, {"shape": shape, **asked})
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith('attachment; filename="my-pages.')
    assert "no-store" in response["Cache-Control"]
    return b"".join(response.streaming_content).decode()


def table(http, **asked) -> list[dict[str, str]]:
    text = take(http, "table", **asked)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


@pytest.mark.parametrize("shape", ["page", "text", "table"])
def test_it_holds_what_was_asked_answered_and_replied(http, anna, shape):
    entry = make_entry(client=anna, answers={"words": "A bird.\nTwo birds."}, sharing="shared")
    Reply.objects.create(entry=entry, author=anna.counsellor, text="I like birds.")
    text = take(http, shape)
    for shown in ("Look around", "What do you notice?", "A bird.\nTwo birds.", "I like birds."):
        assert shown in text
    assert "Me and my counsellor" in text


def test_the_page_needs_nothing_and_runs_nothing(http, anna):
    make_entry(client=anna, answers={"words": "<script>alert(1)</script>"})
    page = take(http)
    assert "&lt;script&gt;alert(1)" in page
    assert "default-src 'none'" in page
    for outside in ("<script", "<link", "src=", "href=", "url("):
        assert outside not in page


@pytest.mark.parametrize(
    "typed", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\uff1dcmd", "\n=1"]
)
def test_a_cell_is_never_reckoned(typed):
    assert line([typed]) == f'"\'{typed}"\r\n'


@pytest.mark.parametrize("typed", ["a=b", 'say "no"', "one, two", "", "'quoted'", "🌧️ x"])
def test_any_other_cell_is_kept_as_it_is(typed):
    assert next(csv.reader(io.StringIO(line([typed]), newline=""))) == [typed]


def test_what_was_typed_like_a_formula_is_text_in_the_table(http, anna):
    make_entry(client=anna, answers={"words": '=HYPERLINK("http://x.example","y")'})
    assert table(http)[0]["Answered"] == '\'=HYPERLINK("http://x.example","y")'


def test_it_keeps_to_the_days_that_were_asked_for(http, anna):
    for day in (1, 2, 3):
        # 20:00 in London is the next day in Kolkata.
        make_entry(client=anna, happened_at=datetime(2030, 3, day, 20, tzinfo=UTC))
    assert [row["Day"] for row in table(http)] == ["2030-03-02", "2030-03-03", "2030-03-04"]
    within = table(http, first="2030-03-03", last="2030-03-03")
    assert [(row["Day"], row["Time"]) for row in within] == [("2030-03-03", "01:30")]


def test_drafts_are_taken_along_only_where_asked_for(http, anna):
    make_entry(client=anna, state="draft", answers={"words": "half a"})
    assert table(http) == []
    rows = table(http, drafts="on")
    assert [(row["Answered"], row["Marks"]) for row in rows] == [
        ("half a", "not finished, Only me")
    ]


def test_it_reads_as_it_reads_now(http, anna):
    first = make_entry(client=anna, answers={"words": "before"})
    make_entry(client=anna, version=first.version, answers={"words": "after"}, corrects=first)
    rows = table(http)
    assert [(row["Answered"], row["Marks"]) for row in rows] == [("after", "changed, Only me")]


def test_it_tells_why_not_and_when_it_was_written_down(http, anna):
    at = datetime(2030, 3, 3, 10, tzinfo=UTC)
    make_entry(
        assignment=make_assignment(client=anna),
        outcome="could_not",
        reason="no_time",
        because="Travelling",
        happened_at=at,
        logged_at=at + timedelta(days=2),
    )
    row = table(http)[0]
    assert row["Answered"] == "there was no room for it\nTravelling"
    assert row["Written down"] == "2030-03-05"
    assert "written down on Tuesday, 5 March 2030" in take(http, "text")


@pytest.mark.parametrize("shape", ["page", "text", "table"])
def test_nobody_elses_is_in_it(http, anna, shape):
    make_entry(client=make_portal_client(counsellor=anna.counsellor), answers={"words": "Hers."})
    assert "Hers." not in take(http, shape)


def test_it_is_noted_before_anything_leaves(http, anna, monkeypatch):
    take(http)
    event = AccessEvent.objects.get()
    assert (event.verb, event.actor, event.client_id) == (Verb.EXPORT, anna.user, anna.pk)

    def refuse(**asked):
        raise RuntimeError("the log is full")

    monkeypatch.setattr("counsel.records.views.record_access", refuse)
    with pytest.raises(RuntimeError):
        http.post(PAGES, {"shape": "page"})


@pytest.mark.parametrize(
    "asked",
    [
        {"shape": "pdf"},
        {},
        {"shape": "page", "first": "2030-02-30"},
        {"shape": "page", "last": "\x00"},
        {"shape": "page", "first": "2030-03-02", "last": "2030-03-01"},
    ],
)
def test_what_cannot_be_is_said_beside_the_field(http, asked):
    response = http.post(PAGES, asked)
    assert response.status_code == 422
    assert not AccessEvent.objects.exists()


def test_what_was_taken_out_is_in_no_log_and_no_address(http, anna, caplog):
    caplog.set_level(logging.DEBUG)
    make_entry(client=anna, answers={"words": "kanarienvogel"})
    for shape in ("page", "text", "table"):
        response = http.post(PAGES, {"shape": shape})
        assert b"kanarienvogel" in b"".join(response.streaming_content)
        assert "kanarienvogel" not in repr(response.headers)
    assert "kanarienvogel" not in caplog.text


def test_it_is_for_clients_only(client, anna):
    client.force_login(anna.counsellor.user)
    assert client.post(PAGES, {"shape": "page"}).status_code == 404


@time_machine.travel("2030-03-09T20:00Z", tick=False)
def test_it_says_on_which_day_it_was_taken_out(anna):
    page = take(proved(anna.user))
    assert "Taken out on 10 March 2030." in page
    assert "0 entries." in page


def peak_of(read) -> int:
    tracemalloc.start()
    read()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_it_never_holds_all_of_it_at_once(anna, monkeypatch):
    monkeypatch.setattr("counsel.records.kept._AT_ONCE", 10)
    version = make_version()
    for _ in range(150):
        make_entry(client=anna, version=version, answers={"words": "x" * 10_000})
    period = Period(date(2020, 1, 1))
    one_by_one = peak_of(lambda: deque(kept_by(anna, period, drafts=False), maxlen=0))
    all_at_once = peak_of(lambda: list(kept_by(anna, period, drafts=False)))
    assert one_by_one < all_at_once / 3
