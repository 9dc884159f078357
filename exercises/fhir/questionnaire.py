"""Reads the wording of an instrument from a FHIR R4 Questionnaire."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from exercises.fhir.answers import choices, points, value_sets
from exercises.fhir.checks import checked_questionnaire
from exercises.fhir.content import read_json
from exercises.fhir.wording import AnswerWording, ItemWording, Wording
from exercises.schema import SchemaError, plain_newlines, shown, unsavable_at

if TYPE_CHECKING:
    from fhir.resources.R4B.coding import Coding
    from fhir.resources.R4B.extension import Extension
    from fhir.resources.R4B.questionnaire import Questionnaire, QuestionnaireItem

MAX_ITEMS = 200
MAX_ANSWERS = 40
MAX_NAME = 255
MAX_LABEL = 300
MAX_TEXT = 5_000
MAX_PROBLEMS = 30
LOINC = {"http://loinc.org", "https://loinc.org", "urn:oid:2.16.840.1.113883.6.1"}
_LOINC_CODE = re.compile(r"\d{1,7}-\d", re.ASCII)
_NUMERIC = {"decimal", "integer", "quantity"}
# Its address has changed over the years, its name has not.
_CALCULATED = "questionnaire-calculatedExpression"
_HIDDEN = "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden"


def read_questionnaire(content: bytes) -> Wording:
    """Raise SchemaError, a sentence a problem, for whatever is not a usable questionnaire."""
    data = read_json(content)
    kind = data.get("resourceType")
    if kind != "Questionnaire":
        problem = gettext("the file holds no FHIR Questionnaire but: %(kind)s")
        raise SchemaError([problem % {"kind": shown(str(kind))}])
    return _Reader(checked_questionnaire(data)).wording()


class _Reader:
    """Walks the items in their order. What is wrong is noted, so that all is told at once."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self._questionnaire = questionnaire
        self._sets = value_sets(questionnaire)
        self._problems: list[str] = []
        self._link_ids: set[str] = set()
        self._items: list[ItemWording] = []
        self._left_out: list[str] = []
        # Words met since the last item: the stem, or what leads to the next item.
        self._words: list[str] = []
        self._stem = ""
        self._title = ""

    def wording(self) -> Wording:
        source = self._questionnaire
        text = partial(self._text, "")
        self._title = text("title", source.title or source.name, MAX_LABEL)
        self._walk(source.item or (), ())
        after = gettext("words after the last item")
        self._left_out += [f"'{shown(words)}': {after}" for words in self._words]
        if not self._items and not self._problems:
            self._problems.append(gettext("the questionnaire asks nothing"))
        wording = Wording(
            title=self._title,
            copyright=text("copyright", source.copyright, MAX_TEXT),
            publisher=text("publisher", source.publisher, MAX_LABEL),
            url=text("url", source.url, MAX_NAME),
            version=text("version", source.version, MAX_NAME),
            language=text("language", source.language, MAX_NAME),
            loinc=tuple(text("code", code, MAX_NAME) for code in _panel_codes(source)),
            stem=self._stem,
            items=tuple(self._items),
            left_out=tuple(self._left_out),
        )
        if self._problems:
            raise SchemaError(self._problems[:MAX_PROBLEMS])
        return wording

    def _walk(
        self, items: Iterable[QuestionnaireItem], groups: tuple[str, ...], *, beside: bool = False
    ) -> None:
        """Take the items of these groups; those `beside` belong to an item that asks."""
        for item in items:
            place = self._entered(item)
            asks = item.type not in {"display", "group"}
            if not asks and beside:
                self._leave_out(item, gettext("a note beside an item"))
            elif not asks:
                words = self._text(place, "text", item.text, MAX_TEXT)
                if words and words != self._title:
                    self._words.append(words)
            elif reason := _reckoned(item):
                self._leave_out(item, reason)
            else:
                self._ask(item, place, groups)
            below = (*groups, item.linkId or "") if item.type == "group" else groups
            self._walk(item.item or (), below, beside=asks or beside)

    def _entered(self, item: QuestionnaireItem) -> str:
        link_id = self._text("", "linkId", item.linkId, MAX_NAME)
        place = gettext("item '%(link_id)s'") % {"link_id": shown(link_id)}
        if link_id in self._link_ids:
            self._note(place, gettext("another item has the same linkId"))
            # Counted all the same, so that the limit holds.
            link_id = f"{link_id} {len(self._link_ids)}"
        self._link_ids.add(link_id)
        if len(self._link_ids) > MAX_ITEMS:
            problem = gettext("the questionnaire has more than %(limit)s items")
            raise SchemaError([problem % {"limit": MAX_ITEMS}])
        return place

    def _ask(self, item: QuestionnaireItem, place: str, groups: tuple[str, ...]) -> None:
        intro = self._text(place, "text", "\n\n".join(self._words), MAX_TEXT)
        self._words = []
        if not self._items:
            self._stem, intro = intro, ""
        text = self._text(place, "text", item.text, MAX_TEXT)
        if not text:
            self._note(place, gettext("'text' is missing"))
        loinc = next(iter(_loinc(item.code or ())), "")
        self._items.append(
            ItemWording(
                link_id=item.linkId or "",
                position=len(self._items) + 1,
                prefix=self._text(place, "prefix", item.prefix, MAX_NAME),
                loinc=self._text(place, "code", loinc, MAX_NAME),
                intro=intro,
                text=text,
                answers=self._answers(item, place),
                groups=groups,
            )
        )

    def _answers(self, item: QuestionnaireItem, place: str) -> tuple[AnswerWording, ...]:
        note = partial(self._note, place)
        offered = choices(item, self._sets)
        if item.answerValueSet and not offered:
            absent = gettext("its answers are not in this file but at '%(place)s'")
            self._leave_out(item, absent % {"place": shown(item.answerValueSet)})
        if len(offered) > MAX_ANSWERS:
            note(gettext("it has more than %(limit)s answers") % {"limit": MAX_ANSWERS})
            return ()
        answers = []
        for number, (choice, count) in enumerate(
            zip(offered, points(offered, note), strict=True), start=1
        ):
            name = gettext("answer %(number)s") % {"number": number}
            label = self._text(place, name, choice.label, MAX_LABEL)
            if not label:
                note(gettext("'%(name)s' has no words") % {"name": name})
            code = self._text(place, name, choice.code, MAX_NAME)
            system = self._text(place, name, choice.system, MAX_NAME)
            answers.append(AnswerWording(count, label, code, system))
        return tuple(answers)

    def _text(self, place: str, name: str, value: str | None, limit: int) -> str:
        text = plain_newlines(str(value or "")).strip()
        if unsavable_at(text) is not None:
            self._note(place, gettext("'%(name)s' has a character no text has") % {"name": name})
            return ""
        if len(text) > limit:
            problem = gettext("'%(name)s' is longer than %(limit)s characters")
            self._note(place, problem % {"name": name, "limit": limit})
            return ""
        return text

    def _leave_out(self, item: QuestionnaireItem, reason: str) -> None:
        self._left_out.append(f"'{shown(item.text or item.linkId or '')}': {reason}")

    def _note(self, place: str, problem: str) -> None:
        self._problems.append(f"{place}: {problem}" if place else problem)


def _panel_codes(questionnaire: Questionnaire) -> list[str]:
    """The LOINC codes of the whole, from where publishers put them; each once."""
    codes = _loinc(questionnaire.code or ())
    for identifier in questionnaire.identifier or ():
        if identifier.system in LOINC and identifier.value:
            codes.append(identifier.value)
    return list(dict.fromkeys(codes))


def _loinc(codings: Iterable[Coding]) -> list[str]:
    # Some files leave the system out and rely on the shape of the code.
    return [
        coding.code
        for coding in codings
        if coding.code
        and (coding.system in LOINC or (not coding.system and _LOINC_CODE.fullmatch(coding.code)))
    ]


def _reckoned(item: QuestionnaireItem) -> str:
    """Why nobody is asked this, or '' where somebody is."""
    extensions: Sequence[Extension] = item.extension or ()
    if any(extension.url == _HIDDEN and extension.valueBoolean for extension in extensions):
        return gettext("it is hidden")
    calculated = any(
        (extension.url or "").endswith("alculatedExpression") for extension in extensions
    )
    has_answers = item.answerOption or item.answerValueSet
    if item.readOnly or calculated or (item.type in _NUMERIC and not has_answers):
        return gettext("a score, which Counsel works out itself")
    return ""
