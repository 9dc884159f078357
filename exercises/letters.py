"""Which messages this app has words for, and what is filled in there."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from counsel.reminders.catalogue import LetterKind, Placeholder, link_to, register_letters


def register() -> None:
    register_letters(
        LetterKind(
            key="partner_invitation",
            group=_("Invitations"),
            label=_("Invitation of somebody close"),
            when=_("To whom a client would like to tell something small now and then."),
            placeholders=(
                Placeholder(
                    name="until",
                    meaning=_("the last day the link works"),
                    sample=_("17 March"),
                    is_required=True,
                ),
                link_to(_("the page to say yes or no on"), "/with/invitation/8c1f7a…/"),
            ),
        ),
        LetterKind(
            key="small_share_waiting",
            group=_("Invitations"),
            label=_("Something small is waiting"),
            when=_("To somebody close who said yes, when a client tells them something."),
            placeholders=(link_to(_("their page"), "/with/"),),
        ),
        LetterKind(
            key="risk_flag",
            group=_("To counsellors"),
            label=_("Please look at your desk"),
            when=_("To a counsellor when an entry should be looked at today; again after a day."),
            placeholders=(link_to(_("the desk"), "/admin/"),),
        ),
    )
