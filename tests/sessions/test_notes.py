"""The pure rules of notes: formats, and two windows that write into one note."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.models import ConsultationNote
from sessions.notes import (
    HEADINGS,
    HeadingsRefused,
    Section,
    Written,
    as_line,
    as_rows,
    from_line,
    from_rows,
    headings_of,
    in_format,
    join,
    seen_now,
    seen_of,
)

words = st.text(max_size=8)
names = st.lists(st.sampled_from(["", "Data", "Plan", "Response", "Body"]), unique=True)
sections = names.flatmap(
    lambda headings: st.tuples(
        *(st.builds(Section, st.just(heading), words) for heading in headings)
    )
)


def test_every_built_in_format_has_its_headings():
    assert set(HEADINGS) == set(ConsultationNote.Format.values) - {"own"}
    assert [str(heading) for heading in HEADINGS["birp"]] == [
        *("Behaviour", "Intervention", "Response", "Plan")
    ]


def test_headings_are_read_one_a_line():
    assert headings_of(" What came \n\n  The\tbody\r\n") == ("What came", "The body")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (" \n\n", "at least one"),
        ("\n".join(f"H{number}" for number in range(13)), "these are 13"),
        ("Fine\n" + "x" * 121, "Heading 2 is longer"),
        ("Plan\nplan", "“plan” stands there twice"),
    ],
)
def test_headings_are_refused_with_words(text, says):
    with pytest.raises(HeadingsRefused, match=says):
        headings_of(text)


def test_another_format_keeps_what_was_typed_under_its_own_heading():
    typed = (Section("Subjective", "Tired."), Section("Objective"), Section("Plan", "Walk."))
    assert in_format(typed, ["Data", "Plan"]) == (
        Section("Data"),
        Section("Plan", "Walk."),
        Section("Subjective", "Tired."),
    )


@given(sections, names)
def test_no_format_loses_a_word(typed, headings):
    changed = in_format(typed, headings)
    assert [section.heading for section in changed][: len(headings)] == headings
    said = {(s.heading, s.text) for s in typed if s.text.strip()}
    assert said <= {(s.heading, s.text) for s in changed}
    assert in_format(changed, headings) == changed


@given(sections, words, st.integers(0, 99))
def test_a_note_and_what_a_page_saw_of_it_go_and_come_back(typed, agreed, version):
    seen = seen_of(version, Written(typed, agreed))
    assert from_line(as_line(seen)) == seen
    assert from_rows(as_rows(typed)) == typed


@pytest.mark.parametrize(
    "line",
    ["", "3", "[1, 2]", '["1", {}, ""]', "[true, {}, '']", '[1, {"a\\u0000b": ""}, ""]']
    + ['[1, {"' + "x" * 121 + '": ""}, ""]', "[" * 9000],
)
def test_a_line_it_did_not_write_is_none(line):
    assert from_line(line) is None


def note(*texts, agreed=""):
    return Written(tuple(Section(h, t) for h, t in zip("AB", texts, strict=True)), agreed)


def test_what_only_one_window_changed_stays_as_it_left_it():
    was = note("one", "two", agreed="three")
    theirs, mine = note("one, more", "two", agreed=""), note("one", "", agreed="three")
    assert join(theirs, mine, seen_of(1, was)) == note("one, more", "", agreed="")


def test_where_both_wrote_both_stand():
    joined = join(
        note("mine", "", agreed="x"), note("yours", "", agreed="y"), seen_of(1, note("", ""))
    )
    assert joined == note("yours\n\nmine", "", agreed="y\n\nx")


def test_a_text_that_holds_the_other_stands_alone():
    joined = join(note("one two", ""), note("one two three", ""), seen_of(1, note("one", "")))
    assert joined == note("one two three", "")


def test_words_under_a_heading_that_went_meanwhile_come_last():
    kept = Written((Section("Data", "theirs"),))
    sent = Written((Section("Subjective", "mine"), Section("Plan", "")))
    joined = join(kept, sent, seen_of(1, Written((Section("Subjective"), Section("Plan")))))
    assert joined.sections == (Section("Data", "theirs"), Section("Subjective", "mine"))


def test_a_page_without_a_field_for_each_text_has_not_seen_the_version():
    page = seen_of(3, note("one", "two"))
    assert seen_now(page, 4, note("one", "three")) == seen_of(4, note("one", "three"))
    kept = Written((*note("one", "two").sections, Section("C", "more")))
    later = seen_now(page, 4, kept)
    assert later.version == 0
    assert join(kept, note("one", ""), later).sections[1:] == (Section("B"), Section("C", "more"))


@given(words, words, words)
def test_no_word_that_only_one_window_typed_is_lost(was, mine, theirs):
    joined = join(note(theirs, ""), note(mine, ""), seen_of(1, note(was, "")))
    text = joined.sections[0].text
    assert mine == was or mine in text
    assert theirs == was or theirs in text
