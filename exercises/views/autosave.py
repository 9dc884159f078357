"""Keeping a step while it is being written. Answers to a script, never with what was sent.

The exceptions: texts in which the words of two devices now stand go back, so that whoever
writes sees both; and after an answer that asks for it comes where to find help.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counsel.common.errors import ConflictError
from exercises.access import own_entry
from exercises.asking import step_shown
from exercises.joining import as_line, from_line
from exercises.selectors.measures import is_always_shared
from exercises.services.practising import entry_save_step
from exercises.templatetags.measures import help_at_once


@require_POST
def autosave(request: HttpRequest, entry_id: uuid.UUID) -> JsonResponse:
    """Takes `{"step": 2, "answers": {"key": ["…"]}, "was": "key:0a1b…"}`; says what could not
    be kept, by field, and what the page is to send as `was` the next time.
    """
    if not request.user.is_authenticated:
        return JsonResponse({}, status=401)
    entry = own_entry(request.user, entry_id)
    try:
        number, answers, was = _read(request.body)
        forms = (entry.steps(), entry.version.parsed_steps())
        step = step_shown(forms, was or ()) or forms[0][number - 1]
        saved = entry_save_step(entry=entry, step=step, raw=answers, was=was)
    except RequestDataTooBig:
        message = _("This is too much for one page. Please keep a part of it somewhere else.")
        return JsonResponse({"message": message}, status=413)
    except ConflictError as conflict:
        return JsonResponse({"message": conflict.message}, status=409)
    except (ValueError, LookupError, RecursionError):
        return JsonResponse({}, status=400)
    texts = {
        f.key: entry.answers[f.key] for f in step.fields if f.kind.is_text and f.key in saved.both
    }
    told = {"errors": saved.errors, "texts": texts, "was": as_line(saved.was)}
    if is_always_shared(entry.version):
        told["help"] = render_to_string("exercises/_help_at_once.html", help_at_once(entry))
    return JsonResponse(told)


def _read(body: bytes) -> tuple[int, dict[str, Any], dict[str, str] | None]:
    """The step's number, the answers, the fingerprints. Raises ValueError for anything else."""
    sent = json.loads(body)
    table = sent if isinstance(sent, dict) else {}
    number, answers, was = table.get("step"), table.get("answers"), table.get("was")
    if not isinstance(number, int) or number < 1 or not isinstance(answers, dict):
        raise ValueError("not a step with its answers")
    return number, answers, from_line(was) if isinstance(was, str) else None
