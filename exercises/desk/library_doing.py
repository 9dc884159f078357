"""What the buttons on an exercise's page do: copy it, put it away, share it, move clients."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counsel.accounts.models import Counsellor
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.http import id_or_404
from exercises.access import own_exercise_of
from exercises.models import Assignment, Exercise, ExerciseVersion
from exercises.selectors.library import behind, newest_version
from exercises.services.library import (
    draft_discard,
    exercise_bring_back,
    exercise_copy,
    exercise_put_away,
    exercise_share,
)
from exercises.services.moving import assignments_move

LIST = "admin:exercises_exercise_changelist"
PAGE = "admin:exercises_exercise_change"
EDIT = "admin:exercises_exercise_edit"


@dataclass(frozen=True, slots=True)
class Done:
    words: str
    url: str


def do(request: HttpRequest, counsellor: Counsellor, exercise: Exercise, change: str) -> Done:
    """404 for a change there is none of, or one of somebody else's exercise."""
    if change not in {*_ANYBODYS, *_OWN}:
        raise Http404
    if change in _OWN:
        return _OWN[change](own_exercise_of(request.user, exercise.pk))
    return _ANYBODYS[change](request, counsellor, exercise)


def _copy(request: HttpRequest, counsellor: Counsellor, exercise: Exercise) -> Done:
    version = newest_version(exercise)
    if version is None or exercise.kind == Exercise.Kind.MEASURE:
        raise Http404
    copy = exercise_copy(owner=counsellor, version=version)
    words = _("This is your own copy. Nobody sees it until you publish it.")
    return Done(words, reverse(EDIT, args=[copy.pk]))


def _move(request: HttpRequest, counsellor: Counsellor, exercise: Exercise) -> Done:
    newest = newest_version(exercise)
    if newest is None:
        raise Http404
    open_rows = {row.pk: row for row in behind(request.user, exercise, newest)}
    chosen = set(open_rows)
    if "all" not in request.POST:
        chosen = {id_or_404(pk) for pk in request.POST.getlist("assignment")}
    if not chosen <= set(open_rows):
        raise Http404
    moved = _moved(request, counsellor, newest, [open_rows[pk] for pk in chosen])
    words = ngettext(
        "%(count)s client has version %(number)s from the next time on.",
        "%(count)s clients have version %(number)s from the next time on.",
        moved,
    )
    if not moved:
        words = _("Tick somebody first.")
    return Done(words % {"count": moved, "number": newest.number}, _page(exercise.pk))


@transaction.atomic
def _moved(
    request: HttpRequest,
    counsellor: Counsellor,
    newest: ExerciseVersion,
    assignments: list[Assignment],
) -> int:
    """How many clients; each of them finds it in the record."""
    moved = assignments_move(counsellor=counsellor, version=newest, assignments=assignments)
    for row in assignments:
        record_access(verb=Verb.CHANGE, subject=row, client_id=row.client_id, request=request)
    return len({row.client_id for row in moved})


def _away(exercise: Exercise) -> Done:
    exercise_put_away(exercise=exercise)
    words = _("It is put away: it is not offered any more. Who has it keeps it.")
    return Done(words, _page(exercise.pk))


def _back(exercise: Exercise) -> Done:
    exercise_bring_back(exercise=exercise)
    return Done(_("It is back in the library."), _page(exercise.pk))


def _for_all(exercise: Exercise) -> Done:
    exercise_share(exercise=exercise, for_practice=True)
    return Done(_("Your colleagues can assign and copy it now."), _page(exercise.pk))


def _for_me(exercise: Exercise) -> Done:
    exercise_share(exercise=exercise, for_practice=False)
    words = _("Only you can assign it now. What colleagues gave to clients stays.")
    return Done(words, _page(exercise.pk))


def _discard(exercise: Exercise) -> Done:
    is_left = draft_discard(exercise=exercise)
    words = _("The draft is thrown away.")
    return Done(words, _page(exercise.pk) if is_left else reverse(LIST))


def _page(pk: uuid.UUID) -> str:
    return reverse(PAGE, args=[pk])


_ANYBODYS: dict[str, Callable[[HttpRequest, Counsellor, Exercise], Done]] = {
    "copy": _copy,
    "move": _move,
}
_OWN: dict[str, Callable[[Exercise], Done]] = {
    "away": _away,
    "back": _back,
    "for-all": _for_all,
    "for-me": _for_me,
    "discard": _discard,
}
