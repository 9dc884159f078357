"""The words of a mail, from a file: the first line is the subject, the rest the body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from django.template import Context, engines
from django.template.backends.django import DjangoTemplates
from django.utils.translation import override

_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


def letter(template: str, context: Mapping[str, object], language: str) -> tuple[str, str]:
    """Subject and plain-text body of `templates/mail/<template>.txt` in that language.

    Nothing is escaped: this is no HTML. Raises ValueError where there is no subject.
    """
    engine = cast("DjangoTemplates", engines["django"]).engine
    with override(language):
        text = engine.get_template(f"mail/{template}.txt").render(
            Context(dict(context), autoescape=False)
        )
    subject, _, body = text.strip().partition("\n")
    if not subject:
        raise ValueError("A letter needs a subject in its first line.")
    return subject.strip(), _BLANK_LINES.sub("\n\n", body.strip()) + "\n"
