"""Which messages this app has words for, and what is filled in there."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from counsel.reminders.catalogue import GREETING, LetterKind, Placeholder, link_to, register_letters

INVITATIONS = _("Invitations")
AGREEMENTS = _("Agreements")
ADDRESSES = _("Addresses")
TO_COUNSELLORS = _("To counsellors")
# Of an invitation.
LAST_DAY = Placeholder(
    name="until", meaning=_("the last day the link works"), sample=_("17 March"), is_required=True
)


def register() -> None:
    register_letters(_invitation(), *_agreements(), *_addresses(), _emergency())


def _invitation() -> LetterKind:
    page = link_to(_("the page that opens the portal to them"), "/invitation/8c1f7a…/")
    return LetterKind(
        key="invitation",
        group=INVITATIONS,
        label=_("Invitation to the portal"),
        when=_("To a client whom their counsellor invites."),
        placeholders=(LAST_DAY, page),
    )


def _emergency() -> LetterKind:
    return LetterKind(
        key="emergency_access",
        group=TO_COUNSELLORS,
        label=_("Please look at your desk"),
        when=_("To a counsellor when somebody opened the record of a client in an emergency."),
        placeholders=(link_to(_("the desk"), "/admin/"),),
    )


def _agreements() -> tuple[LetterKind, ...]:
    text, page = _("Text to agree to"), link_to(_("the text"), "/my/agreements/8c1f7a…/")
    return (
        LetterKind(
            key="consent_to_sign",
            group=AGREEMENTS,
            label=text,
            when=_("To a client whom you ask to read a text and to agree to it."),
            placeholders=(GREETING, page),
        ),
        LetterKind(
            key="consent_to_sign.short",
            group=AGREEMENTS,
            label=text,
            when=_("The same, in one line."),
            placeholders=(),
            is_short=True,
        ),
    )


def _addresses() -> tuple[LetterKind, ...]:
    code = Placeholder("code", _("the code"), "4821-0937", is_required=True)
    minutes = Placeholder("minutes", _("how many minutes it is good for"), "30", is_required=True)
    page = link_to(_("the page where they decide it"), "/my/messages/")
    in_a_line = _("The same as a text message.")
    checked, changed = _("Code for a new address"), _("Messages go elsewhere")
    return (
        LetterKind(
            "address_check",
            ADDRESSES,
            checked,
            _("To an address or a number that a client wants their messages at."),
            (code, minutes),
        ),
        LetterKind("address_check.short", ADDRESSES, checked, in_a_line, (code,), True),
        LetterKind(
            "address_changed",
            ADDRESSES,
            changed,
            _("To where their messages went before."),
            (page,),
        ),
        LetterKind("address_changed.short", ADDRESSES, changed, in_a_line, (), True),
    )
