from __future__ import annotations

import string
import time
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import exercises.library
from exercises.files import read_exercise, write_exercise
from exercises.schema import SchemaError
from exercises.steps import (
    ExerciseFile,
    ExerciseKind,
    Field,
    FieldKind,
    Option,
    Role,
    SharingDefault,
    Step,
)
from exercises.toml_lines import TomlLines

BUILT_IN = sorted(Path(exercises.library.__file__).with_name("library").glob("*.toml"))

WHOLE = '''\
slug = "small-thing"
title = "Small thing"
kind = "practice"
minutes = 2
summary = "One small thing."
# A comment that looks like a heading:
# [[steps]]
aim = """
[[steps]]
title = "not a title"
"""

[[steps]]
key = "rest"
title = "Rest"
text = \'\'\'
[[steps.fields]]
\'\'\'

[[steps]]
key = "label"
title = "Label"
fields = [
  { key = "words", kind = "long_text", label = "Words" }, # } ]
  { key = "how", kind = "scale",  label = "How \\"strong\\"?" },
]
'''


def problems_of(text):
    with pytest.raises(SchemaError) as refused:
        read_exercise(text)
    for problem in refused.value.problems:
        problem.encode()
        assert len(problem) < 500
    return refused.value.problems


def changed(old, new):
    assert WHOLE.count(old) == 1
    return WHOLE.replace(old, new)


def test_it_reads_text_and_bytes_however_lines_end():
    file = read_exercise(WHOLE)
    assert [step.key for step in file.steps] == ["rest", "label"]
    assert read_exercise(WHOLE.encode()) == file
    assert read_exercise(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode()) == file


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("minutes = 2\n", "", "line 1: 'minutes' is missing"),
        ("minutes = 2", "minutes = 0", "line 4: 'minutes' should be a whole number from 1 to"),
        ('kind = "practice"', 'kind = "game"', "line 3: 'kind' should be one of: "),
        ("minutes = 2", "minutes = 2\ncolour = 7", "line 5: 'colour' is not a known name"),
        ("minutes = 2", 'minutes = 2\n"a\\u0000b" = 7', "line 1: 'a\N{REPLACEMENT CHARACTER}b' is"),
        ("minutes = 2", "minutes = 2\na.b.c = 7", "line 5: 'a' is not a known name"),
        ('title = "Rest"\n', "", "line 13, step 1: 'title' is missing"),
        ('title = "Rest"', 'title = ""', "line 15, step 1: 'title' is empty"),
        ('"Words" }', '"" }', "line 24, step 2, field 'words': 'label' is empty"),
        (
            '"scale", ',
            '"scale", low = """\nx""", seconds = 4,',
            "line 26, step 2, field 'how': 'seconds' has no place in a field of kind 'scale'",
        ),
        ('"scale", ', '"scale", maximum = 0,', "line 25, step 2, field 'how': 'minimum' must be"),
        ('"scale", ', '"breath",', "line 25, step 2, field 'how': needs 'seconds', how long"),
        ('key = "how"', 'key = "words"', "line 25: two fields have the key 'words'"),
        ('key = "label"\n', 'key = "rest"\n', "line 21: two steps have the key 'rest'"),
        ("minutes = 2", 'minutes = 2\nsmaller = ["x"]', "line 5: 'smaller' names a step that"),
        (
            "minutes = 2",
            'minutes = 2\nsmaller = [\n "rest",\n "rest",\n]',
            "line 7: 'smaller' names 'rest' twice",
        ),
        ('[[steps]]\nkey = "label"', "[[steps]]\n[[steps]]", "line 20, step 2: is empty; give it"),
    ],
)
def test_it_names_line_and_field(old, new, problem):
    assert any(told.startswith(problem) for told in problems_of(changed(old, new)))


