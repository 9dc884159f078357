"""Keeping a step while it is being written. Answers to a script, never with what was sent."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counsel.common.errors import ConflictError
from exercises.access import own_entry
from exercises.services.practising import entry_save_step


@require_POST
def autosave(request: HttpRequest, entry_id: uuid.UUID) -> JsonResponse:
    """Takes `{"step": 2, "answers": {"key": ["…"]}}`; says what could not be kept, by field."""
    if not request.user.is_authenticated:
        return JsonResponse({}, status=401)
    entry = own_entry(request.user, entry_id)
    try:
        number, answers = _read(request.body)
        step = entry.steps()[number - 1]
        cleaned = entry_save_step(entry=entry, step=step, raw=answers)
    except RequestDataTooBig:
        message = _("This is too much for one page. Please keep a part of it somewhere else.")
        return JsonResponse({"message": message}, status=413)
    except ConflictError as conflict:
        return JsonResponse({"message": conflict.message}, status=409)
    except (ValueError, LookupError, RecursionError):
        return JsonResponse({}, status=400)
    return JsonResponse({"errors": cleaned.errors})


def _read(body: bytes) -> tuple[int, dict[str, Any]]:
    """The step's number and the answers. Raises ValueError for anything else."""
    sent = json.loads(body)
    number = sent.get("step") if isinstance(sent, dict) else None
    answers = sent.get("answers") if isinstance(sent, dict) else None
    if not isinstance(number, int) or number < 1 or not isinstance(answers, dict):
        raise ValueError("not a step with its answers")
    return number, answers
