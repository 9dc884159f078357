from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counsel.reminders.numbers import e164


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+447700900123", "+447700900123"),
        ("  +44 (0)7700 900-123 ", "+447700900123"),
        ("+49 / 30.12 34\u00a056", "+4930123456"),
        ("+1 (415) 555\u20110100", "+14155550100"),
        ("+12345678", "+12345678"),
        ("+" + "9" * 15, "+" + "9" * 15),
    ],
)
def test_it_reads_what_people_write(typed, number):
    assert e164(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        *("", "+", "07700 900123", "00447700900123", "+0447700900123", "447700900123"),
        *("+1234567", "+" + "9" * 16, "+44770090012a", "++447700900123", "+44 7700;900123"),
        *("+٤٤٧٧٠٠٩٠٠١٢٣", "+447700900123\nBcc: x", "+44 7700 900123 x1"),
    ],
)
def test_it_refuses_what_no_network_dials(typed):
    with pytest.raises(ValueError, match="code of its country"):
        e164(typed)


@given(st.text())
def test_whatever_it_gives_is_a_number_and_stays_one(typed):
    try:
        number = e164(typed)
    except ValueError:
        return
    assert number == e164(number)
    assert number[1:].isascii() and number[1:].isdigit() and 9 <= len(number) <= 16
