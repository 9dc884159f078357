"""The forms of notes: one text for each heading, whatever the format."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.models import NoteTemplate
from sessions.notes import (
    HeadingsRefused,
    Section,
    Seen,
    Written,
    as_line,
    from_line,
    headings_of,
    one_text,
    seen_of,
    texts_of,
)

LONGEST_TEXT = 20_000
LONGEST_AGREED = 2_000


class WritingField(forms.CharField):
    """Somebody's own words. The line ends of every browser become the same."""

    def __init__(self, *, label: Any, rows: int, name: str, **kwargs: Any) -> None:
        described = f"error_id_{name} id_{name}_help" if kwargs.get("help_text") else None
        attributes = {
            "class": "form-control",
            "dir": "auto",
            "rows": rows,
            "aria-describedby": described or f"error_id_{name}",
        }
        kwargs.setdefault("required", False)
        super().__init__(label=label, widget=forms.Textarea(attrs=attributes), **kwargs)

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")

    def validate(self, value: str) -> None:
        super().validate(value)
        try:
            value.encode()
        except UnicodeEncodeError as error:
            # Half a character, which only a script can send.
            raise forms.ValidationError(_("This text holds a broken character.")) from error


class NoteForm(forms.Form):
    """What a page of a note sends: its texts, and what the note was when the page was shown."""

    agreed = WritingField(
        label=_("What you agreed for the time until next"),
        help_text=_("The next brief begins with it."),
        rows=2,
        name="agreed",
        max_length=LONGEST_AGREED,
    )

    def __init__(self, data: Any, *, written: Written, version: int) -> None:
        super().__init__(data)
        self.kept = written
        seen = seen_of(version, written)
        if data is not None:
            seen = _sent_with(data, seen)
        self.seen = seen
        texts = texts_of(written)
        for number, heading in enumerate(seen.prints):
            name = _name(number)
            self.fields[name] = WritingField(
                label=heading or _("Note"),
                rows=14 if len(seen.prints) == 1 else 5,
                name=name,
                max_length=LONGEST_TEXT,
            )
            self.initial[name] = texts.get(heading, "")
        self.initial["agreed"] = written.agreed
        self.order_fields([*map(_name, range(len(seen.prints))), "agreed"])

    @property
    def was(self) -> str:
        return as_line(self.seen)

    def written(self) -> Written:
        """As it was sent; what could not be taken is as it was kept before."""
        given = self.cleaned_data
        sections = tuple(
            Section(heading, given.get(_name(number), self.initial[_name(number)]))
            for number, heading in enumerate(self.seen.prints)
        )
        return Written(sections, given.get("agreed", self.kept.agreed))

    def texts_other_than_sent(self, kept: Written) -> dict[str, str]:
        """By field, those of its texts that are kept otherwise than they were sent."""
        sent, texts = texts_of(self.written()), texts_of(kept)
        shown = {_name(number): heading for number, heading in enumerate(self.seen.prints)}
        other = {
            name: texts[heading]
            for name, heading in shown.items()
            if heading in texts and texts[heading] != sent[heading]
        }
        return other if kept.agreed == self.written().agreed else other | {"agreed": kept.agreed}


def _sent_with(data: Any, now: Seen) -> Seen:
    """What the page that sends this was shown with; where it does not say, nothing is known."""
    seen = from_line(str(data.get("_was", "")))
    if seen is None or (seen.version == now.version and list(seen.prints) != list(now.prints)):
        return Seen(0, dict.fromkeys(now.prints, ""))
    return seen


def _name(number: int) -> str:
    return f"section_{number}"


class ProcessNoteForm(forms.Form):
    text = WritingField(label=_("Your own note"), rows=14, name="text", max_length=LONGEST_TEXT)

    def __init__(self, data: Any, *, text: str, version: int) -> None:
        super().__init__(data, initial={"text": text})
        seen = seen_of(version, one_text(text))
        if data is not None:
            seen = from_line(str(data.get("_was", ""))) or Seen(0)
        self.seen = seen

    @property
    def was(self) -> str:
        return as_line(self.seen)


class AddendumForm(forms.Form):
    text = WritingField(
        label=_("Add to it"),
        help_text=_("It stands below the note, with your name and the day, and stays."),
        rows=4,
        name="text",
        required=True,
        max_length=LONGEST_TEXT,
    )


class NoteTemplateForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = NoteTemplate
        fields = ("name", "headings", "in_use")
        help_texts = {
            "headings": _("In the order in which they are written. At most twelve."),
            "in_use": _("Notes that were begun in it keep its headings."),
        }
        widgets = {"headings": forms.Textarea(attrs={"rows": 8, "dir": "auto"})}

    def clean_headings(self) -> str:
        try:
            return "\n".join(headings_of(self.cleaned_data["headings"]))
        except HeadingsRefused as refused:
            raise forms.ValidationError(str(refused)) from refused
