"""Eight processes ask for one slot, or click, at the same moment. Prints what each was told.

A script, because processes need a database they share: run it with the environment of the
fixture `counsel_env`.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
from datetime import UTC, datetime, time, timedelta

import django
from django.db import connections

PROCESSES = 8
START = (datetime.now(UTC) + timedelta(days=7)).replace(hour=10, minute=0, second=0, microsecond=0)


def prepare():
    from clients.services import consent_documents_load
    from tests.factories import make_counsellor, make_rule, make_service

    consent_documents_load()
    counsellor = make_counsellor(slug="ada", time_zone="UTC")
    make_rule(counsellor=counsellor, weekday=START.weekday(), starts=time(9), ends=time(17))
    make_service(counsellor=counsellor, slug="meeting", length=50, step=30)
    warm_up()


def warm_up():
    """Loads here what eight forked processes would each load for themselves, at another speed."""
    from django.test import Client

    Client().get(f"/c/ada/meeting/{START:%Y%m%dT%H%MZ}/", HTTP_HOST="localhost")


def ask(number, start, email, key):
    """One visitor's browser, on the public page."""
    from clients.selectors import current_consent

    form = {
        "name": "Anna",
        "email": email,
        "agree": "on",
        "zone": "Europe/London",
        "key": key,
        "document": str(current_consent("booking", "en-gb").pk),
    }
    return send(number, f"/c/ada/meeting/{start:%Y%m%dT%H%MZ}/", form)


def confirm(number, path):
    """One more click on the button behind the mail."""
    return send(number, path, {})


def send(number, path, form):
    from django.test import Client

    browser = Client(raise_request_exception=False)
    response = browser.post(path, form, REMOTE_ADDR=f"10.0.0.{number}", HTTP_HOST="localhost")
    words = response.content.decode()
    return response.status_code, response.get("Location", ""), "just been taken" in words


def race(kind):
    """`same_slot`: eight people; `overlapping`: half of them 30 minutes later; `double_click`;
    `confirm`: eight clicks behind one mail; `confirm_late`: behind two, both expired.
    """
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(PROCESSES), context.Queue()

    def run(act, *args):
        barrier.wait()
        answers.put(act(*args))

    acts = list(_confirming(kind) if kind.startswith("confirm") else _asking(kind))
    people = [context.Process(target=run, args=act) for act in acts]
    # A connection must not be shared by the processes that are about to be forked.
    connections.close_all()
    for person in people:
        person.start()
    told = [answers.get(timeout=60) for _person in people]
    for person in people:
        person.join()
    return told


def _asking(kind):
    for number in range(PROCESSES):
        one = kind == "double_click"
        start = START + timedelta(minutes=30 * (kind == "overlapping" and number % 2))
        email = "anna@example.org" if one else f"person{number}@example.org"
        yield ask, number, start, email, "k" * 32 if one else f"{number:032d}"


def _confirming(kind):
    from django.urls import reverse
    from django.utils import timezone

    from sessions.models import Hold
    from sessions.tokens.holds import hold_token

    def kept(email):
        ask(0, START, email, "k" * 32)
        hold = Hold.objects.get(email=email)
        if kind == "confirm_late":
            now = timezone.now()
            Hold.objects.filter(pk=hold.pk).update(state="expired", expires_at=now, closed_at=now)
        return reverse("booking:hold", args=[hold_token(hold)])

    people = 2 if kind == "confirm_late" else 1
    paths = [kept(f"person{number}@example.org") for number in range(people)]
    for number in range(PROCESSES):
        yield confirm, number, paths[number % people]


def main():
    # Pages name their static files without `collectstatic` having run.
    os.environ["COUNSEL_DEBUG"] = "true"
    django.setup()
    from tests import looking

    looking.allow()
    prepare()
    told = race(sys.argv[1])

    from sessions.models import Consultation, Hold

    counts = {"kept": Hold.objects.count(), "booked": Consultation.objects.count()}
    json.dump({"told": told, **counts}, sys.stdout)


if __name__ == "__main__":
    main()
