"""What a page says after something was kept: plain, warm, and without a judgement.

Pure: values in, words out.
"""

from __future__ import annotations

from django.utils.translation import gettext


def change_in_words(before: int | None, after: int | None) -> tuple[str, ...]:
    """How strong it was and is, where both were given. Nothing here is better or worse."""
    if before is None or after is None:
        return ()
    numbers = {"before": before, "after": after}
    if before == after:
        return (gettext("It was %(before)s, and it is %(after)s still.") % numbers,)
    change = gettext("It was %(before)s, now it is %(after)s.") % numbers
    if after < before:
        return (change,)
    return (change, gettext("It is allowed to be stronger for a while."))


def after_could_not(reason: str) -> str:
    """A few words to go with, whatever was in the way; `reason` may be empty."""
    words = {
        "no_time": gettext("Some days are full. It will keep."),
        "too_much": gettext("Stopping when it is too much is looking after yourself."),
        "forgot": gettext("That happens to everybody. It came back to you now."),
        "not_alone": gettext("It needs a place where you feel safe. Waiting for one is right."),
        "no_need": gettext("A quiet day is a good day, too."),
        "not_for_me": gettext("Then it can change. There are other ways."),
    }
    return words.get(reason, gettext("It wasn't a day for it. That's allowed."))
