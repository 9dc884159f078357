"""Reading from an address somebody typed in, against a real host over a real line."""

from __future__ import annotations

import gzip
import socket
import time
from ipaddress import ip_address

import pytest

from counsel.common.fetch import Fetched, Limits, ReadingRefused, TooLarge, fetch
from counsel.common.network import AddressRefused, Network, Unreachable, checked_url, is_public
from tests.common.hosts import running_host

HELLO = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
FEW_BYTES = Limits(size=10_000)
SHORT = Limits(size=10_000, seconds=0.7, wait_seconds=0.5)


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    with running_host(tmp_path_factory.mktemp("host")) as host:
        yield host


@pytest.fixture(autouse=True)
def _fresh(host):
    host.answers.clear()
    host.requests.clear()


def read(host, path="/mine.ics", **more):
    more.setdefault("network", host.network())
    more.setdefault("limits", FEW_BYTES)
    return fetch(host.url(path), **more)


# --- What is read ---------------------------------------------------------------------------


def test_it_reads_what_is_there_and_sends_nothing_of_ours(host):
    host.says("/mine.ics?k=1", body=HELLO, headers=['ETag: "a"', "Last-Modified: Mon"])
    assert read(host, "/mine.ics?k=1") == Fetched(HELLO, '"a"', "Mon")
    (request,) = host.requests
    names = {line.split(":")[0].lower() for line in request.split("\r\n")[1:] if line}
    assert names == {"host", "accept", "accept-encoding", "user-agent"}
    assert f"Host: calendar.example:{host.port}\r\n" in request


def test_it_shows_what_it_knew_and_takes_not_modified_for_an_answer(host):
    host.says("/mine.ics", status="304 Not Modified")
    assert read(host, etag='"a"', last_modified="Mon") is None
    assert 'If-None-Match: "a"' in host.requests[0]
    assert "If-Modified-Since: Mon" in host.requests[0]


def test_it_reads_compressed_and_chunked_answers(host):
    packed = gzip.compress(HELLO)
    host.says("/mine.ics", body=packed, headers=["Content-Encoding: gzip"])
    assert read(host).body == HELLO

    def chunked(line):
        line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for part in (HELLO[:7], HELLO[7:]):
            line.sendall(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        line.sendall(b"0\r\n\r\n")

    host.answers["/mine.ics"] = chunked
    assert read(host).body == HELLO


def test_it_follows_to_another_host_and_back(host):
    host.says("/mine.ics", "301 Moved", headers=[f"Location: {host.url('/b', 'other.example')}"])
    host.says("/b", "307 Moved", headers=["Location: /c"])
    host.says("/c", body=HELLO)
    assert read(host).body == HELLO
    assert "Host: other.example" in host.requests[2]


# --- Where it never goes --------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        *("", "calendar", "//calendar.example/a", "file:///etc/passwd", "ftp://calendar.example/"),
        *("http://calendar.example/a.ics", "gopher://calendar.example/", "javascript:alert(1)"),
        "https://",
        "https:///a.ics",
        "https://ada:word@calendar.example/a.ics",
        "https://ada@calendar.example/a.ics",
        "https://calendar.example:99999/",
        "https://calendar.example:0/",
        "https://calendar.example/a\r\nX: y",
        "https://calendar.example/\x00",
        "https://127.0.0.1/a.ics",
        "https://10.1.2.3/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://calendar.example/" + "a" * 2_000,
    ],
)
def test_an_address_that_cannot_be_meant_is_refused_unasked(address):
    with pytest.raises(AddressRefused):
        checked_url(address)
    with pytest.raises(AddressRefused):
        fetch(address, network=Network(resolve=lambda host, port: pytest.fail("looked up")))


@pytest.mark.parametrize("scheme", ["webcal", "webcals", "WEBCAL", "https", "HTTPS"])
def test_the_addresses_calendars_give_are_read_over_https(scheme):
    assert checked_url(f"{scheme}://Calendar.example/a.ics#top").url == (
        "https://calendar.example/a.ics"
    )


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.169.254"),  # noqa: S104
        *("172.16.0.1", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "224.0.0.1"),
        *("239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0"),
        *("fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1"),
        *("::ffff:8.8.8.8", "2002:7f00:1::", "2001:0:7f00:1::", "64:ff9b::7f00:1"),
        *("64:ff9b::a00:1", "64:ff9b:1::a00:1", "::127.0.0.1"),
    ],
)
def test_an_address_inside_is_not_public(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:4001::1", "64:ff9b::808:808"])
def test_an_address_on_the_internet_is_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1", "8.8.8.8"], ["fe80::1%eth0"], ["nonsense"]],
)
def test_a_name_with_any_address_inside_is_not_gone_to(host, addresses):
    network = host.network(resolve=lambda name, port: addresses, allows=is_public)
    with pytest.raises(AddressRefused):
        read(host, network=network)
    assert host.requests == []


@pytest.mark.parametrize("written", ["0177.0.0.1", "2130706433", "0x7f.1", "127.1", "localhost"])
def test_an_address_inside_is_found_out_however_it_is_written(written):
    with pytest.raises((AddressRefused, Unreachable)):
        fetch(f"https://{written}/a.ics", limits=FEW_BYTES)


