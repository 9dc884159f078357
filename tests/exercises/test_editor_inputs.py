"""What the editor shows of a part, sent back as it stands, is that part."""

from __future__ import annotations

from django.http import QueryDict
from hypothesis import given

from exercises import editing
from exercises.desk.editor_inputs import (
    WRITABLE_KINDS,
    about_inputs,
    field_inputs,
    step_inputs,
)
from exercises.desk.editor_typed import taken_in
from exercises.desk.editor_words import wrong_with
from tests.exercises.test_editing import one_line
from tests.exercises.test_files import files

writable = files().filter(lambda file: file.kind in {kind for kind, _words in WRITABLE_KINDS})


def send(post, shown):
    """As a browser does it: one line stays one, more go out with CRLF, no tick is not sent."""
    for one in shown:
        if one.shape == "checks":
            post.setlist(one.name, one.value)
        elif one.shape == "check":
            if one.value:
                post[one.name] = "1"
        elif one.shape == "text":
            post[one.name] = str(one.value).replace("\n", "\r\n")
        else:
            assert "\n" not in str(one.value)
            post[one.name] = str(one.value)


def posted(draft, part):
    post = QueryDict(mutable=True)
    post["part"] = part
    step = editing.step_of(draft, part)
    if step is None:
        send(post, about_inputs(draft, [], kind_is_open=True))
        return post
    send(post, step_inputs(step, []))
    for field in step.get("fields", ()):
        post.appendlist("field", field["key"])
        post[f"{field['key']}-was"] = post[f"{field['key']}-kind"] = field["kind"]
        send(post, field_inputs(step, field, []))
    return post


@given(writable)
def test_any_exercise_comes_back_from_the_editor(file):
    draft = before = editing.draft_of(file)
    for part in ("about", *(step["key"] for step in before["steps"])):
        draft = taken_in(posted(draft, part), draft)
    assert draft == before
    assert wrong_with(draft, file.slug) == []
    assert editing.file_of(draft, file.slug) == one_line(file)


@given(writable)
def test_any_exercise_comes_back_from_a_form_that_starts_empty(file):
    before = editing.draft_of(file)
    empty = {**before, "steps": [{"key": step["key"]} for step in before["steps"]]}
    draft = empty
    for step in before["steps"]:
        draft = taken_in(posted(before, step["key"]), draft)
    back = editing.file_of(draft, file.slug)
    for old, new in zip(one_line(file).steps, back.steps, strict=True):
        assert (old.title, old.text) == (new.title, new.text)
        for one, other in zip(old.fields, new.fields, strict=True):
            assert [o.label for o in one.options] == [o.label for o in other.options]
            assert (one.key, one.kind, one.label, one.help) == (
                *(other.key, other.kind, other.label),
                other.help,
            )
            assert (one.minimum, one.maximum, one.required) == (
                *(other.minimum, other.maximum),
                other.required,
            )
