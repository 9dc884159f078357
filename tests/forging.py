"""Forms as a browser finds them on a page, filled in, and with another's rows put into them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
# What a browser would make of an empty field that has to be filled in.
GUESSES = {
    **{"date": "2030-01-09", "time": "10:00", "number": "1", "email": "somebody@example.org"},
    **{"url": "https://example.org/", "datetime-local": "2030-01-09T10:00"},
}


@dataclass
class Control:
    """One name of a form: what stands in it, and what may be chosen."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)

    @property
    def chooses_rows(self):
        return any(UUID.fullmatch(it) for it in (*self.values, *self.options))


@dataclass
class Form:
    action: str
    method: str
    controls: dict[str, Control] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def filled(self):
        """The data it would be sent with once everything that is empty is filled in."""
        data = {}
        for it in self.controls.values():
            values = it.values or self._guess(it)
            if values:
                data[it.name] = values
        if self.buttons:
            name, value = self.buttons[0]
            data.setdefault(name, [value])
        return data

    @staticmethod
    def _guess(control):
        if control.kind == "checkbox":
            return []
        if control.options:
            return [next(filter(None, control.options), "")]
        return [GUESSES.get(control.kind, "Words")]


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.forms, self.form, self.control, self.by_id = [], None, None, {}

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            method = given.get("method", "get").lower()
            self.form = Form(given.get("action", ""), method)
            self.forms.append(self.form)
            if "id" in given:
                self.by_id[given["id"]] = self.form
        form = self.by_id.get(given["form"]) if "form" in given else self.form
        name = given.get("name")
        if form is None or not (name or tag == "option"):
            return
        if tag == "input":
            self._input(form, name, given)
        elif tag in ("select", "textarea"):
            self.control = self._control(form, name, tag)
        elif tag == "button":
            form.buttons.append((name, given.get("value", "")))
        elif tag == "option" and self.control:
            self.control.options.append(given.get("value", ""))
            if "selected" in given:
                self.control.values.append(given.get("value", ""))

    def _input(self, form, name, given):
        kind, value = given.get("type", "text"), given.get("value", "")
        if kind in ("submit", "image"):
            form.buttons.append((name, value))
            return
        control = self._control(form, name, kind)
        if kind in ("checkbox", "radio"):
            control.options.append(value or "on")
        if value and (kind not in ("checkbox", "radio") or "checked" in given):
            control.values.append(value)

    @staticmethod
    def _control(form, name, kind):
        return form.controls.setdefault(name, Control(name, kind))

    def handle_data(self, text):
        if self.control and self.control.kind == "textarea" and text.strip():
            self.control.values = [text.strip()]

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        if tag in ("select", "textarea"):
            self.control = None


def forms_in(page):
    """Those that are sent by POST."""
    reader = _Reader()
    reader.feed(page)
    return [form for form in reader.forms if form.method == "post"]