def test_a_name_is_looked_up_once_so_it_cannot_change_its_mind(host):
    """First public, then inside: what was checked is what is connected to."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    host.says("/mine.ics", body=HELLO)
    network = host.network(resolve=lambda name, port: next(answers))
    assert read(host, network=network).body == HELLO
    assert next(answers) == ["10.0.0.1"]


def test_a_redirect_is_looked_up_and_checked_anew(host):
    """To the same name, which has moved inside in the meantime."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    host.says("/mine.ics", "302 Found", headers=["Location: /again"])
    with pytest.raises(AddressRefused):
        read(host, network=host.network(resolve=lambda name, port: next(answers)))
    assert len(host.requests) == 1


@pytest.mark.parametrize(
    "location",
    [
        *("http://calendar.example/a", "file:///etc/passwd", "https://10.0.0.1/", "https://[::1]/"),
        *("https://u:p@calendar.example/", "//169.254.169.254/"),
    ],
)
def test_a_redirect_to_where_it_never_goes_is_refused(host, location):
    host.says("/mine.ics", "302 Found", headers=[f"Location: {location}"])
    with pytest.raises(AddressRefused):
        read(host)
    assert len(host.requests) == 1


def test_the_next_address_is_tried_where_one_does_not_answer(host):
    host.says("/mine.ics", body=HELLO)
    both = host.network(
        resolve=lambda name, port: ["127.0.0.2", "127.0.0.1"], allows=lambda address: True
    )
    assert read(host, network=both).body == HELLO


# --- Hosts that are not well, or mean no good ------------------------------------------------


@pytest.mark.parametrize(
    "status", ["401 No", "403 No", "404 No", "410 Gone", "429 Slow", "500 Oh", "503 Oh", "204 No"]
)
def test_an_answer_that_hands_nothing_over_is_a_refusal(host, status):
    host.says("/mine.ics", status, body=b"" if status.startswith("204") else b"<html>")
    with pytest.raises(ReadingRefused):
        read(host)


def test_going_in_circles_ends(host):
    host.says("/mine.ics", "302 Found", headers=["Location: /mine.ics"])
    with pytest.raises(ReadingRefused):
        read(host)
    assert len(host.requests) == 4


def test_a_host_that_is_not_the_one_named_is_not_believed(host):
    host.says("/mine.ics", body=HELLO)
    with pytest.raises(Unreachable):
        fetch(host.url("/mine.ics", "third.example"), limits=FEW_BYTES, network=host.network())
    with pytest.raises(Unreachable):
        # Signed by nobody we know.
        stranger = Network(resolve=lambda name, port: ["127.0.0.1"], allows=lambda address: True)
        read(host, network=stranger)
    assert host.requests == []


def test_nobody_there(host):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Unreachable):
        fetch(f"https://calendar.example:{port}/", limits=FEW_BYTES, network=host.network())

    def unknown(name, port):
        raise socket.gaierror

    with pytest.raises(Unreachable):
        read(host, network=host.network(resolve=unknown))


def test_too_much_is_not_taken_announced_or_not(host):
    host.says("/mine.ics", body=b"x" * 10_001)
    with pytest.raises(TooLarge):
        read(host)

    def endless(line):
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            line.sendall(b"x" * 65536)

    host.answers["/mine.ics"] = endless
    with pytest.raises(TooLarge):
        read(host)


@pytest.mark.parametrize("layers", [1, 2])
def test_little_that_unpacks_to_too_much_is_not_taken(host, layers):
    bomb = b"\0" * 50_000_000
    for _layer in range(layers):
        bomb = gzip.compress(bomb)
    headers = [f"Content-Encoding: {', '.join(['gzip'] * layers)}"]
    host.says("/mine.ics", body=bomb, headers=headers)
    with pytest.raises(TooLarge):
        read(host)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + HELLO,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" + HELLO,
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        b"SSH-2.0-OpenSSH\r\n",
        b"",
    ],
)
def test_half_an_answer_is_none(host, answer):
    host.answers["/mine.ics"] = lambda line: line.sendall(answer)
    with pytest.raises(Unreachable):
        read(host)


def drip(line, opening):
    line.sendall(opening)
    while True:
        time.sleep(0.1)
        line.sendall(b"x")


@pytest.mark.parametrize(
    "opening",
    [
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_a_trickle_is_cut_off(host, opening):
    """Each byte comes in time; all of them never would."""
    host.answers["/mine.ics"] = lambda line: drip(line, opening)
    begun = time.monotonic()
    with pytest.raises(Unreachable):
        read(host, limits=SHORT)
    assert time.monotonic() - begun < 5


def test_silence_is_cut_off(host):
    host.answers["/mine.ics"] = lambda line: time.sleep(8)
    begun = time.monotonic()
    with pytest.raises(Unreachable):
        read(host, limits=SHORT)
    assert time.monotonic() - begun < 5


def test_errors_never_carry_the_address(host):
    with pytest.raises(ReadingRefused) as refused:
        read(host, "/private-canary.ics")
    assert "canary" not in f"{refused.value!r}{refused.value}"


def test_a_host_that_talks_nonsense_brings_no_address_into_the_log(host, caplog):
    half = b"HTTP/1.1 200 OK\r\nContent-Leng"
    host.answers["/private-canary.ics"] = lambda line: line.sendall(half)
    assert read(host, "/private-canary.ics").body == b""
    assert "canary" not in caplog.text
