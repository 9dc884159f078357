"""What the tests do in a process of its own: `manage.py ledger "plan 3" send rows`."""

from __future__ import annotations

import json
import multiprocessing
from datetime import timedelta

from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, connections
from django.utils import timezone

from counsel.common import stopping
from counsel.reminders.claims import claim
from counsel.reminders.dispatch import run_due
from counsel.reminders.models import Reminder
from counsel.reminders.services import reminder_plan
from tests.factories import make_counsellor

fork = multiprocessing.get_context("fork")


def plan(number):
    """So many reminders, due now."""
    counsellor, now = make_counsellor(), timezone.now()
    for index in range(int(number)):
        reminder_plan(
            counsellor=counsellor,
            kind="knock",
            subject=f"visit:{index}",
            person="visitor:1",
            due_at=now,
            not_after=now + timedelta(hours=2),
        )


def claim_all(workers):
    """What each of so many processes got by claiming at the same moment, until nothing is left."""
    return _at_once(int(workers), _claim_until_done)


def send():
    return run_due().sent


def send_politely():
    with stopping.listening():
        return send()


def rows():
    names = ("kind", "subject", "state", "reason", "attempts", "handed_over_at")
    return list(Reminder._base_manager.order_by("subject", "due_at").values(*names))


def _claim_until_done():
    taken = []
    while batch := claim(timezone.now(), 7):
        taken += [row.subject for row in batch]
    return taken


def _at_once(workers, work):
    connection.close()
    ready, results = fork.Barrier(workers), fork.Queue()

    def run():
        connections.close_all()
        ready.wait()
        results.put(work())

    children = [fork.Process(target=run) for _ in range(workers)]
    for child in children:
        child.start()
    found = [results.get(timeout=60) for _ in children]
    for child in children:
        child.join()
    return found


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("steps", nargs="+")

    def handle(self, *, steps, **options):
        answers = []
        for step in steps:
            name, *arguments = step.split()
            answers.append(globals()[name](*arguments))
        self.stdout.write(json.dumps(answers, cls=DjangoJSONEncoder))
