"""A page's forms as a browser would send them."""

from __future__ import annotations

from html.parser import HTMLParser


class _Forms(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.forms, self.inside, self.select, self.area = [], None, None, None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.inside = {"action": given.get("action", ""), "data": [], "buttons": []}
            self.forms.append(self.inside)
        if self.inside is None:
            return
        name, value = given.get("name"), given.get("value", "")
        if tag == "input" and name:
            ticked = given.get("type") not in {"checkbox", "radio"} or "checked" in given
            if ticked:
                self.inside["data"].append((name, value))
        if tag == "button" and name:
            self.inside["buttons"].append((name, value))
        if tag == "textarea":
            self.area = [name, ""]
        if tag == "select":
            self.select = name
        if tag == "option" and self.select and "selected" in given:
            self.inside["data"].append((self.select, value))

    def handle_data(self, text):
        if self.area is not None:
            self.area[1] += text

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = None
        if tag == "select":
            self.select = None
        if tag == "textarea":
            name, text = self.area
            self.area = None
            # A browser takes the first newline for layout, and sends the others as CRLF.
            text = text.removeprefix("\n").replace("\n", "\r\n")
            self.inside["data"].append((name, text))


def forms_of(response):
    parser = _Forms()
    parser.feed(response.content.decode())
    return parser.forms


def editor_of(response):
    """What the editor would send, without a button: lists by name."""
    (form,) = [form for form in forms_of(response) if form["action"].endswith("/edit/")]
    data = {}
    for name, value in form["data"]:
        data.setdefault(name, []).append(value)
    return data


def buttons_of(response):
    (form,) = [form for form in forms_of(response) if form["action"].endswith("/edit/")]
    return [value for name, value in form["buttons"] if name == "do"]
