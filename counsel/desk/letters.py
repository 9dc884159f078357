"""The words of our messages at the desk: everybody reads them, the practice manager writes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST, require_safe

from clients.letters import ADDRESSES, INVITATIONS, TO_COUNSELLORS
from counsel.accounts.roles import is_manager
from counsel.audit.models import AccessEvent
from counsel.common.errors import ConflictError, DomainError
from counsel.common.http import AuthedRequest, require_get_or_post
from counsel.desk.letter_forms import LetterForm
from counsel.desk.letter_preview import preview_page
from counsel.desk.mail_frame import framed_mail
from counsel.desk.pages import Wrap, desk_page, for_managers
from counsel.reminders.catalogue import LetterKind, get_letter, letter_kinds
from counsel.reminders.letter_rules import Problem, problems, tidied
from counsel.reminders.letter_services import (
    PUT_BACK,
    letter_change,
    letter_id,
    letter_reset,
    seen_mark,
)
from counsel.reminders.letters import Words, our_words, sample_values
from counsel.reminders.models import Letter
from exercises.desk.framing import may_frame_own
from exercises.letters import PRACTICE
from sessions.mails.letters import APPOINTMENTS, FREE_TIMES, SERIES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_CHANGES_SHOWN = 20
# In this order; a group not named here stands last.
_GROUPS = (APPOINTMENTS, SERIES, FREE_TIMES, PRACTICE, INVITATIONS, ADDRESSES, TO_COUNSELLORS)


def urls(wrap: Wrap) -> list[URLPattern]:
    at = "letters/<str:key>/<str:language>/"
    return [
        path("letters/", wrap(letters), name="letters"),
        path(at, wrap(letter), name="letter"),
        path(f"{at}preview/", wrap(preview), name="letter_preview"),
        path(f"{at}ours/", wrap(put_back), name="letter_put_back"),
    ]


@dataclass(frozen=True, slots=True)
class Row:
    """A message in one language; `own` are the practice's words for it, `broken` what is wrong."""

    kind: LetterKind
    language: str
    language_name: StrOrPromise
    own: Letter | None
    broken: list[Problem]


@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """All of them, by what they are about. One query."""
    groups: dict[str, list[Row]] = {str(group): [] for group in _GROUPS}
    for row in _rows():
        groups.setdefault(str(row.kind.group), []).append(row)
    context = {"groups": groups.items(), "languages": settings.LANGUAGES}
    return desk_page(request, "desk/letters/list.html", _("Words of messages"), context)


def _rows() -> Iterator[Row]:
    own = {(row.key, row.language): row for row in Letter.objects.select_related("changed_by")}
    for kind in letter_kinds():
        for code, name in settings.LANGUAGES:
            letter = own.get((kind.key, code))
            yield Row(kind, code, name, letter, _broken(kind, letter))


def _broken(kind: LetterKind, own: Letter | None) -> list[Problem]:
    return problems(kind, own.subject, own.body) if own else []


@require_get_or_post
def letter(request: AuthedRequest, key: str, language: str) -> HttpResponse:
    kind = _kind(key, language)
    own = _own(kind, language)
    if request.method != "POST":
        return _page(request, kind, language, own)
    return _save(request, kind, language, own)


@for_managers
def _save(
    request: AuthedRequest, kind: LetterKind, language: str, own: Letter | None
) -> HttpResponse:
    form = LetterForm(request.POST, kind=kind, words=_words(kind, language, own))
    seen = request.POST.get("seen", "")
    if form.is_valid():
        try:
            letter_change(
                kind=kind,
                language=language,
                subject=form.cleaned_data.get("subject", ""),
                body=form.cleaned_data["body"],
                seen=seen,
                by=request.user,
                request=request,
            )
        except ConflictError as error:
            form.add_error(None, error.message)
            # Saving once more is then no accident.
            return _page(request, kind, language, own, form=form, seen=seen_mark(own), theirs=True)
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, _("Saved. The next message says it like this."))
            return redirect("admin:letter", kind.key, language)
    return _page(request, kind, language, own, form=form, seen=seen)


@require_get_or_post
def preview(request: HttpRequest, key: str, language: str) -> HttpResponse:
    """The mail as its readers get it, for the frame beside its words. Keeps nothing."""
    kind = _kind(key, language)
    words = _words(kind, language, _own(kind, language))
    if request.method == "POST":
        words = Words(request.POST.get("subject", "").strip(), tidied(request.POST.get("body", "")))
    found = problems(kind, words.subject, words.body)
    with override(language):
        values = sample_values(kind, with_names="names" in request.POST)
    return framed_mail(preview_page(kind, words, values, language, found))


@for_managers
@require_POST
def put_back(request: AuthedRequest, key: str, language: str) -> HttpResponse:
    kind = _kind(key, language)
    seen = request.POST.get("seen", "")
    try:
        letter_reset(kind=kind, language=language, seen=seen, by=request.user, request=request)
    except ConflictError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Our words are back."))
    return redirect("admin:letter", kind.key, language)


def _kind(key: str, language: str) -> LetterKind:
    """Raises Http404."""
    try:
        kind = get_letter(key)
    except KeyError:
        raise Http404 from None
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return kind


def _own(kind: LetterKind, language: str) -> Letter | None:
    rows = Letter.objects.select_related("changed_by")
    return rows.filter(key=kind.key, language=language).first()


def _words(kind: LetterKind, language: str, own: Letter | None) -> Words:
    return Words(own.subject, own.body) if own else our_words(kind, language)


def _page(
    request: HttpRequest,
    kind: LetterKind,
    language: str,
    own: Letter | None,
    *,
    form: LetterForm | None = None,
    seen: str | None = None,
    theirs: bool = False,
) -> HttpResponse:
    words = _words(kind, language, own)
    context: dict[str, Any] = {
        "kind": kind,
        "language": language,
        "language_name": dict(settings.LANGUAGES)[language],
        "has_languages": len(settings.LANGUAGES) > 1,
        "own": own,
        "words": words,
        "theirs": theirs,
        "broken": _broken(kind, own),
        "seen": seen_mark(own) if seen is None else seen,
        "may_write": is_manager(request.user),
        "has_names": any(row.named for row in kind.placeholders),
        "form": form or LetterForm(None, kind=kind, words=words),
        "changes": _changes(request, kind, language),
        "put_back": PUT_BACK,
    }
    title = _("%(message)s, in a line") % {"message": kind.label} if kind.is_short else kind.label
    is_refused = form is not None
    page = desk_page(
        request, "desk/letters/letter.html", str(title), context, is_refused=is_refused
    )
    return may_frame_own(page)


def _changes(request: HttpRequest, kind: LetterKind, language: str) -> QuerySet[AccessEvent]:
    """Who changed these words and when, the newest first; a counsellor sees none."""
    rows = AccessEvent.objects.visible_to(request.user).select_related("actor")
    about = {"subject": Letter._meta.label_lower, "subject_id": letter_id(kind.key, language)}
    found: QuerySet[AccessEvent] = rows.filter(**about).order_by("-sequence")[:_CHANGES_SHOWN]
    return found
