from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counsel.reminders.placeholders import Fault, faults, fill, names_in, words_of

KNOWN = ("when", "link")
plain = st.text(st.characters(exclude_characters="{}"))
# Whatever could be mistaken for more than it is.
tricky = st.text(st.sampled_from("{}when.link[0]%!:_ \n"))


def test_it_fills_in_what_it_knows():
    text = "On {when}.\n\n{link}\n"
    assert fill(text, {"when": "Tuesday", "link": "https://a/b"}) == "On Tuesday.\n\nhttps://a/b\n"


@pytest.mark.parametrize(
    "found",
    [
        "{client.user.password}",
        "{when.year}",
        "{when[0]}",
        "{when!r}",
        "{when:>900000000}",
        "{{when}}",
        "{{ when }}",
        "{% if when %}",
        "{ when }",
        "{When}",
        "{}",
        "{0}",
        "{somebody}",
        "{__class__}",
        "{ｗhen}",
        "{when",
        "}",
        "{",
        "}}",
    ],
)
def test_everything_else_with_a_brace_is_a_fault(found):
    text = f"Hello,\n\nsee {found}\n{{when}}"
    assert faults(text, KNOWN) == [Fault(3, found)]
    with pytest.raises(ValueError, match="cannot be filled in"):
        fill(text, {"when": "x", "link": "y"})


def test_each_fault_is_named_in_its_line():
    assert faults("{a}\n{when}\n{b} }", KNOWN) == [Fault(1, "{a}"), Fault(3, "{b}"), Fault(3, "}")]


@given(plain)
def test_words_without_braces_stay_as_they_are(text):
    assert faults(text, ()) == []
    assert fill(text, {}) == text == words_of(text)


@given(st.lists(plain, min_size=1), st.text())
def test_a_value_is_never_read_again(parts, value):
    assert fill("{when}".join(parts), {"when": value}) == value.join(parts)


@given(tricky)
def test_what_has_no_fault_can_be_filled_in_and_nothing_else_can(text):
    values = dict.fromkeys(KNOWN, "")
    if faults(text, KNOWN):
        with pytest.raises(ValueError, match="filled in"):
            fill(text, values)
    else:
        assert not set(fill(text, values)) & set("{}")
        assert names_in(text) <= set(KNOWN)


@given(tricky)
def test_no_brace_goes_unseen(text):
    found = sum(fault.found.count("{") + fault.found.count("}") for fault in faults(text, ()))
    assert found == text.count("{") + text.count("}")
