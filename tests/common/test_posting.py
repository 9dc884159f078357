"""Handing over by POST: which line, how long, and what is known when it breaks."""

from __future__ import annotations

import contextlib
import socket
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util import parse_url

from counsel.common.network import AddressRefused, Network, Unreachable, checked_url
from counsel.common.posting import Answer, CutOff, Poster
from tests.common.hosts import running_host
from tests.common.taker import running_taker

NOW = datetime(2030, 1, 6, 10, tzinfo=UTC)
ANYWHERE = Network(allows=lambda address: True)


@pytest.fixture
def taker():
    with running_taker() as taker:
        yield taker


@pytest.fixture
def poster():
    with contextlib.closing(Poster(ANYWHERE)) as poster:
        yield poster


def post(poster, taker, path="/in", body=b"hello", seconds=5.0):
    url = parse_url(taker.url + path)
    return poster.post(url, body, {"Content-Type": "text/plain"}, seconds=seconds)


def test_it_hands_over_what_it_was_given_and_nothing_of_ours(poster, taker):
    assert post(poster, taker, "/in?a=1").is_yes
    (posted,) = taker.posted
    assert (posted.path, posted.body) == ("/in?a=1", b"hello")
    assert posted.headers["host"] == taker.url.removeprefix("http://")
    assert set(posted.headers) <= {
        *("host", "content-type", "content-length", "accept-encoding", "user-agent")
    }


def test_it_keeps_one_line_for_all_of_a_host(poster, taker):
    for _time in range(3):
        post(poster, taker)
    assert len({posted.line for posted in taker.posted}) == 1


@pytest.mark.parametrize("length", [100, 100_000])
def test_an_answer_with_many_words_does_no_harm(poster, taker, length):
    def talkative(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(length))
        handler.end_headers()
        with contextlib.suppress(OSError):
            handler.wfile.write(b"x" * length)

    taker.answers["/in"] = talkative
    assert [post(poster, taker).status for _time in range(2)] == [200, 200]
    assert len({posted.line for posted in taker.posted}) == (1 if length == 100 else 2)


def test_a_line_that_was_closed_meanwhile_is_opened_anew(poster, taker):
    def closing(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        handler.close_connection = True

    taker.answers["/in"] = closing
    assert post(poster, taker).is_yes
    time.sleep(0.05)
    assert post(poster, taker).is_yes


def test_it_follows_nobody_elsewhere(poster, taker):
    taker.says(307, Location=f"{taker.url}/elsewhere")
    assert post(poster, taker).status == 307
    assert [posted.path for posted in taker.posted] == ["/in"]


def test_nobody_there_means_that_nothing_went_out(poster):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = parse_url(f"http://127.0.0.1:{closed.getsockname()[1]}/")
    with pytest.raises(Unreachable):
        poster.post(url, b"hello", {}, seconds=1)


def hangs_up(handler):
    handler.close_connection = True


def says_half(handler):
    handler.wfile.write(b"HTTP/1.1 2")
    handler.close_connection = True


def talks_nonsense(handler):
    handler.wfile.write(b"SSH-2.0-OpenSSH\r\n")
    handler.close_connection = True


def says_nothing(handler):
    time.sleep(2)


def trickles(handler):
    with contextlib.suppress(OSError):
        for letter in b"HTTP/1.1 201 Created":
            handler.wfile.write(bytes([letter]))
            time.sleep(0.1)


@pytest.mark.parametrize(
    "how",
    [hangs_up, says_half, talks_nonsense, says_nothing, trickles],
    ids=lambda how: how.__name__,
)
def test_nobody_knows_what_became_of_what_was_sent_and_not_answered(poster, taker, how):
    taker.answers["/in"] = how
    begun = time.monotonic()
    with pytest.raises(CutOff):
        post(poster, taker, seconds=0.4)
    assert time.monotonic() - begun < 2
    # The next one has a line of its own.
    assert post(poster, taker, "/other").is_yes


def test_an_answer_counts_as_soon_as_its_status_is_there(poster, taker):
    def trickles_words(handler):
        handler.send_response(201)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        with contextlib.suppress(OSError):
            for _byte in range(100):
                handler.wfile.write(b"x")
                time.sleep(0.05)

    taker.answers["/in"] = trickles_words
    begun = time.monotonic()
    assert post(poster, taker, seconds=0.4) == Answer(201)
    assert time.monotonic() - begun < 2


def test_a_host_that_leads_inside_gets_nothing(tmp_path):
    with running_host(tmp_path) as host:
        host.says("/in", "201 Created")
        url = checked_url(host.url("/in"))
        inside = host.network(resolve=lambda name, port: ["127.0.0.1", "10.0.0.1"])
        with pytest.raises(AddressRefused):
            Poster(inside).post(url, b"", {}, seconds=2)
        stranger = Network(resolve=lambda name, port: ["127.0.0.1"], allows=lambda address: True)
        with pytest.raises(Unreachable):
            Poster(stranger).post(url, b"", {}, seconds=2)
        assert host.requests == []
        with contextlib.closing(Poster(host.network())) as poster:
            assert poster.post(url, b"", {}, seconds=2).is_yes


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ("120", 120),
        ("Sun, 06 Jan 2030 10:01:30 GMT", 90),
        ("Sun, 06 Jan 2030 09:00:00 GMT", None),
        ("99999999999999999999", 86_400),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        *(("", None), ("0", None), ("-5", None), ("soon", None), ("١٢", None)),
    ],
)
def test_it_reads_how_long_it_is_asked_to_wait(asked, wait):
    expected = None if wait is None else timedelta(seconds=wait)
    assert Answer(429, asked).wait(NOW) == expected


@given(st.text())
def test_no_wish_to_wait_breaks_anything(asked):
    wait = Answer(503, asked).wait(NOW)
    assert wait is None or timedelta() < wait <= timedelta(days=1)
