"""Eight processes book, confirm, move, swap and cancel around the same times, round after round.

Some by the pages and some by the services, as visitors, clients and staff do. A script, because
processes need a database they share: run it with the number of rounds, in the environment of the
fixture `counsel_env`. Prints what came of each act, and what the database holds afterwards.
"""

# ruff: noqa: S608 (nothing here comes from outside)
from __future__ import annotations

import json
import logging
import multiprocessing
import os
import sys
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from time import perf_counter

import django
from django.db import connection, connections

PROCESSES = 8
HALF = timedelta(minutes=30)
HOUR = timedelta(hours=1)
# Each round has its own hours: two to fight for, then one to move from and one to swap with,
# then two requests to confirm.
ARENA = 6 * HOUR
START = (datetime.now(UTC) + timedelta(days=3)).replace(hour=0, minute=0, second=0, microsecond=0)
OTHERS = {"confirmed": 2 * HOUR, "partner": 3 * HOUR, "asked": 4 * HOUR, "asked_too": 5 * HOUR}


def prepare(rounds):
    """A practice with what stands in each round; returns the keys by name and round."""
    from clients.services import consent_documents_load
    from sessions.models import Consultation, Weekday
    from tests.factories import (
        make_client,
        make_counsellor,
        make_portal_client,
        make_rule,
        make_service,
    )

    consent_documents_load()
    counsellor = make_counsellor(slug="ada", time_zone="UTC")
    for weekday in Weekday.values:
        make_rule(counsellor=counsellor, weekday=weekday, starts=time(0), ends=time(0))
    given = {"counsellor": counsellor, "length": 50, "step": 30, "minimum_notice": 1}
    service = make_service(slug="meeting", horizon=365, reschedule_notice=0, **given)
    for number in range(PROCESSES):
        make_portal_client(counsellor=counsellor, email=f"client{number}@example.org")
    make_client(counsellor=counsellor, email="of-staff@example.org")
    booked = {
        (name, number): as_booked(service, make_client(counsellor=counsellor), at, name)
        for name, later in OTHERS.items()
        for number in range(rounds)
        for at in [START + number * ARENA + later]
    }
    Consultation.objects.bulk_create(booked.values())
    return {which: consultation.pk for which, consultation in booked.items()}


def as_booked(service, client, starts_at, name):
    from sessions.models import Status
    from sessions.services.writing import drawn_up

    consultation = drawn_up(service, client, starts_at)
    consultation.status = Status.PENDING if name.startswith("asked") else Status.CONFIRMED
    return consultation


