from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from counsel.reminders.catalogue import get_letter
from counsel.reminders.letter_rules import Problem, problems
from counsel.reminders.models import Letter


class Command(BaseCommand):
    help = (
        "After an update: which of the practice's own words of messages break a rule that is newer "
        "than they are. Ours are sent in their place until they are changed at the desk."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        broken = [(letter, found) for letter in Letter.objects.all() if (found := _broken(letter))]
        for letter, found in broken:
            self.stdout.write(self.style.ERROR(f"{letter}:"))
            for problem in found:
                self.stdout.write(f"  {problem.field}: {problem.message}")
        if broken:
            raise CommandError(f"{len(broken)} of the practice's own words are not sent.")


def _broken(letter: Letter) -> list[Problem]:
    """None for words of a message that is not sent any more."""
    try:
        kind = get_letter(letter.key)
    except KeyError:
        return []
    return problems(kind, letter.subject, letter.body)
