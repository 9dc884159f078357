"""A message as its reader gets it, with samples, for the frame beside its words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi, ngettext, override
from django.utils.translation import gettext as _

from counsel.reminders.catalogue import LetterKind
from counsel.reminders.letter_rules import Problem
from counsel.reminders.letters import Words, filled
from counsel.reminders.markup import Sheet, card, document, preview_of
from counsel.reminders.texting import parts_of, text_of

_BOX = "max-width:34em;margin:0 auto 16px;font-size:14px"
_PRE = "white-space:pre-wrap;overflow-wrap:anywhere;font:14px/1.5 monospace"
# A short message's own link is its page's.
_PAGE = "/appointments/8c1f7a4be02d4c55a1/"


def preview_page(
    kind: LetterKind,
    words: Words,
    values: Mapping[str, str],
    language: str,
    found: Iterable[Problem],
) -> str:
    """A whole HTML document. Words with a fault are not filled in: it says what is wrong."""
    sheet = Sheet(words.subject, "", language, settings.BASE_URL, "")
    if messages := [problem.message for problem in found]:
        return document(sheet, _box(_list(messages)))
    subject, body = filled(words, values)
    if kind.is_short:
        return document(sheet, _short(body.strip()))
    with override(language):
        sheet = Sheet(
            subject, body, language, settings.BASE_URL, preview_of(body), get_language_bidi()
        )
        mail = card(sheet)
    head = _list(
        [
            _("From: %(sender)s") % {"sender": settings.DEFAULT_FROM_EMAIL},
            _("Subject: %(subject)s") % {"subject": subject},
            _("Beside it, in a list of mails: %(words)s") % {"words": sheet.preview or "–"},
        ]
    )
    plain = format_html(
        '<details><summary>{}</summary><pre style="{}">{}</pre></details>',
        _("The same as plain text"),
        _PRE,
        body,
    )
    return document(sheet, _box(head) + mail + _box(plain))


def _short(line: str) -> SafeString:
    text = text_of(line, f"{settings.BASE_URL}{_PAGE}")
    parts = ngettext(
        "%(count)d characters: one text message.",
        "%(count)d characters: as a text message in %(parts)d parts.",
        parts_of(text),
    ) % {"count": len(text), "parts": parts_of(text)}
    return _box(format_html('<p style="{}">{}</p><p>{}</p>', _PRE, text, parts))


def _list(lines: Iterable[str]) -> SafeString:
    return format_html_join("", '<p style="margin:0 0 4px">{}</p>', ((line,) for line in lines))


def _box(content: SafeString) -> SafeString:
    return format_html('<div class="soft" style="{}">{}</div>', _BOX, content)
