"""Eight processes ask for one slot at the same moment. Prints what each of them was told.

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


def book(number, start, email, key, barrier, answers):
    """One visitor's browser, through the public page."""
    from django.test import Client

    from clients.selectors import current_consent

    form = {
        "name": "Anna",
        "email": email,
        "agree": "on",
        "zone": "Europe/London",
        "key": key,
        "document": str(current_consent("booking", "en-gb").pk),
    }
    browser = Client(raise_request_exception=False)
    address = f"/c/ada/meeting/{start:%Y%m%dT%H%MZ}/"
    barrier.wait()
    response = browser.post(address, form, REMOTE_ADDR=f"10.0.0.{number}", HTTP_HOST="localhost")
    words = response.content.decode()
    answers.put((response.status_code, response.get("Location", ""), "just been taken" in words))


def race(kind):
    """`same_slot`: eight people; `overlapping`: half of them 30 minutes later; `double_click`."""
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(PROCESSES), context.Queue()
    people = []
    for number in range(PROCESSES):
        one = kind == "double_click"
        start = START + timedelta(minutes=30 * (kind == "overlapping" and number % 2))
        email = "anna@example.org" if one else f"person{number}@example.org"
        key = "k" * 32 if one else f"{number:032d}"
        people.append(
            context.Process(target=book, args=(number, start, email, key, barrier, answers))
        )
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
    from django.db import connections

    prepare()
    # A connection must not be shared by the processes that are about to be forked.
    connections.close_all()
    told = race(sys.argv[1])

    from sessions.models import Consultation

    json.dump({"told": told, "booked": Consultation.objects.count()}, sys.stdout)


if __name__ == "__main__":
    main()
