"""What the editor calls the kinds of fields, their settings and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exercises.editing import Data, Draft, file_of, kind_of, sound
from exercises.schema import Problem, SchemaError
from exercises.steps import FieldKind, Role

KINDS: dict[FieldKind, str | Promise] = {
    FieldKind.LONG_TEXT: _("Long text"),
    FieldKind.SHORT_TEXT: _("Short text"),
    FieldKind.SCALE: _("Scale"),
    FieldKind.FEELINGS: _("Feelings to pick"),
    FieldKind.CHOICE: _("One of several"),
    FieldKind.CHOICES: _("Some of several"),
    FieldKind.YES_NO: _("Yes or no"),
    FieldKind.NUMBER: _("Number"),
    FieldKind.TIME: _("Time of day"),
    FieldKind.BREATH: _("Breath or pause"),
    FieldKind.READING: _("Words to read"),
}
ROLE_WORDS: dict[Role, str | Promise] = {
    Role.BEFORE: _("How strong it was before"),
    Role.AFTER: _("How strong it is after"),
    Role.SHARE: _("Words the client told, or may tell, somebody"),
}
# The sentence of the schema as it stands in the source, and ours with the input it belongs to.
_SAYINGS: tuple[tuple[str, str, str | Promise], ...] = (
    (r"'title' is (missing|empty)", "title", _("Give it a title.")),
    (r"'summary' is (missing|empty)", "summary", _("Say in one sentence what it is.")),
    (r"'minutes' is missing", "minutes", _("Say about how many minutes it takes.")),
    (r"'label' is (missing|empty)", "label", _("Write what stands here for the client.")),
    (r"is empty; give it a text or a field", "text", _("Give it a text, or add something below.")),
    (r"needs 'options'", "options", _("Write what there is to choose from, one a line.")),
    (r"needs 'seconds'", "seconds", _("Say how many seconds it lasts.")),
    (r"needs both 'inhale'", "exhale", _("Say both, in and out; or neither, for a plain pause.")),
    (r"'minimum' must be below", "maximum", _("The highest number must be above the lowest.")),
    (r"a scale has at most (\d+)", "maximum", _("A scale has at most %s numbers.")),
    (r"the role '\w+' belongs to a scale", "role", _("For this the scale goes from 0 to 10.")),
    (r"'options' has more than (\d+)", "options", _("At most %s to choose from.")),
    (r"an exercise needs at least one step", "title", _("Add a first step.")),
    (r"'(?P<name>\w+)' should be a whole number", "", _("A whole number from %s to %s.")),
    (r"'(?P<name>\w+)' is longer than (\d+)", "", _("At most %s characters, please.")),
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing to put right: `part` is "about" or a step's key, `field` a field's key or ""."""

    part: str
    field: str
    name: str
    text: str

    @property
    def anchor(self) -> str:
        return f"id_{self.field}-{self.name}" if self.field else f"id_{self.name}"


def wrong_with(draft: Draft, slug: str) -> list[Wrong]:
    """All that keeps the draft from being published, by the rules of `exercises.steps`."""
    try:
        # Without a language the rules speak as they are written, and can be told apart.
        with translation.override(None):
            file_of(draft, slug)
    except SchemaError as error:
        data = sound(draft, slug)
        return [wrong for problem in error.problems for wrong in _placed(problem, data)]
    return []


def _placed(problem: str, data: Data) -> Iterable[Wrong]:
    path = problem.path if isinstance(problem, Problem) else ()
    placed = isinstance(problem, Problem) and problem.placed
    repeated = problem.repeated if isinstance(problem, Problem) else ""
    if repeated:
        yield from _role_twice(repeated, data)
        return
    name, text = _said(problem.partition(": ")[2] if placed else problem)
    part, field = "about", ""
    if len(path) >= 2:
        step = data["steps"][path[1]]
        part = step["key"]
        if len(path) >= 4:
            field = step["fields"][path[3]]["key"]
    if len(path) == 6:
        name, text = "options", gettext("Line %s: ") % (int(path[5]) + 1) + text
    yield Wrong(part, field, name or "title", text)


def _role_twice(role: str, data: Data) -> Iterator[Wrong]:
    """Said at the later of the two."""
    having = [
        (step["key"], field["key"])
        for step in data["steps"]
        for field in step["fields"]
        if field.get("role") == role
    ]
    for part, field in having[1:]:
        yield Wrong(part, field, "role", gettext("Another one has this meaning already."))


def _said(sentence: str) -> tuple[str, str]:
    for pattern, name, ours in _SAYINGS:
        if found := re.match(pattern, sentence):
            named = found.groupdict().get("name")
            numbers = tuple(re.findall(r"-?\d+", sentence))
            wanted = str(ours).count("%s")
            return named or name, str(ours) % numbers[-wanted:] if wanted else str(ours)
    named = next(iter(re.findall(r"^'(\w+)'", sentence)), "")
    return named, gettext("This cannot be used as it is: %s") % sentence


def field_words(field: Data) -> str:
    """A field in a line: its own words, else its kind."""
    label = str(field.get("label") or "").strip()
    kind = str(KINDS[kind_of(field)])
    return label or gettext("%s, without words yet") % kind
