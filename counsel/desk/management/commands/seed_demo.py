from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from counsel.accounts.models import User
from counsel.common.zones import local_date
from counsel.desk.demo.care import care_make
from counsel.desk.demo.close import partner_make
from counsel.desk.demo.entries import correction_make, reviews_make
from counsel.desk.demo.events import events_make
from counsel.desk.demo.given import journal_give, others_give, practice_give, programme_follow
from counsel.desk.demo.measured import measure_give
from counsel.desk.demo.meetings import (
    book_next,
    past_consultations_make,
    talking_points_make,
    weekly_starts,
)
from counsel.desk.demo.messages import agreement_ask, choices_make, ledger_make, letters_make
from counsel.desk.demo.noted import notes_make
from counsel.desk.demo.own import shelf_make
from counsel.desk.demo.people import (
    client_make,
    consents_make,
    counsellor_make,
    person_make,
    practice,
    time_off_make,
    waiting_make,
)
from counsel.desk.demo.story import Story
from counsel.reminders.hosts import is_only_here
from sessions.models import Service, Status


class Command(BaseCommand):
    help = "Make the demo practice, once: two counsellors, eight clients, ten weeks."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--show-logins", action="store_true", help="only print the logins")

    def handle(self, *args: Any, **options: Any) -> None:
        data = practice()
        if options["show_logins"]:
            self._show_logins(data)
            return
        # The demo's password is public: it must never open a practice others can reach.
        if not is_only_here():
            raise CommandError("The demo practice is only for an address on this machine.")
        if User.objects.exists():
            self.stdout.write("Demo: somebody is here already, nothing added")
            return
        self._seed(data, timezone.now())

    @transaction.atomic
    def _seed(self, data: dict[str, Any], now: datetime) -> None:
        hashed = make_password(data["password"])
        manager = person_make(
            hashed, **data["manager"], is_staff=True, is_superuser=True, runs_practice=True
        )
        letters_make(data["letters"], manager)
        counsellors = {
            person["slug"]: counsellor_make(person, hashed) for person in data["counsellors"]
        }
        for person in data["counsellors"]:
            counsellor = counsellors[person["slug"]]
            time_off_make(counsellor, person, local_date(now, counsellor.zone))
            waiting_make(counsellor, person)
        programme = data["programme"]
        shelf = shelf_make(counsellors[programme["owner"]], programme, now)
        words, phases = data["words"], data["phases"]
        for number, facts in enumerate(data["clients"], start=1):
            client = client_make(facts, counsellors[facts["counsellor"]], hashed)
            # A fixed seed: the demo is the same for everybody, only its dates move along.
            dice = Random(number)  # noqa: S311
            story = Story(client, facts, words, phases, shelf, now, dice)
            self._live(story)
            agreement_ask(story, data["texts"])
            partner_make(story, hashed)
            care_make(story, counsellors)
            self.stdout.write(f"Demo: {number} of {len(data['clients'])} clients")

    def _live(self, story: Story) -> None:
        service = Service.objects.get(counsellor=story.client.counsellor, slug="consultation")
        consents_make(story.client, story.facts, weekly_starts(story)[0])
        past = past_consultations_make(story, service)
        ledger_make(story, past)
        practice_give(story)
        journal_give(story)
        others_give(story)
        measure_give(story)
        programme_follow(story)
        correction_make(story)
        events_make(story)
        held = [c.ends_at for c in past if c.status == Status.COMPLETED]
        reviews_make(story, held)
        talking_points_make(story, held)
        notes_make(story, past)
        if "offered" not in story.facts:
            book_next(story, service)
        choices_make(story)

    def _show_logins(self, data: dict[str, Any]) -> None:
        self.stdout.write(f"  Password for all: {data['password']}")
        for person in data["counsellors"]:
            self.stdout.write(f"  Counsellor  {person['email']}  ({person['name']})")
        for person in data["clients"]:
            self.stdout.write(f"  Client      {person['email']}")
        for person in data["clients"]:
            if "partner" in person:
                self.stdout.write(
                    f"  Partner     {person['partner']['email']}  (of {person['name']})"
                )
        self.stdout.write(f"  Manager     {data['manager']['email']}")
        self.stdout.write("  Staff also need six figures: the page that asks for them shows them.")
