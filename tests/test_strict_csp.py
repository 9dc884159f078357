"""What the content security policy would refuse is not written in the first place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static").rglob("*.css"))

_INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE)
_UNESCAPED = re.compile(r"\|\s*safe\b|\|\s*safeseq\b|autoescape off")
# The picture of the code that an authenticator app scans: drawn here, from nobody's input.
_DRAWN_HERE = "{{ totp_svg|safe }}"
# Of a file that people take away and open from their own disk; no address answers with it.
_TAKEN_AWAY = "<style>{{ style|safe }}</style>"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_has_no_inline_script_or_style_and_escapes(path):
    text = path.read_text(encoding="utf-8")
    text = text.replace(_DRAWN_HERE, "").replace(_TAKEN_AWAY, "")
    assert not _INLINE.search(text)
    assert not _SCRIPT.search(text)
    assert not _UNESCAPED.search(text)


@pytest.mark.parametrize("path", STYLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_takes_nothing_from_elsewhere(path):
    text = path.read_text(encoding="utf-8")
    assert "data:" not in text
    assert "sourceMappingURL" not in text
    assert not re.search(r"url\(\s*['\"]?(https?:)?//", text)


def test_it_looked_at_something():
    assert len(TEMPLATES) > 30
    assert len(STYLES) > 3
