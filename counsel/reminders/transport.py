"""What can be known here of the way mails take to their readers, and of whom they come from.

Without the domain's own records (SPF, DKIM, DMARC) many servers refuse our mails or call them
spam. They cannot be looked up with what Python brings, so they are only said.
"""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from counsel.reminders.checks import check_mailbox, check_words
from counsel.reminders.hosts import NO_HOST, THIS_MACHINE, mail_host

SMTP = ("counsel.reminders.smtp.EmailBackend", "django.core.mail.backends.smtp.EmailBackend")
# Domains that nobody can send from.
_NOWHERE = ("", "localhost", "example.org", "example.com", "example.net", "invalid")


def mail_findings() -> list[CheckMessage]:
    """Errors mean that mails tell too much on their way, or will not arrive."""
    return [*_on_the_way(), *_sender(), *check_words(), *check_mailbox()]


def records_to_set(domain: str) -> list[str]:
    """What whoever runs the domain has to publish, in words."""
    provider = "your mail provider"
    if settings.EMAIL_BACKEND in SMTP:
        provider = settings.EMAIL_HOST
    return [
        f'SPF: one TXT record at {domain}, "v=spf1 … -all", with what {provider} asks for.',
        f"DKIM: the TXT or CNAME record under _domainkey.{domain} that {provider} gives you; "
        "it must sign with this domain.",
        f'DMARC: a TXT record at _dmarc.{domain}, "v=DMARC1; p=none; rua=mailto:…" to begin '
        'with, "p=reject" once the reports look right.',
    ]


def sender_domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2].lower()


def _on_the_way() -> Iterator[CheckMessage]:
    if settings.EMAIL_BACKEND not in SMTP:
        return
    is_sealed = settings.EMAIL_USE_SSL or settings.EMAIL_USE_TLS
    if not is_sealed and settings.EMAIL_HOST not in THIS_MACHINE:
        yield Error(
            f"Mails go to {settings.EMAIL_HOST} in plain text, with the password.",
            hint="Begin COUNSEL_MAIL_URL with smtps:// or smtp+tls://.",
            id="reminders.E010",
        )


def _sender() -> Iterator[CheckMessage]:
    domain = sender_domain()
    if domain in _NOWHERE or "." not in domain:
        yield Error(
            f"Nobody can answer, or trust, mails from {domain or 'no domain at all'}.",
            hint="Set COUNSEL_MAIL_FROM to an address of a domain of yours.",
            id="reminders.E011",
        )
    if mail_host() == NO_HOST:
        host = urlsplit(settings.BASE_URL).hostname
        yield Warning(
            f"{host} cannot stand in the mails' Message-IDs; they end with {NO_HOST} instead.",
            hint="Set COUNSEL_BASE_URL to a name of your own that tells nothing.",
            id="reminders.W010",
        )
