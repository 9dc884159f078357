"""Which messages this app has words for, and what is filled in there."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from counsel.reminders.catalogue import LetterKind, Placeholder, link_to, register_letters

_FREE_TIMES = _("Free times")
_WHEN = Placeholder(
    name="when",
    meaning=_("day and time, by the reader's clock"),
    sample=_("Tuesday 3 March, 17:00 (India time)"),
    is_required=True,
    suits_subjects=True,
)
_ZONE = Placeholder(
    name="zone",
    meaning=_("which clock that is"),
    sample=_("India time, UTC+5:30"),
    is_required=True,
)
_KEPT_UNTIL = Placeholder(
    name="until",
    meaning=_("how long the time is kept"),
    sample=_("Tuesday 3 March, 9:30 (India time)"),
    is_required=True,
)


def register() -> None:
    register_letters(
        LetterKind(
            key="booking_confirm",
            group=_FREE_TIMES,
            label=_("Address to be confirmed"),
            when=_("To a visitor who asked for a time with an address we do not know."),
            placeholders=(
                _WHEN,
                _ZONE,
                _KEPT_UNTIL,
                link_to(_("the page that books the time"), "/held/8c1f7a…/"),
            ),
        ),
        LetterKind(
            key="waiting_link",
            group=_FREE_TIMES,
            label=_("Link to the waiting list"),
            when=_("To somebody who asked to hear when a time comes free."),
            placeholders=(link_to(_("their place in the list"), "/waiting/8c1f7a…/"),),
        ),
        LetterKind(
            key="waiting_offer",
            group=_FREE_TIMES,
            label=_("A time has come free"),
            when=_("To the one on the waiting list for whom a time is kept."),
            placeholders=(
                _WHEN,
                _ZONE,
                _KEPT_UNTIL,
                link_to(_("the page that takes the time or declines it"), "/offer/8c1f7a…/"),
            ),
        ),
    )
