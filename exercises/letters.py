"""Which messages this app has words for, and what is filled in there."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from clients.letters import INVITATIONS, LAST_DAY, TO_COUNSELLORS
from counsel.reminders.catalogue import GREETING, LetterKind, Placeholder, link_to, register_letters
from exercises.digest import Form, letter_of

PRACTICE = _("Practice")


def register() -> None:
    register_letters(*_homework())
    register_letters(
        LetterKind(
            key="partner_invitation",
            group=INVITATIONS,
            label=_("Invitation of somebody close"),
            when=_("To whom a client would like to tell something small now and then."),
            placeholders=(
                LAST_DAY,
                link_to(_("the page to say yes or no on"), "/with/invitation/8c1f7a…/"),
            ),
        ),
        LetterKind(
            key="small_share_waiting",
            group=INVITATIONS,
            label=_("Something small is waiting"),
            when=_("To somebody close who said yes, when a client tells them something."),
            placeholders=(link_to(_("their page"), "/with/"),),
        ),
        LetterKind(
            key="risk_flag",
            group=TO_COUNSELLORS,
            label=_("Please look at your desk"),
            when=_(
                "To a counsellor when an entry should be looked at today; again after a day. To "
                "who looks in their place, where it stays open."
            ),
            placeholders=(link_to(_("the desk"), "/admin/"),),
        ),
    )


def _homework() -> Iterable[LetterKind]:
    """One message a day, in one of these forms."""
    choices = Placeholder(
        name="settings_link",
        meaning=_("the page where they choose the hour, a pause or none"),
        sample="/my/settings/messages/",
        is_required=True,
        is_link=True,
    )
    filled_in = (GREETING, link_to(_("their page"), "/my/"), choices)
    for form, label, when in (
        (Form.PRACTICE, _("Reminder"), _("At a client's hour, on a day that asks for practice.")),
        (Form.MEASURE, _("A few questions"), _("On a day on which a measure is to be filled in.")),
        (Form.NEWS, _("Something new"), _("On the first day of something you have given them.")),
        (Form.REPLY, _("Your words"), _("When you have written under an entry.")),
        (Form.SEVERAL, _("Several things"), _("Where more than one of these is open on a day.")),
        (
            Form.GENTLY,
            _("Reminder, less often"),
            _("Every third time only, once reminders were followed by nothing for a while."),
        ),
        (
            Form.LAST,
            _("The last reminder"),
            _("When reminders stop by themselves. It says how they begin again."),
        ),
    ):
        yield LetterKind(letter_of(form), PRACTICE, label, when, filled_in)
