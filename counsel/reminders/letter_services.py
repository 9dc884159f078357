"""Writes a practice's own words for a message, and puts ours back."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from counsel.accounts.models import User
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.errors import ConflictError, DomainError
from counsel.common.inserting import insert_if_new
from counsel.reminders.catalogue import LetterKind
from counsel.reminders.letter_rules import problems, tidied
from counsel.reminders.models import Letter

# Any id, always the same: the ids of letters are made from it.
_LETTERS = uuid.UUID("5b7c1d0e-9a43-4f0e-8a55-3f6d2f1c7a90")

# Why there is a change without words of the practice's own after it.
PUT_BACK = "ours again"


def letter_id(key: str, language: str) -> uuid.UUID:
    """One message in one language is one thing in the access log, through every "ours again"."""
    return uuid.uuid5(_LETTERS, f"{key} {language}")


def seen_mark(letter: Letter | None) -> str:
    """What somebody who has these words before them saves with theirs: see `letter_change`."""
    return letter.changed_at.isoformat() if letter else ""


@transaction.atomic
def letter_change(
    *,
    kind: LetterKind,
    language: str,
    subject: str,
    body: str,
    seen: str,
    by: User,
    request: HttpRequest | None = None,
) -> Letter:
    """The practice's own words from now on, in every message that is not out yet.

    `seen` is the `seen_mark` of the words that were before the writer. Raises ConflictError where
    somebody has changed them since, DomainError for the first rule the new words break.
    """
    subject, body = subject.strip(), tidied(body)
    for problem in problems(kind, subject, body):
        raise DomainError(problem.message, field=problem.field)
    words = {"subject": subject, "body": body, "changed_at": timezone.now(), "changed_by": by}
    letter = Letter(id=letter_id(kind.key, language), key=kind.key, language=language, **words)
    if not seen:
        verb, is_ours = Verb.CREATE, insert_if_new(letter)
    else:
        verb = Verb.CHANGE
        is_ours = bool(_as_seen(kind, language, seen).update(**words))
    if not is_ours:
        raise ConflictError(_("Somebody has changed these words since you opened them."))
    record_access(verb=verb, subject=letter, client_id=None, request=request, actor=by)
    return letter


@transaction.atomic
def letter_reset(
    *,
    kind: LetterKind,
    language: str,
    seen: str,
    by: User,
    request: HttpRequest | None = None,
) -> None:
    """Our words again. Raises ConflictError as `letter_change` does."""
    letter = Letter(id=letter_id(kind.key, language))
    if not _as_seen(kind, language, seen).delete()[0]:
        raise ConflictError(_("Somebody has changed these words since you opened them."))
    record_access(
        verb=Verb.CHANGE,
        subject=letter,
        client_id=None,
        request=request,
        actor=by,
        reason=PUT_BACK,
    )


def _as_seen(kind: LetterKind, language: str, seen: str) -> QuerySet[Letter]:
    """The row, while nobody has changed it since; none for a mark that is no moment."""
    try:
        changed_at = datetime.fromisoformat(seen)
    except ValueError:
        return Letter.objects.none()
    if changed_at.tzinfo is None:
        return Letter.objects.none()
    rows: QuerySet[Letter] = Letter.objects.filter(
        key=kind.key, language=language, changed_at=changed_at
    )
    return rows
