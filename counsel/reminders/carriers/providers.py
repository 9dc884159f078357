"""What it means that a mail provider's service (by django-anymail) did not say yes."""

from __future__ import annotations

from datetime import timedelta

from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
)
from django.core.mail import EmailMessage
from django.utils import timezone
from requests import ConnectTimeout
from requests.exceptions import SSLError
from urllib3.exceptions import MaxRetryError, NewConnectionError

from counsel.common.posting import Answer
from counsel.reminders.carriers.base import Refusal, Verdict

# They speak of our account: of its key, or of a bill.
_ACCOUNT = frozenset({401, 402, 403})
# About all of us at this moment, not about one message.
_FOR_ALL = frozenset({429, 502, 503, 504})
# As a mail server would say it.
_NO_SUCH_READER = 550


def check(mail: EmailMessage) -> None:
    """Raises Refusal where a service said no in a way that django-anymail takes for a yes."""
    status = getattr(mail, "anymail_status", None)
    answer = getattr(status, "esp_response", None)
    code = getattr(answer, "status_code", 200)
    if code >= 300:
        raise Refusal(Verdict.LATER, code)


def judged(error: AnymailError, address: str) -> Refusal:
    """Never by the provider's words: they may repeat the address.

    An answer that is neither about the reader nor about our account is tried again: whatever it
    finds wrong with the message may be our set-up, and failing every message would lose them.
    """
    if isinstance(error, AnymailRecipientsRefused | AnymailInvalidAddress):
        return Refusal(Verdict.FINAL, _NO_SUCH_READER, address=address)
    what, status = _kind(error), error.status_code
    if status is None:
        return _without_answer(error, what)
    if status in _ACCOUNT:
        return Refusal(Verdict.STOP, status, what=what)
    if 200 <= status < 300:
        # It has said yes, in a way that nobody here can read.
        return Refusal(Verdict.CUT_OFF, status, what=what)
    whole_queue = status in _FOR_ALL
    return Refusal(Verdict.LATER, status, what=what, wait=_wait(error), whole_queue=whole_queue)


def _without_answer(error: AnymailError, what: str) -> Refusal:
    cause = error.__cause__
    if not isinstance(error, AnymailAPIError):
        # Our own message did not suit the provider's service: nothing has left.
        return Refusal(Verdict.LATER, what=what)
    if isinstance(cause, ConnectTimeout | SSLError) or _found_nobody(cause):
        return Refusal(Verdict.LATER, what=what, whole_queue=True, hung_up=True)
    return Refusal(Verdict.CUT_OFF, what=what, hung_up=True)


def _found_nobody(cause: BaseException | None) -> bool:
    reason = cause.args[0] if cause is not None and cause.args else None
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)


def _kind(error: AnymailError) -> str:
    return type(error.__cause__ or error).__name__


def _wait(error: AnymailError) -> timedelta | None:
    asked = getattr(error.response, "headers", {}).get("Retry-After", "")
    return Answer(error.status_code or 0, asked).wait(timezone.now())
