"""Which messages this app has words for, and what is filled in there."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from counsel.reminders.catalogue import LetterKind, Placeholder, link_to, register_letters


def register() -> None:
    register_letters(
        LetterKind(
            key="invitation",
            group=_("Invitations"),
            label=_("Invitation to the portal"),
            when=_("To a client whom their counsellor invites."),
            placeholders=(
                Placeholder(
                    name="until",
                    meaning=_("the last day the link works"),
                    sample=_("17 March"),
                    is_required=True,
                ),
                link_to(_("the page that opens the portal to them"), "/invitation/8c1f7a…/"),
            ),
        )
    )
