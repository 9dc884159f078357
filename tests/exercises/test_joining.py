from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exercises.joining import as_line, fingerprint, fingerprints, from_line, join
from exercises.steps import Field, FieldKind, Step

STEP = Step(
    key="one",
    title="One",
    fields=(
        Field("words", FieldKind.LONG_TEXT, "Words"),
        Field("strength", FieldKind.SCALE, "Strength", minimum=0, maximum=10),
        Field("feelings", FieldKind.FEELINGS, "This is"),
        Field("okay", FieldKind.READING, "It's okay."),
    ),
)
texts = st.one_of(st.none(), st.text(min_size=1))


def joined(field, *, base, kept, sent):
    """One field that was shown as `base`, is kept as `kept`, and is sent as `sent`."""
    table = [{} if value is None else {field: value} for value in (kept, sent)]
    return join(STEP, *table, {field: fingerprint(base)})


@given(texts, texts, texts)
def test_of_words_none_go(base, kept, sent):
    """What only one side changed is as that side left it; else the words of both are there."""
    answer = joined("words", base=base, kept=kept, sent=sent).answers.get("words")
    if kept == base:
        assert answer == sent
    elif sent == base:
        assert answer == kept
    else:
        assert (kept or "") in (answer or "")
        assert (sent or "") in (answer or "")


@given(texts, texts, texts)
def test_it_names_what_the_page_does_not_show(base, kept, sent):
    result = joined("words", base=base, kept=kept, sent=sent)
    answer = result.answers.get("words")
    assert ("words" in result.elsewhere) == (answer != sent)
    assert ("words" in result.both) == (answer not in (sent, kept))


def test_two_texts_stand_one_under_the_other():
    result = joined("words", base="old", kept="from the laptop", sent="from the phone")
    assert result.answers == {"words": "from the phone\n\nfrom the laptop"}
    assert result.both == {"words"}


def test_a_longer_text_that_holds_the_shorter_is_enough():
    for kept, sent in (("I feel", "I feel shy"), ("I feel shy", "I feel")):
        assert joined("words", base="I", kept=kept, sent=sent).answers == {"words": "I feel shy"}


def test_of_two_numbers_the_later_stands():
    assert joined("strength", base=3, kept=5, sent=7).answers == {"strength": 7}
    assert joined("strength", base=3, kept=5, sent=3).answers == {"strength": 5}
    assert joined("strength", base=3, kept=5, sent=None).answers == {}


def test_feelings_of_both_are_there_in_order():
    result = joined("feelings", base=None, kept=["fear", "joy"], sent=["shame", "fear"])
    assert result.answers == {"feelings": ["shame", "fear", "joy"]}


def test_without_fingerprints_the_page_has_the_last_word():
    result = join(STEP, {"words": "older", "strength": 3}, {"words": "newer"}, None)
    assert result.answers == {"words": "newer"}


def test_what_a_page_did_not_show_it_cannot_empty():
    result = join(STEP, {"words": "older", "strength": 3}, {"words": "newer"}, {})
    assert result.answers == {"words": "newer", "strength": 3}


@given(st.dictionaries(st.sampled_from(["words", "strength", "feelings"]), st.text()))
def test_a_page_carries_fingerprints_in_one_line(answers):
    assert from_line(as_line(fingerprints(STEP, answers))) == fingerprints(STEP, answers)


@given(st.text(max_size=200))
def test_any_line_can_be_read(line):
    assert all(len(value) <= 16 for value in from_line(line).values())
