"""The shape of an exercise: steps that hold fields, read from plain data.

Pure: values in, frozen values out. Everything that is wrong is told at once,
with its place, in words a counsellor can act on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from django.utils.translation import gettext

from exercises.schema import Table

MAX_STEPS = 30
MAX_FIELDS = 20
MAX_OPTIONS = 40
MAX_TITLE = 120
MAX_LABEL = 300
MAX_TEXT = 5_000
MAX_NUMBER = 1_000_000_000
MAX_SCALE_POINTS = 21
MAX_SECONDS = 3_600
MAX_BREATH_SECONDS = 20
MAX_MINUTES = 240
STRENGTH_RANGE = (0, 10)


class FieldKind(StrEnum):
    LONG_TEXT = "long_text"
    SHORT_TEXT = "short_text"
    SCALE = "scale"
    FEELINGS = "feelings"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    NUMBER = "number"
    TIME = "time"
    BREATH = "breath"
    READING = "reading"

    @property
    def asks(self) -> bool:
        """Whether the field takes an answer at all."""
        return self not in {FieldKind.BREATH, FieldKind.READING}

    @property
    def is_text(self) -> bool:
        return self in {FieldKind.LONG_TEXT, FieldKind.SHORT_TEXT}


class Role(StrEnum):
    """What an answer means beyond its own exercise."""

    BEFORE = "before"
    AFTER = "after"
    SHARE = "share"


class ExerciseKind(StrEnum):
    PRACTICE = "practice"
    JOURNAL = "journal"
    READING = "reading"
    MEASURE = "measure"


class SharingDefault(StrEnum):
    PRIVATE = "private"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One thing on a step. `key` is unique in the whole exercise.

    `seconds`, `inhale` and `exhale` belong to a breath; without inhale and exhale
    it is a plain timed pause. `low` and `high` are the words at a scale's ends.
    """

    key: str
    kind: FieldKind
    label: str
    help: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    low: str = ""
    high: str = ""
    minimum: int | None = None
    maximum: int | None = None
    seconds: int | None = None
    inhale: int | None = None
    exhale: int | None = None
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Step:
    key: str
    title: str
    text: str = ""
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class ExerciseFile:
    """A whole exercise as it is kept, imported and exported.

    For the client: title, summary, `easier` (something smaller) and the steps.
    For the counsellor: aim, when_to_use and rationale_template. `smaller` names the steps of
    the smaller form. A measure names its `scoring` facts and may carry a `copyright` line.
    """

    slug: str
    title: str
    kind: ExerciseKind
    minutes: int
    summary: str
    aim: str
    when_to_use: str
    rationale_template: str
    easier: str
    smaller: tuple[str, ...]
    sharing_default: SharingDefault
    licence: str
    steps: tuple[Step, ...]
    scoring: str = ""
    copyright: str = ""


def parse_steps(data: object) -> tuple[Step, ...]:
    """Read the steps of an exercise version; raise SchemaError with every problem."""
    table = Table({"steps": data}, "", [])
    steps = _steps(table)
    table.refuse_problems()
    return steps


def parse_exercise(data: object) -> ExerciseFile:
    """Read a whole exercise; raise SchemaError with every problem."""
    table = Table(data, "", [])
    table.refuse_problems()
    slug, title = table.key("slug"), table.text("title", MAX_TITLE, required=True)
    kind = table.one_of("kind", ExerciseKind) or ExerciseKind.PRACTICE
    is_measure = kind is ExerciseKind.MEASURE
    exercise = ExerciseFile(
        slug=slug,
        title=title,
        kind=kind,
        minutes=table.whole("minutes", 1, MAX_MINUTES, required=True) or 1,
        summary=table.text("summary", MAX_LABEL, required=True),
        aim=table.text("aim", MAX_TEXT),
        when_to_use=table.text("when_to_use", MAX_TEXT),
        rationale_template=table.text("rationale_template", MAX_TEXT),
        easier=table.text("easier", MAX_TEXT),
        smaller=table.keys("smaller", MAX_STEPS),
        sharing_default=table.one_of("sharing_default", SharingDefault, required=False)
        or SharingDefault.PRIVATE,
        licence=table.text("licence", MAX_LABEL),
        steps=_steps(table),
        scoring=table.key("scoring") if is_measure else "",
        copyright=table.text("copyright", MAX_TEXT),
    )
    strangers = set(exercise.smaller) - {step.key for step in exercise.steps}
    for key in sorted(strangers):
        table.note(gettext("'smaller' names a step that isn't there: '%s'") % key)
    table.note_unknown_names()
    table.refuse_problems()
    return exercise


def smaller_steps(steps: Sequence[Step], keys: Collection[str], easier: str) -> tuple[Step, ...]:
    """The smaller form: the steps of those keys, else one page that says what is smaller.

    Nothing in it must be answered: a breath is enough.
    """
    chosen = [step for step in steps if step.key in keys]
    if not chosen:
        page = Step(key="smaller", title=gettext("Something smaller"), text=easier)
        return (page,) if easier else tuple(steps)
    return tuple(
        replace(step, fields=tuple(replace(field, required=False) for field in step.fields))
        for step in chosen
    )


def dump_steps(steps: Iterable[Step]) -> list[dict[str, object]]:
    """Plain data that parse_steps reads back to equal steps; defaults are left out."""
    return [_dump(step) for step in steps]


