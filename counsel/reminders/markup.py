"""The HTML part of a mail, made from its plain text: the same words, easier on the eyes.

Nothing in it comes from elsewhere: no image, no font, no style sheet, nothing that tells a
sender that it was opened. Only addresses of our own become links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from django.utils.translation import gettext as _

_PARAGRAPHS = re.compile(r"\n{2,}")
# Up to the stop of the sentence it may stand in.
_ADDRESS = re.compile(r"https?://\S*[^\s.,;:!?)]")
# A code to be typed elsewhere, on a line of its own.
_CODE = re.compile(r"\d{4,8}")
# As the portal (docs/look.md); the classes below turn them over where the reader reads in the dark.
_PAGE = "margin:0;padding:24px 12px;background:#FBF8F3;color:#20302B;font:16px/1.55 sans-serif"
_CARD = "max-width:34em;margin:0 auto;padding:24px;background:#FFFFFF;border-radius:12px"
_TEXT = "margin:0 0 16px"
_FIGURES = "margin:0 0 16px;font-size:28px;letter-spacing:4px"
_SMALL = "margin:0 0 16px;color:#55645E;font-size:14px;overflow-wrap:anywhere"
_BUTTON = (
    "display:inline-block;padding:12px 20px;background:#1E6157;color:#FFFFFF;"
    "border-radius:10px;font-weight:bold;text-decoration:none"
)
_LINK = "color:#1E6157;overflow-wrap:anywhere"
_UNSEEN = "display:none;max-height:0;overflow:hidden"
_DARK = (
    "@media (prefers-color-scheme: dark){"
    ".page{background:#141B19!important;color:#EDF2EE!important}"
    ".card{background:#1C2623!important}"
    ".soft{color:#AEBBB4!important}"
    ".link{color:#7CC7B8!important}"
    ".button{background:#7CC7B8!important;color:#141B19!important}}"
)
# Programs that show the beginning of a mail beside its subject go on reading to fill the line.
# In lines that mail servers take as they are: longer ones would have the whole part encoded.
_STOP_READING = "\n".join(["&#847;&zwnj;&nbsp;" * 30] * 3)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`home` is the address all of our links begin with, `preview` what may stand beside the
    subject in a list of mails, `aside` a link that stands small at the end.
    """

    subject: str
    body: str
    language: str
    home: str
    preview: str
    is_right_to_left: bool = False
    aside: str = ""


def html_of(sheet: Sheet) -> str:
    """A whole document. Its first link is a button, with its address under it."""
    unseen = f'<div style="{_UNSEEN}">{escape(sheet.preview)}{_STOP_READING}</div>\n'
    return document(sheet, unseen + card(sheet))


def document(sheet: Sheet, content: str) -> str:
    """`content` is HTML."""
    direction = "rtl" if sheet.is_right_to_left else "ltr"
    return (
        f'<!doctype html>\n<html lang="{escape(sheet.language)}" dir="{direction}">\n<head>\n'
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        '<meta name="color-scheme" content="light dark">\n'
        # Telephones make links of their own of what looks like a date.
        '<meta name="format-detection" content="telephone=no,date=no,address=no,email=no">\n'
        f"<title>{escape(sheet.subject)}</title>\n<style>{_DARK}</style>\n</head>\n"
        f'<body class="page" style="{_PAGE}">\n{content}</body>\n</html>\n'
    )


def card(sheet: Sheet) -> str:
    """The words on their sheet, as HTML."""
    return f'<div class="card" style="{_CARD}">\n{"".join(_parts(sheet))}</div>\n'


def preview_of(body: str) -> str:
    """The first line that says something: not the greeting, which ends with a comma."""
    lines = [line for line in body.splitlines() if line and not _ADDRESS.match(line)]
    return next((line for line in lines if not line.endswith(",")), "")


def _parts(sheet: Sheet) -> Iterator[str]:
    has_button = False
    for paragraph in _PARAGRAPHS.split(sheet.body.strip()):
        if sheet.aside and sheet.aside in paragraph:
            yield _aside(paragraph, sheet)
            continue
        if _CODE.fullmatch(paragraph):
            yield f'<p style="{_FIGURES}">{paragraph}</p>\n'
            continue
        words, _newline, last = paragraph.rpartition("\n")
        if has_button or not _is_ours(last, sheet.home):
            yield f'<p style="{_TEXT}">{_text(paragraph, sheet.home)}</p>\n'
            continue
        has_button = True
        if words:
            yield f'<p style="{_TEXT}">{_text(words, sheet.home)}</p>\n'
        yield from _button(last)


def _aside(paragraph: str, sheet: Sheet) -> str:
    """The words before it are the link: its address is long, and nobody has to see it."""
    words = " ".join(paragraph.replace(sheet.aside, "").split()).rstrip(":")
    link = f'<a class="link" href="{escape(sheet.aside)}" style="{_LINK}">{escape(words)}</a>'
    return f'<p class="soft" style="{_SMALL}">{link}</p>\n'


def _button(address: str) -> Iterator[str]:
    href, label = escape(address), escape(_("Open the page"))
    yield f'<p style="{_TEXT}"><a class="button" href="{href}" style="{_BUTTON}">{label}</a></p>\n'
    yield f'<p class="soft" style="{_SMALL}">{href}</p>\n'


def _text(words: str, home: str) -> str:
    lines = words.split("\n")
    return "<br>\n".join("".join(_line(line, home)) for line in lines)


def _line(line: str, home: str) -> Iterator[str]:
    read = 0
    for match in _ADDRESS.finditer(line):
        if not _is_ours(match.group(), home):
            continue
        href = escape(match.group())
        yield escape(line[read : match.start()])
        yield f'<a class="link" href="{href}" style="{_LINK}">{href}</a>'
        read = match.end()
    yield escape(line[read:])


def _is_ours(address: str, home: str) -> bool:
    return address.startswith(f"{home}/") and _ADDRESS.fullmatch(address) is not None