def test_it_names_the_line_of_options():
    text = WHOLE + (
        '\n[[steps]]\nkey = "third"\ntitle = "Third"\n\n'
        '[[steps.fields]]\nkey = "which"\nkind = "choice"\nlabel = "Which?"\n\n'
        '[[steps.fields.options]]\nvalue = "a"\nlabel = "a"\n\n'
        '[[steps.fields.options]]\nvalue = "a"\nlabel = "A"\nhint = "h"\n'
    )
    assert problems_of(text) == [
        "line 44, step 3, field 'which', option 2: 'hint' is not a known name",
        "line 42, step 3, field 'which': two options have the value 'a'",
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("minutes = 2", "minutes 2", "line 4, column 9: a name is followed by = and a value"),
        ("minutes = 2", "minutes =", "line 4, column 10: the value is not one"),
        ("minutes = 2", "minutes = two", "line 4, column 11: the value is not one"),
        ("minutes = 2", "minutes = 2 3", "line 4, column 13: something follows the value"),
        ("minutes = 2", "= 2", "line 4, column 1: a name or a heading is expected here"),
        ("minutes = 2", 'title = "x"', "line 4, column 12: this name or heading stands twice"),
        ("minutes = 2", "minutes = 2026-02-31", "line 4, column "),
        ("minutes = 2", 'minutes = "\\q"', "line 4, column 14: a backslash in a text is written"),
        ("minutes = 2", 'minutes = "a', "line 4, column 13: a text does not end on its line"),
        ("minutes = 2", 'minutes = "a\x01"', "line 4, column 13: a text on one line holds a char"),
        ("minutes = 2", 'minutes = "\\ud800"', "line 4, column 18: after \\u stands the number"),
        ("# A comment", "# A\tcomment \x07", "line 6, column 13: a comment holds a character"),
        ("[[steps]]\nkey = \"rest\"", "[[steps]\nkey = \"rest\"", "line 13, column 8: a heading"),
        ("[[steps]]\nkey = \"rest\"", "[steps\nkey = \"rest\"", "line 13, column 7: a heading"),
        ("[[steps]]\nkey = \"rest\"", "[]\nkey = \"rest\"", "line 13, column 2: a name is"),
        ('label = "Words" },', 'label = "Words" ', "line 24, column "),
    ],
)  # fmt: skip
def test_it_tells_what_is_not_toml(old, new, problem):
    (told,) = problems_of(changed(old, new))
    assert told.startswith(problem)
    assert "this is not TOML" not in told


def test_what_does_not_end_is_told_where_it_begins():
    (told,) = problems_of(WHOLE + '\n[[steps]]\ntitle = """never ends\n\n\n')
    assert told == "line 29: a text does not end: its last quotes are missing"
    (told,) = problems_of(WHOLE + "\n[[steps]]\nfields = [\n {},\n\n\n")
    assert told == "line 29: what begins here does not end: its ] is missing"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1: an exercise needs at least one step"),
        ("a" * (256 * 1024 + 1), "the file is larger than 256 KiB"),
        (b"\xff", "line 1: the file is not in UTF-8"),
        ('title = "Small"\n# Müde'.encode("latin-1"), "line 2: the file is not in UTF-8"),
        (WHOLE.encode("utf-16"), "line 1: the file is not in UTF-8"),
        ('\ntitle = "\ud800"', "line 2: a character here is not text"),
        ("\n\x00", "line 2: a character here is not text"),
        ("title = 1\rslug = 2", "line 1, column "),
        (".".join("a" * 100_000) + " = 1", "line 1: a name has too many parts"),
        ("[" + ".".join("a" * 100_000) + "]", "line 1: a name has too many parts"),
        ("\na = {" + '"".' * 9 + '"" = 1}', "line 2: a name has too many parts"),
        ("a = " + "[" * 100_000, "line 1: lists and tables lie too deep"),
        ("a = " + "{a = " * 40_000, "line 1: lists and tables lie too deep"),
        ("a = " + "9" * 100_000, "line 1: a number is too long"),
        ("a = 0x" + "f" * 100_000, "line 1: a number is too long"),
        ("a = 1e9999", "line 1: 'slug' is missing"),
        ("steps = 1", "line 1: 'steps' should be a list"),
        ("steps = [[[1]]]", "line 1, step 1: should be a table"),
        ("\n[[steps]]\n[[steps.fields]]\n[[steps.fields.a]]", "line 4, step 1, field 1: 'a' is"),
    ],
)  # fmt: skip
def test_hostile_files_are_refused_soon(text, problem):
    begun = time.perf_counter()
    assert any(told.startswith(problem) for told in problems_of(text))
    assert time.perf_counter() - begun < 5


def test_many_problems_are_not_all_told():
    assert len(problems_of("\n".join(f"a{number} = 1" for number in range(20_000)))) == 30


