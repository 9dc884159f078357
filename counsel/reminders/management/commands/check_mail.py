from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import ERROR, CheckMessage
from django.core.mail import get_connection
from django.core.management.base import BaseCommand, CommandError

from counsel.reminders.carriers.email import judge_opening
from counsel.reminders.transport import SMTP, mail_findings, records_to_set, sender_domain


class Command(BaseCommand):
    help = (
        "Looks at how mails leave: whether they are encrypted to the mail server, whether it lets "
        "us in, whether sender and links tell nothing; and says which records the sender's domain "
        "needs. Sends nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        findings = mail_findings()
        for finding in findings:
            self._say(finding)
        # A password is not sent over a line that is known to be open.
        errors = sum(finding.level >= ERROR for finding in findings)
        if not errors and settings.EMAIL_BACKEND in SMTP:
            errors += not self._opens()
        self.stdout.write(f"\n{sender_domain()} needs these, which are not looked up:")
        for line in records_to_set(sender_domain()):
            self.stdout.write(f"  {line}")
        if errors:
            raise CommandError("Mails should not leave like this.")

    def _say(self, finding: CheckMessage) -> None:
        style = self.style.ERROR if finding.level >= ERROR else self.style.WARNING
        hint = f"\n  {finding.hint}" if finding.hint else ""
        self.stdout.write(style(f"{finding.msg}{hint}"))

    def _opens(self) -> bool:
        """Whether the server can be reached, proves who it is, and lets us in."""
        connection = get_connection()
        try:
            connection.open()
        except Exception as error:
            _verdict, code = judge_opening(error)
            words = f"{settings.EMAIL_HOST} does not let us in ({code or type(error).__name__})."
            self.stdout.write(self.style.ERROR(words))
            return False
        connection.close()
        self.stdout.write(self.style.SUCCESS(f"{settings.EMAIL_HOST} lets us in."))
        return True
