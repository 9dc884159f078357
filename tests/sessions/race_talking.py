"""Eight tabs of one client saving what they want to talk about at the same moment.

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

TABS = 8


def save(barrier, answers, client, text):
    from django.test import Client

    browser = Client(raise_request_exception=False)
    browser.force_login(client.user)
    sent = {"record": str(client.pk), "seen": "", "text": text}
    barrier.wait()
    response = browser.post("/my/appointments/talk/", sent, HTTP_HOST="localhost")
    answers.put(response.status_code)


def main():
    # Pages name their static files without `collectstatic` having run.
    os.environ["COUNSEL_DEBUG"] = "true"
    django.setup()
    from tests import looking

    looking.allow()

    from sessions.models import TalkingPoint
    from tests.factories import make_portal_client

    client = make_portal_client()
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(TABS), context.Queue()
    tabs = [
        context.Process(target=save, args=(barrier, answers, client, f"No. {number}"))
        for number in range(TABS)
    ]
    # A connection must not be shared by the processes that are about to be forked.
    connections.close_all()
    for tab in tabs:
        tab.start()
    told = sorted(answers.get(timeout=60) for _tab in tabs)
    for tab in tabs:
        tab.join()
    json.dump({"told": told, "kept": TalkingPoint.objects.count()}, sys.stdout)


if __name__ == "__main__":
    main()