_toml_bits = st.lists(
    st.sampled_from(
        ["[[steps]]", "[steps]", "[[steps.fields]]", "[", "]", "{", "}", "=", ".", ",", "#", "\n",
         " ", "\t", '"', "'", '"""', "'''", "\\", "key", "title", "steps", "1", "2026-01-01 10:00",
         "true", "a = 1\n", "a.b = 2\n", "\\u0041", "é", "\x01", "key = [\n", "key = {a = 1}\n"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@given(_toml_bits)
def test_any_toml_is_read_or_refused_with_lines(text):
    for told in problems_of(text):
        assert told.startswith("line ")
        # Only said where the lexer of our own is stricter than tomllib.
        assert "cannot be read" not in told


def leaves(data, path=()):
    if isinstance(data, dict | list):
        for step, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from leaves(value, (*path, step))
    else:
        yield path


@pytest.mark.parametrize("text", [WHOLE, *(path.read_text("utf-8") for path in BUILT_IN)])
def test_every_value_is_found_on_its_line(text):
    lines = TomlLines(text)
    assert not lines.stopped
    for path in leaves(tomllib.loads(text)):
        assert lines.has(path)
        name = next(step for step in reversed(path) if isinstance(step, str))
        assert f"{name} = " in text.split("\n")[lines.line(path) - 1]


@pytest.mark.parametrize("path", BUILT_IN, ids=lambda path: path.stem)
def test_every_built_in_exercise_comes_back(path):
    file = read_exercise(path.read_bytes())
    written = write_exercise(file)
    assert read_exercise(written) == file
    assert write_exercise(read_exercise(written)) == written


def test_it_writes_in_the_manner_of_the_library():
    path = next(path for path in BUILT_IN if path.stem == "closeness-log")
    text = path.read_text(encoding="utf-8")
    assert write_exercise(read_exercise(text)) == text


_text = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r")
    | st.sampled_from("\"'\\\n\t \u200f\u202e\u2028\x01\x7f#[]={}"),
    max_size=60,
).map(str.strip)
_long = st.lists(
    st.sampled_from(["word", '"""', "\\", " ", "\n", "é", "x" * 97, "\t"]), max_size=60
)
_text = _text | _long.map(" ".join).map(str.strip)
_words = _text.filter(bool).map(lambda text: text[:120].strip()).filter(bool)
_key = st.text(string.ascii_lowercase, min_size=1, max_size=8)


@st.composite
def fields(draw, key):
    kind = draw(st.sampled_from(FieldKind))
    only = {}
    if kind in {FieldKind.CHOICE, FieldKind.CHOICES}:
        values = draw(st.lists(_key, min_size=1, max_size=3, unique=True))
        only["options"] = tuple(Option(value, draw(_words)) for value in values)
    if kind is FieldKind.SCALE:
        only |= {"low": draw(_text)[:50].strip(), "high": draw(_text)[:50].strip()}
        only["minimum"], only["maximum"] = draw(
            st.sampled_from([(0, 10), (1, 10), (0, 7), (-3, 3)])
        )
    if kind is FieldKind.NUMBER:
        only["minimum"] = draw(st.none() | st.integers(-5, 0))
        only["maximum"] = draw(st.none() | st.integers(1, 10**9))
    if kind is FieldKind.BREATH:
        only["seconds"] = draw(st.integers(1, 3600))
        only["inhale"], only["exhale"] = draw(st.sampled_from([(None, None), (4, 6)]))
    if kind.asks:
        only["required"] = draw(st.booleans())
    return Field(key=key, kind=kind, label=draw(_words), help=draw(_text), **only)


@st.composite
def files(draw):
    keys = draw(st.lists(_key, min_size=1, max_size=4, unique=True))
    names = iter(draw(st.lists(_key, min_size=8, max_size=8, unique=True)))
    steps = tuple(
        Step(
            key=key,
            title=draw(_words),
            text=draw(_words),
            fields=tuple(draw(fields(next(names))) for _ in range(draw(st.integers(0, 2)))),
        )
        for key in keys
    )
    kind = draw(st.sampled_from(ExerciseKind))
    return ExerciseFile(
        slug=draw(_key),
        title=draw(_words),
        kind=kind,
        minutes=draw(st.integers(1, 240)),
        summary=draw(_words),
        aim=draw(_text),
        when_to_use=draw(_text),
        rationale_template=draw(_text),
        easier=draw(_text),
        sharing_default=draw(st.sampled_from(SharingDefault)),
        licence=draw(_text)[:100].strip(),
        steps=steps,
        smaller=tuple(draw(st.lists(st.sampled_from(keys), unique=True))),
        scoring=draw(_key) if kind is ExerciseKind.MEASURE else "",
        copyright=draw(_text),
    )


@given(files())
def test_any_exercise_comes_back(file):
    written = write_exercise(file)
    assert read_exercise(written) == file
    assert read_exercise(written.encode()) == file


def test_roles_come_back():
    scale = Field("a", FieldKind.SCALE, "A", minimum=0, maximum=10, role=Role.BEFORE)
    words = Field("b", FieldKind.SHORT_TEXT, "B", role=Role.SHARE)
    file = replace(read_exercise(WHOLE), steps=(Step("one", "One", fields=(scale, words)),))
    assert read_exercise(write_exercise(file)) == file
