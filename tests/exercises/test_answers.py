from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.answers import (
    MAX_FEELINGS,
    Facts,
    clean_step,
    facts,
    missing,
    own_feelings,
    readable,
)
from exercises.steps import Field, FieldKind, Option, Role, Step

MOODS = (Option("light", "Light"), Option("heavy", "Heavy, or stuck"))


def make_field(kind, key="it", **kw):
    if kind in {FieldKind.CHOICE, FieldKind.CHOICES}:
        kw.setdefault("options", MOODS)
    if kind is FieldKind.SCALE:
        kw = {"minimum": 0, "maximum": 10, **kw}
    return Field(key=key, kind=kind, label=f"The {key}", **kw)


def make_step(*fields):
    return Step("one", "One", fields=fields)


def clean(kind, value, **kw):
    return clean_step(make_step(make_field(kind, **kw)), {"it": value})


def answer(kind, value, **kw):
    cleaned = clean(kind, value, **kw)
    assert cleaned.errors == cleaned.typed == {}
    return cleaned.answers.get("it")


def refusal(kind, value, **kw):
    cleaned = clean(kind, value, **kw)
    assert cleaned.answers == {}
    assert cleaned.typed == {"it": value}
    return cleaned.errors["it"]


@pytest.mark.parametrize(
    "text",
    [
        "I felt it 😢 👩‍👩‍👧",
        "\u202eשלום\u202c and مرحبا",
        "<script>alert(1)</script>",
        "{{ 7*7 }} %s \\0 ' \"",
        "e\u0301 é z\u0300\u0301\u0302",
        "  kept as it was  ",
        "x" * 100_000,
    ],
)
def test_it_keeps_any_text_as_it_was_typed(text):
    assert answer(FieldKind.LONG_TEXT, [text]) == text


def test_it_makes_newlines_plain():
    assert answer(FieldKind.LONG_TEXT, ["a\r\nb\rc\n"]) == "a\nb\nc\n"


@pytest.mark.parametrize("text", ["ab\x00c", "ab\ud83d", "ab\udc00c"])
@pytest.mark.parametrize("kind", [FieldKind.LONG_TEXT, FieldKind.SHORT_TEXT])
def test_it_refuses_what_cannot_be_kept_and_says_where(kind, text):
    assert "position 3" in refusal(kind, [text])


def test_it_refuses_a_text_that_is_too_long_and_loses_nothing():
    assert "1 character too long" in refusal(FieldKind.LONG_TEXT, ["x" * 100_001])
    assert "2 characters too long" in refusal(FieldKind.SHORT_TEXT, ["x" * 302])
    assert answer(FieldKind.SHORT_TEXT, ["x" * 300]) == "x" * 300


@pytest.mark.parametrize("value", [["one", "two"], ["one", 2], {"a": "b"}, 7, [["a"]]])
def test_it_refuses_what_is_not_one_text(value):
    assert refusal(FieldKind.SHORT_TEXT, value)


@pytest.mark.parametrize("kind", [kind for kind in FieldKind if kind.asks])
@pytest.mark.parametrize("blank", [[], [""], "", None, [" "]])
def test_it_takes_a_blank_as_no_answer(kind, blank):
    if kind is FieldKind.CHOICES and blank == [" "]:
        assert refusal(kind, blank)
    else:
        assert answer(kind, blank) is None


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        (FieldKind.SCALE, ["0"], 0),
        (FieldKind.SCALE, ["10"], 10),
        (FieldKind.SCALE, [" ७ "], 7),
        (FieldKind.SCALE, 3, 3),
        (FieldKind.NUMBER, ["-12"], -12),
        (FieldKind.CHOICE, ["heavy"], "heavy"),
        (FieldKind.CHOICES, ["heavy", "light", "heavy"], ["light", "heavy"]),
        (FieldKind.YES_NO, ["yes"], True),
        (FieldKind.YES_NO, ["no"], False),
        (FieldKind.YES_NO, False, False),
        (FieldKind.TIME, ["07:30"], "07:30"),
        (FieldKind.TIME, ["23:59:58"], "23:59"),
    ],
)
def test_it_takes_an_answer_that_fits(kind, value, kept):
    assert answer(kind, value) == kept


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (FieldKind.SCALE, ["11"]),
        (FieldKind.SCALE, ["-1"]),
        (FieldKind.SCALE, ["7.5"]),
        (FieldKind.SCALE, ["1_0"]),
        (FieldKind.SCALE, ["9" * 5000]),
        (FieldKind.SCALE, True),
        (FieldKind.SCALE, float("nan")),
        (FieldKind.NUMBER, ["1e9"]),
        (FieldKind.NUMBER, ["9999999999"]),
        (FieldKind.CHOICE, ["sunny"]),
        (FieldKind.CHOICE, ["light", "heavy"]),
        (FieldKind.CHOICE, {"light": "heavy"}),
        (FieldKind.CHOICES, ["light", "sunny"]),
        (FieldKind.CHOICES, ["light\ud800"]),
        (FieldKind.CHOICES, [["light"]]),
        (FieldKind.YES_NO, ["perhaps"]),
        (FieldKind.TIME, ["24:00"]),
        (FieldKind.TIME, ["7:30"]),
        (FieldKind.TIME, ["07:30+01:00"]),
        (FieldKind.TIME, 730),
    ],
)
def test_it_refuses_an_answer_that_does_not_fit(kind, value):
    assert refusal(kind, value)