def _dump(thing: Step | Field | Option) -> dict[str, object]:
    values = ((f.name, getattr(thing, f.name), f.default) for f in fields(thing))
    return {name: _plain(value) for name, value, default in values if value != default}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_dump(item) for item in value]
    return str(value) if isinstance(value, StrEnum) else value


def _steps(table: Table) -> tuple[Step, ...]:
    items = table.tables("steps", gettext("step"), MAX_STEPS)
    steps = tuple(_step(item) for item in items)
    if not items:
        table.note(gettext("an exercise needs at least one step"))
    all_fields = [field for step in steps for field in step.fields]
    twice = gettext("two fields have the key '%s'")
    table.note_repeated((field.key for field in all_fields), twice)
    twice = gettext("two fields have the role '%s'")
    table.note_repeated((field.role or "" for field in all_fields), twice)
    twice = gettext("two steps have the key '%s'")
    table.note_repeated((step.key for step in steps), twice)
    return steps


def _step(table: Table) -> Step:
    items = table.tables("fields", gettext("field"), MAX_FIELDS, by_key=True)
    step = Step(
        key=table.key("key"),
        title=table.text("title", MAX_TITLE, required=True),
        text=table.text("text", MAX_TEXT),
        fields=tuple(_field(item) for item in items),
    )
    if not step.text and not items:
        table.note(gettext("is empty; give it a text or a field"))
    table.note_unknown_names()
    return step


def _field(table: Table) -> Field:
    kind = table.one_of("kind", FieldKind)
    is_scale = kind is FieldKind.SCALE
    low, high = STRENGTH_RANGE if is_scale else (None, None)
    field = Field(
        key=table.key("key"),
        kind=kind or FieldKind.READING,
        label=table.text("label", MAX_LABEL, required=True),
        help=table.text("help", MAX_TEXT),
        required=table.flag("required"),
        options=_options(table),
        low=table.text("low", MAX_LABEL),
        high=table.text("high", MAX_LABEL),
        minimum=table.whole("minimum", -MAX_NUMBER, MAX_NUMBER, default=low),
        maximum=table.whole("maximum", -MAX_NUMBER, MAX_NUMBER, default=high),
        seconds=table.whole("seconds", 1, MAX_SECONDS),
        inhale=table.whole("inhale", 1, MAX_BREATH_SECONDS),
        exhale=table.whole("exhale", 1, MAX_BREATH_SECONDS),
        role=table.one_of("role", Role, required=False),
    )
    table.note_unknown_names()
    if table.sound:
        for problem in _field_problems(field):
            table.note(problem)
    return field


def _options(table: Table) -> tuple[Option, ...]:
    options = []
    for item in table.tables("options", gettext("option"), MAX_OPTIONS):
        label = item.text("label", MAX_LABEL, required=True)
        options.append(Option(value=item.key("value"), label=label))
        item.note_unknown_names()
    twice = gettext("two options have the value '%s'")
    table.note_repeated((option.value for option in options), twice)
    return tuple(options)


_ONLY_FOR = {
    "options": {FieldKind.CHOICE, FieldKind.CHOICES},
    "low": {FieldKind.SCALE},
    "high": {FieldKind.SCALE},
    "minimum": {FieldKind.SCALE, FieldKind.NUMBER},
    "maximum": {FieldKind.SCALE, FieldKind.NUMBER},
    "seconds": {FieldKind.BREATH},
    "inhale": {FieldKind.BREATH},
    "exhale": {FieldKind.BREATH},
    "required": {kind for kind in FieldKind if kind.asks},
}


def _field_problems(field: Field) -> Iterator[str]:
    for spec in fields(field):
        kinds = _ONLY_FOR.get(spec.name, {field.kind})
        if getattr(field, spec.name) != spec.default and field.kind not in kinds:
            yield gettext("'%(name)s' has no place in a field of kind '%(kind)s'") % {
                "name": spec.name,
                "kind": field.kind,
            }
    if field.kind in _ONLY_FOR["options"] and not field.options:
        yield gettext("needs 'options' to choose from")
    if field.kind is FieldKind.BREATH and field.seconds is None:
        yield gettext("needs 'seconds', how long it lasts")
    if (field.inhale is None) != (field.exhale is None):
        yield gettext("needs both 'inhale' and 'exhale', or neither")
    yield from _range_problems(field)
    yield from _role_problems(field)


def _range_problems(field: Field) -> Iterator[str]:
    if field.minimum is None or field.maximum is None:
        return
    if field.minimum >= field.maximum:
        yield gettext("'minimum' must be below 'maximum'")
    points = field.maximum - field.minimum + 1
    if field.kind is FieldKind.SCALE and points > MAX_SCALE_POINTS:
        too_many = gettext("a scale has at most %(limit)s points")
        yield too_many % {"limit": MAX_SCALE_POINTS}


def _role_problems(field: Field) -> Iterator[str]:
    if field.role is Role.SHARE and not field.kind.is_text:
        yield gettext("the role 'share' belongs to a text")
    if field.role in {Role.BEFORE, Role.AFTER} and (
        field.kind is not FieldKind.SCALE or (field.minimum, field.maximum) != STRENGTH_RANGE
    ):
        misplaced = gettext("the role '%(role)s' belongs to a scale from 0 to 10")
        yield misplaced % {"role": field.role}
