"""Values nobody means well with, and forms filled in with them."""

from __future__ import annotations

import uuid
from urllib.parse import quote_from_bytes

LONG = "x" * 100_000
VALUES = (
    # What no text of any length or script may break.
    *("", " ", "\x00", "a\x00b", "\ud800", "\udfff\ud800", "\u202ename\u202c", "\u200b", "\ufeff"),
    *("e" + "\u0301" * 500, "👩‍👩‍👧‍👦", "𝕏", "ﬀ", "\u2028", "x\r\nBcc: a@b.example", LONG),
    # What somebody else's program might run.
    *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)"),
    *("{{7*7}}", "{% load i18n %}", "${7*7}", "%s%n", "'; DROP TABLE x; --", "=1+1", "\\"),
    # Numbers that are none, or no number of ours.
    *("0", "-1", "1.5", "1e999", "NaN", "Infinity", "-0", "9" * 40, "٣", "²", "0x10", "1_000"),
    # Days and hours nobody's calendar has.
    *("0000-00-00", "2030-02-30", "9999-12-31", "10000-01-01", "0001-01-01", "2030-03-31T01:30"),
    *("25:61", "24:00", "00:00", "12:00:00.0000001", "2030-W01-1"),
    # Keys of nothing.
    *("null", "None", "[]", "{}", "[[[[", '"', '{"a": 1}', str(uuid.UUID(int=0)), "not-a-uuid"),
    *("../../etc/passwd", "Mars/Phobos", "/\\evil.example", "//evil.example", "http://[::1"),
    *('"<script>"@x.org', "a@b", "a" * 300 + "@example.org", "xn--e1afmkfd@пример.example"),
    *("on", "true", "-", "__all__", "_save"),
)
# How many forms of a set there are is sent along with them, by the browser.
MANAGEMENT = ("TOTAL_FORMS", "INITIAL_FORMS", "MAX_NUM_FORMS")


def filled_badly(form, chance, rows):
    """What the form would send, a few of its fields with something else in them."""
    data = {name: list(values) for name, values in form.filled().items()}
    names = [name for name in data if name != "csrfmiddlewaretoken"]
    for name in chance.sample(names, min(len(names), chance.randint(1, 4))):
        value = chance.choice(rows) if chance.random() < 0.2 else chance.choice(VALUES)
        data[name] = [value] * chance.choice([1, 1, 1, 2, 30])
    if names and chance.random() < 0.15:
        del data[chance.choice(names)]
    if chance.random() < 0.1:
        prefix = next((n.rpartition("-")[0] for n in names if n.endswith(MANAGEMENT)), "form")
        data[f"{prefix}-{chance.choice(MANAGEMENT)}"] = [chance.choice(VALUES)]
    if chance.random() < 0.05:
        data |= {f"more{number}": ["x"] for number in range(1_001)}
    return encoded(data)


def encoded(data):
    """As bytes, so that half a surrogate pair goes out as a broken program would send it."""
    return "&".join(
        f"{_quoted(name)}={_quoted(value)}" for name, values in data.items() for value in values
    ).encode()


def _quoted(text):
    return quote_from_bytes(str(text).encode("utf-8", "surrogatepass"))