def test_it_knows_feelings_and_keeps_own_words():
    typed = ["fear", "Shame, heavy as wet sand,", "SHAME", "Heavy  as wet sand", "🫠"]
    assert answer(FieldKind.FEELINGS, typed) == [
        "fear",
        "shame",
        "heavy as wet sand",
        "🫠",
    ]


def test_it_takes_twelve_feelings_of_sixty_characters_and_no_more():
    words = [f"own {n:056}" for n in range(MAX_FEELINGS)]
    assert answer(FieldKind.FEELINGS, words) == words
    assert "keep it to 12 words" in refusal(FieldKind.FEELINGS, [*words, "joy"])
    assert "1 character too long" in refusal(FieldKind.FEELINGS, ["x" * 61])
    assert "position 2" in refusal(FieldKind.FEELINGS, ["a\x00b"])
    assert refusal(FieldKind.FEELINGS, ["fear", 7])


def test_it_keeps_the_good_answers_beside_a_refused_one():
    step = make_step(make_field(FieldKind.SCALE, "how"), make_field(FieldKind.SHORT_TEXT, "words"))
    cleaned = clean_step(step, {"how": ["99"], "words": ["stay"], "csrf": ["x"]})
    assert cleaned.answers == {"words": "stay"}
    assert list(cleaned.errors) == ["how"]


@pytest.mark.parametrize("kind", [FieldKind.READING, FieldKind.BREATH])
def test_it_takes_nothing_where_nothing_is_asked(kind):
    cleaned = clean(kind, ["anything"])
    assert (cleaned.answers, cleaned.errors) == ({}, {})


def test_it_says_which_required_fields_have_no_answer():
    steps = [
        make_step(
            make_field(FieldKind.SCALE, "zero", required=True),
            make_field(FieldKind.YES_NO, "no", required=True),
            make_field(FieldKind.FEELINGS, "felt", required=True),
            make_field(FieldKind.SHORT_TEXT, "more"),
        )
    ]
    assert missing(steps, {"zero": 0, "no": False}) == ["felt"]


def make_full_steps():
    first = make_step(
        make_field(FieldKind.SCALE, "strong", role=Role.BEFORE),
        make_field(FieldKind.FEELINGS, "felt"),
        make_field(FieldKind.READING, "note"),
    )
    second = make_step(
        make_field(FieldKind.SCALE, "now", role=Role.AFTER),
        make_field(FieldKind.SCALE, "other"),
        make_field(FieldKind.CHOICE, "mood"),
        make_field(FieldKind.CHOICES, "moods"),
        make_field(FieldKind.YES_NO, "said"),
        make_field(FieldKind.SHORT_TEXT, "words", role=Role.SHARE),
    )
    return [first, second]


FULL_ANSWERS = {
    "strong": 8,
    "felt": ["shame", "like wet sand", "fear"],
    "now": 0,
    "other": 5,
    "mood": "heavy",
    "moods": ["light", "heavy"],
    "said": False,
    "words": "<b>I was afraid</b>",
}


def test_it_counts_only_numbers_and_known_feelings():
    steps = make_full_steps()
    assert facts(steps, FULL_ANSWERS) == Facts(8, 0, ("shame", "fear"))
    assert own_feelings(steps, FULL_ANSWERS) == ("like wet sand",)
    assert facts(steps, {}) == Facts(None, None, ())


def test_it_reads_an_entry_out_as_it_was_asked():
    assert readable(make_full_steps(), FULL_ANSWERS) == [
        ("The strong", "8 of 10"),
        ("The felt", "shame, like wet sand, fear"),
        ("The now", "0 of 10"),
        ("The other", "5 of 10"),
        ("The mood", "Heavy, or stuck"),
        ("The moods", "Light\nHeavy, or stuck"),
        ("The said", "No"),
        ("The words", "<b>I was afraid</b>"),
    ]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


@given(st.sampled_from(FieldKind), anything)
def test_it_takes_anything_or_says_why_not_and_cleaning_twice_changes_nothing(kind, value):
    step = make_step(make_field(kind))
    cleaned = clean_step(step, {"it": value})
    assert cleaned.typed == ({"it": value} if cleaned.errors else {})
    assert clean_step(step, cleaned.answers).answers == cleaned.answers
    for _, text in readable([step], cleaned.answers):
        text.encode()
