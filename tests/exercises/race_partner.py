"""Eight processes at one tie at the same moment. Prints what came of it.

A script, because processes need a database they share: run it with the environment of the
fixture `counsel_env`.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys

import django
from django.db import connections

PROCESSES = 8


def post(path, form, user=None):
    from django.test import Client

    browser = Client(raise_request_exception=False)
    if user is not None:
        browser.force_login(user)
    return browser.post(path, form, HTTP_HOST="localhost").status_code


def accepting(client_record):
    """Eight clicks on the same yes, by somebody who does not sign in here yet."""
    from django.urls import reverse

    from exercises.partner_tokens import partner_token
    from tests.factories import make_partner

    tie = make_partner(client=client_record, user=None, email="ben@example.org")
    path = reverse("exercises:with_invitation", args=[partner_token(tie)])
    for _number in range(PROCESSES):
        yield path, {"do": "accept", "time_zone": "UTC"}, None


def accepting_several(client_record):
    """The same, with an invitation each from eight different people."""
    from django.urls import reverse

    from exercises.partner_tokens import partner_token
    from tests.factories import make_partner

    for _number in range(PROCESSES):
        tie = make_partner(user=None, email="ben@example.org")
        path = reverse("exercises:with_invitation", args=[partner_token(tie)])
        yield path, {"do": "accept", "time_zone": "UTC"}, None


def inviting(client_record):
    from django.urls import reverse

    for number in range(PROCESSES):
        who = {"name": "Ben", "email": f"person{number}@example.org", "agree": "on"}
        yield reverse("exercises:partner"), who, client_record.user


def ending(client_record):
    """Half of them send, half of them end."""
    from django.urls import reverse

    from tests.factories import make_partner

    make_partner(client=client_record)
    for number in range(PROCESSES):
        if number % 2:
            yield reverse("exercises:partner_end"), {}, client_record.user
        else:
            yield reverse("exercises:small_share"), {"text": f"No. {number}"}, client_record.user


def race(acts):
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(PROCESSES), context.Queue()

    def run(*act):
        barrier.wait()
        answers.put(post(*act))

    people = [context.Process(target=run, args=act) for act in acts]
    # A connection must not be shared by the processes that are about to be forked.
    connections.close_all()
    for person in people:
        person.start()
    told = [answers.get(timeout=60) for _person in people]
    for person in people:
        person.join()
    return told


def main():
    # Pages name their static files without `collectstatic` having run.
    os.environ["COUNSEL_DEBUG"] = "true"
    django.setup()
    from tests import looking

    looking.allow()

    from counsel.accounts.models import User
    from counsel.reminders.models import Reminder
    from exercises.models import Partner, SmallShare
    from tests.factories import make_portal_client

    kinds = {kind.__name__: kind for kind in (accepting, accepting_several, inviting, ending)}
    told = race(list(kinds[sys.argv[1]](make_portal_client())))
    counts = {
        "ties": Partner.objects.count(),
        "open": Partner.objects.open().count(),
        "there": Partner.objects.filter(accepted_at__isnull=False).count(),
        "users": User.objects.filter(email="ben@example.org").count(),
        "readable": SmallShare.objects.to_be_read().count(),
        "waiting": Reminder.objects.filter(state="queued").count(),
    }
    json.dump({"told": sorted(told), **counts}, sys.stdout)


if __name__ == "__main__":
    main()
