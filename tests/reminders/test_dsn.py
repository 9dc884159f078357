from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counsel.reminders.dsn import Fate, fate_of, read_bounce, row_of_message_id

ROW = UUID("0f8fad5bd9cb469fa16570867728950e")
FOLDER = Path(__file__).with_name("bounces")


def sample(name, *changes):
    text = (FOLDER / f"{name}.eml").read_text(encoding="utf-8").replace("ROW", ROW.hex)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


@pytest.mark.parametrize(
    ("name", "fate", "status"),
    [
        ("postfix", Fate.REFUSED, "5.1.1"),
        ("exchange", Fate.REFUSED, "5.1.10"),
        ("gmail", Fate.REFUSED, "5.1.1"),
        ("delayed", Fate.DELAYED, "4.4.1"),
    ],
)
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_it_reads_what_the_common_servers_send(name, fate, status, ends):
    found = read_bounce(sample(name).replace(b"\n", ends))
    assert (found.row, found.fate, found.status) == (ROW, fate, status)
    assert found.address == "anna@example.net"


def test_of_a_forwarded_mail_it_names_the_address_we_had_written_to():
    onward = ("Final-Recipient: rfc822; anna@", "Final-Recipient: rfc822; somebody@")
    assert read_bounce(sample("gmail", onward)).address == "anna@example.net"


def test_without_the_headers_it_goes_by_what_the_report_answers_to():
    text = sample("exchange").decode()
    bare = text[: text.index("Content-Type: message/rfc822")].encode()
    found = read_bounce(bare)
    assert (found.row, found.address) == (ROW, "anna@example.net")


@pytest.mark.parametrize(
    ("old", "new", "fate"),
    [
        ("Status: 5.1.1\n", "Status: 5.7.1\n", Fate.LOST),
        ("Status: 5.1.1\n", "Status: 5.2.2\n", Fate.LOST),
        ("Status: 5.1.1\n", "Status: 4.4.7\n", Fate.LOST),
        ("Status: 5.1.1\n", "Status: 5.0.0\n", Fate.REFUSED),
        ("Status: 5.1.1\n", "Status: 5.1.1 (bad mailbox)\n", Fate.REFUSED),
        ("Status: 5.1.1\n", "", Fate.REFUSED),
        ("Action: failed", "ACTION:   Failed", Fate.REFUSED),
        ("message/delivery-status", "message/global-delivery-status", Fate.REFUSED),
    ],
)
def test_only_what_is_about_the_address_is_held_against_it(old, new, fate):
    assert read_bounce(sample("postfix", (old, new))).fate is fate


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Nobody's, or somebody else's, mail.
        (f"<{ROW.hex}@example.org>", "<20300204091230.1@example.org>"),
        ("Message-ID: <", "X-Message-ID: <"),
        # All is well.
        ("Action: failed", "Action: delivered"),
        ("Action: failed", "Action: relayed"),
        ("Action: failed", "X: y"),
        # Words that sound like a report are none.
        ("Content-Type: message/delivery-status", "Content-Type: text/plain"),
    ],
)
def test_what_says_nothing_about_a_mail_of_ours_is_passed_over(old, new):
    assert read_bounce(sample("postfix", (old, new))) is None


def test_an_answer_of_a_person_is_no_report():
    answer = f"From: anna@example.net\nIn-Reply-To: <{ROW.hex}@example.org>\n\nStatus: 5.1.1\n"
    assert read_bounce(answer.encode()) is None


@pytest.mark.parametrize(
    "charset", [b"utf-16", b"no-such-charset", b"\xff\xfe", b'"', b"iso-8859-1'de'x"]
)
def test_odd_charsets_do_no_harm(charset):
    raw = sample("exchange").replace(b'"iso-8859-1"', charset).replace(b"=FC", b"\xfc\xff")
    assert read_bounce(raw).row == ROW


def test_bytes_that_are_no_letters_do_no_harm():
    raw = sample("postfix").replace(b"Diagnostic-Code: smtp;", b"Diagnostic-Code: \xff\xfe;")
    assert read_bounce(raw.replace(b"Status: 5.1.1", b"Status: \xff5.1.1")).row == ROW


@given(st.binary(max_size=2_000))
def test_garbage_is_none(raw):
    assert read_bounce(raw) is None


@given(st.sampled_from(["postfix", "exchange", "gmail"]), st.data())
def test_a_torn_report_never_raises(name, data):
    raw = sample(name)
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, len(raw)))
    filling = data.draw(st.binary(max_size=20))
    found = read_bounce(raw[:start] + filling + raw[end:])
    assert found is None or found.fate in Fate


def test_parts_nested_without_end_do_no_harm():
    opening = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1_200)
    )
    assert read_bounce(opening) is None


@given(st.text(max_size=80))
def test_only_an_id_of_ours_is_one(text):
    assert row_of_message_id(text) is None


def test_a_status_of_success_is_never_held_against_an_address():
    assert fate_of("failed", "2.0.0") is Fate.LOST


def test_a_report_without_end_is_not_read_to_its_end():
    """Whoever knows the address of the mailbox can send as many as they like."""
    raw = sample("postfix")
    assert read_bounce(raw + b"x" * 10_000_000).row == ROW
    header = b"X-Padding: " + b"x" * 200_000 + b"\n"
    assert read_bounce(header + raw) is None