class Person:
    """One process: a visitor, a client and the counsellor at once."""

    def __init__(self, number, booked):
        from django.test import Client

        from clients import models
        from clients.selectors import current_consent
        from sessions.models import Service

        self.number = number
        self.booked = booked
        self.service = Service.objects.select_related("counsellor__user").get()
        self.consent = current_consent("booking", "en-gb")
        self.client = models.Client.objects.get(email=f"client{number}@example.org")
        self.of_staff = models.Client.objects.get(email="of-staff@example.org")
        self.browsers = {}
        for name, user in {
            "visitor": None,
            "client": self.client.user,
            "desk": self.service.counsellor.user,
        }.items():
            self.browsers[name] = Client(raise_request_exception=False, HTTP_HOST="localhost")
            if user is not None:
                self.browsers[name].force_login(user)

    def play(self, number):
        """One act of the round: which one, and what came of it."""
        from counsel.common.errors import DomainError

        acts = [
            self.books_as_client,
            self.asks_and_confirms,
            self.asks_and_gives_back,
            self.books_at_the_desk,
            self.books_as_staff,
            self.moves,
            self.moves_as_client,
            self.swaps,
            self.confirms_both,
            self.confirms_at_the_desk,
            self.cancels_and_undoes,
        ]
        act = acts[(self.number + number) % len(acts)]
        self.round = number
        base = START + number * ARENA
        # In each other round all want the same time, else half of them one that overlaps.
        self.at = base + HALF * (number % 2 * self.number % 2)
        try:
            outcome = act()
        except DomainError as error:
            outcome = "refused" if error.message else "refused without a word"
        except Exception as error:  # what should never happen is what is looked for
            outcome = f"error: {type(error).__name__}: {error}"[:300]
        return act.__name__, outcome

    # --- Visitors and clients

    def books_as_client(self):
        return self.page("client", self.details(), self.form(self.client.email))

    def asks_and_confirms(self):
        from django.urls import reverse

        from sessions.models import Hold
        from sessions.tokens.holds import hold_token

        email = f"visitor{self.number}-{self.round}@example.org"
        outcome = self.page("visitor", self.details(), self.form(email))
        if outcome != "done":
            return outcome
        token = hold_token(Hold.objects.get(email=email))
        return self.page("visitor", reverse("booking:hold", args=[token]), {})

    def asks_and_gives_back(self):
        from sessions.services import hold_place, hold_release

        hold = hold_place(
            service=self.service,
            starts_at=self.at,
            name="Anna",
            email=f"undecided{self.number}-{self.round}@example.org",
            time_zone="Europe/London",
            language="en-gb",
            consent=self.consent,
            idempotency_key=f"{self.number}-{self.round}",
        )
        # Else it is kept to the end.
        if self.round % 3:
            hold_release(hold=hold)
        return "done"

    def moves_as_client(self):
        from sessions.models import Side
        from sessions.services import consultation_reschedule

        moving = self.one("confirmed")
        consultation_reschedule(consultation=moving, starts_at=self.at, by=Side.CLIENT)
        return "done"

    # --- Staff

    def books_at_the_desk(self):
        form = {"client": self.of_staff.pk, "service": self.service.pk}
        form |= {"day": f"{self.at:%Y-%m-%d}", "at": f"{self.at:%H:%M}"}
        return self.page("desk", "/admin/consultations/consultation/add/", form)

    def books_as_staff(self):
        from sessions.services import consultation_book

        consultation_book(service=self.service, client=self.of_staff, starts_at=self.at)
        return "done"

    def moves(self):
        from sessions.services import consultation_reschedule

        name = ("confirmed", "partner", "asked")[self.round % 3]
        consultation_reschedule(consultation=self.one(name), starts_at=self.at)
        return "done"

    def swaps(self):
        from sessions.services import consultations_swap

        consultations_swap(first=self.one("confirmed"), second=self.one("partner"))
        return "done"

    def confirms_both(self):
        from sessions.services import consultation_confirm

        consultation_confirm(consultation=self.one("asked"))
        consultation_confirm(consultation=self.one("asked_too"))
        return "done"

    def confirms_at_the_desk(self):
        asked = self.one("asked_too")
        path = f"/admin/consultations/consultation/{asked.pk}/do/confirm/"
        outcome = self.page("desk", path, {"version": asked.version})
        asked.refresh_from_db()
        return outcome if asked.status == "confirmed" else "refused"

    def cancels_and_undoes(self):
        from sessions.models import Side
        from sessions.services import consultation_cancel, consultation_undo

        booked = self.one("confirmed")
        consultation_cancel(consultation=booked, by=Side.COUNSELLOR)
        consultation_undo(consultation=booked, by=Side.COUNSELLOR)
        return "done"

    # --- How

    def one(self, name):
        """The round's own consultation of that name, wherever it was moved since."""
        from sessions.models import Consultation

        return Consultation.objects.get(pk=self.booked[name, self.round])

    def details(self):
        return f"/c/ada/meeting/{self.at:%Y%m%dT%H%MZ}/"

    def form(self, email):
        return {
            "name": "Anna",
            "email": email,
            "agree": "on",
            "zone": "Europe/London",
            "key": f"{self.number:016d}{self.round:016d}",
            "document": str(self.consent.pk),
        }

    def page(self, who, path, form):
        """Done, or refused with words and, to a visitor, with other times to choose from."""
        address = f"10.{self.round}.{self.number}.1"
        response = self.browsers[who].post(path, form, REMOTE_ADDR=address)
        words = response.content.decode()
        if response.status_code == 302:
            return "done"
        offers = who == "desk" or "near-choice" in words
        if response.status_code in (200, 409) and offers and _refuses(words):
            return "refused"
        return f"error: {response.status_code}"


def _refuses(words):
    said = ("just been taken", "not free any more", "overlaps another", "being kept for somebody")
    return any(text in words for text in said)


def fight(rounds, booked):
    """What came of each act in all rounds, by its name, and the seconds that the slowest took."""
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(PROCESSES), context.Queue()

    def run(number):
        person = Person(number, booked)
        told, slowest = Counter(), 0.0
        for each in range(rounds):
            barrier.wait(timeout=120)
            began = perf_counter()
            told[person.play(each)] += 1
            slowest = max(slowest, perf_counter() - began)
        answers.put((told, slowest))

    people = [context.Process(target=run, args=(number,)) for number in range(PROCESSES)]
    # A connection must not be shared by the processes that are about to be forked.
    connections.close_all()
    for person in people:
        person.start()
    heard = [answers.get(timeout=120 + 10 * rounds) for _person in people]
    for person in people:
        person.join()
    told = sum((each for each, _slowest in heard), Counter())
    return told, max(slowest for _each, slowest in heard)


# What may not be, as a count of rows.
HOLDS = "status IN ('pending', 'confirmed')"
NEVER = {
    "counsellor_overlaps": (
        "SELECT count(*) FROM consultations_consultation a JOIN consultations_consultation b "
        "ON a.counsellor_id = b.counsellor_id AND a.id < b.id AND a.held_from < b.held_until "
        f"AND b.held_from < a.held_until WHERE a.{HOLDS} AND b.{HOLDS}"
    ),
    "client_overlaps": (
        "SELECT count(*) FROM consultations_consultation a JOIN consultations_consultation b "
        "ON a.client_id = b.client_id AND a.id < b.id AND a.starts_at < b.ends_at "
        f"AND b.starts_at < a.ends_at WHERE a.{HOLDS} AND b.{HOLDS}"
    ),
    "overlaps_of_kept_times": (
        "SELECT count(*) FROM consultations_hold a JOIN consultations_consultation b "
        "ON a.counsellor_id = b.counsellor_id AND a.held_from < b.held_until "
        f"AND b.held_from < a.held_until WHERE a.state = 'open' AND b.{HOLDS}"
    ),
    "kept_twice": (
        "SELECT count(*) FROM consultations_hold a JOIN consultations_hold b "
        "ON a.counsellor_id = b.counsellor_id AND a.id < b.id AND a.held_from < b.held_until "
        "AND b.held_from < a.held_until WHERE a.state = 'open' AND b.state = 'open'"
    ),
    "left_outside_the_rule": (
        "SELECT count(*) FROM consultations_consultation WHERE overlap_reason <> ''"
    ),
    "changes_without_a_trace": (
        "SELECT count(*) FROM consultations_consultation c WHERE c.version - 1 <> "
        "(SELECT count(*) FROM consultations_consultationchange h WHERE h.consultation_id = c.id)"
    ),
    "half_a_swap": (
        "SELECT count(*) FROM (SELECT exchange FROM consultations_consultationchange "
        "WHERE exchange IS NOT NULL GROUP BY exchange HAVING count(*) <> 2) halves"
    ),
}


def never():
    found = {}
    with connection.cursor() as cursor:
        for name, query in NEVER.items():
            cursor.execute(query)
            found[name] = cursor.fetchone()[0]
    return found


def main():
    # Pages name their static files without `collectstatic` having run.
    os.environ["COUNSEL_DEBUG"] = "true"
    django.setup()
    from tests import looking

    looking.allow()
    from django.conf import settings

    # Eight people fight far longer than anybody may ask.
    settings.ACCOUNT_RATE_LIMITS = {"book": "1000000/m/ip"}
    # Each refusal is answered with 409, and would be noted.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    rounds = int(sys.argv[1])
    booked = prepare(rounds)
    # Loads here what the forked processes would each load for themselves, at another speed.
    browsers = Person(0, booked).browsers
    browsers["visitor"].get(f"/c/ada/meeting/{START:%Y%m%dT%H%MZ}/")
    browsers["desk"].get("/admin/consultations/consultation/add/")
    told, slowest = fight(rounds, booked)
    outcomes = Counter()
    for (act, outcome), count in told.items():
        outcomes[f"{act}: {outcome}"] += count
    json.dump({"told": outcomes, "slowest": slowest, "never": never()}, sys.stdout)


if __name__ == "__main__":
    main()
