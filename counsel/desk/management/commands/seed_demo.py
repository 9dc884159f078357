from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from clients.models import Client
from clients.selectors import current_consent
from counsel.accounts.models import Counsellor, User
from counsel.accounts.services import user_create
from counsel.common.errors import DomainError
from counsel.common.zones import local_date
from counsel.desk.demo.life import (
    Story,
    assignments_make,
    consent_make,
    entries_make,
    past_consultations_make,
    reviews_make,
    weekly_starts,
)
from counsel.desk.demo.people import counsellor_make, practice, time_off_make, waiting_make
from counsel.reminders.hosts import is_only_here
from exercises.models import ExerciseVersion
from sessions.models import Series, Service, Status
from sessions.selectors import open_slots
from sessions.series.asked import Asked
from sessions.services import consultation_book, series_book


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
        manager = data["manager"]
        user_create(
            email=manager["email"],
            password=data["password"],
            name=manager["name"],
            is_staff=True,
            is_superuser=True,
        )
        counsellors = {
            person["slug"]: counsellor_make(person, data["password"])
            for person in data["counsellors"]
        }
        for person in data["counsellors"]:
            counsellor = counsellors[person["slug"]]
            time_off_make(counsellor, person, local_date(now, counsellor.zone))
            waiting_make(counsellor, person)
        for number, facts in enumerate(data["clients"], start=1):
            client = self._client(facts, counsellors[facts["counsellor"]], data["password"])
            # A fixed seed: the demo is the same for everybody, only its dates move along.
            dice = Random(number)  # noqa: S311
            self._live(Story(client, facts, data["words"], data["phases"], now, dice))
            self.stdout.write(f"Demo: {number} of {len(data['clients'])} clients")

    def _client(self, facts: dict[str, Any], counsellor: Counsellor, password: str) -> Client:
        user = user_create(
            email=facts["email"], password=password, name=facts["name"], time_zone=facts["zone"]
        )
        return Client.objects.create(
            counsellor=counsellor,
            user=user,
            name=facts["name"],
            email=facts["email"],
            time_zone=facts["zone"],
            status=Client.Status.ACTIVE,
            default_sharing="shared" if facts["shares"] > 0.5 else "private",
        )

    def _live(self, story: Story) -> None:
        counsellor = story.client.counsellor
        service = Service.objects.get(counsellor=counsellor, slug="consultation")
        starts = weekly_starts(story)
        consent_make(story, current_consent("booking", "en-gb"), starts[0] - timedelta(days=7))
        past = past_consultations_make(story, service)
        versions = {
            version.exercise.slug: version
            for version in ExerciseVersion.objects.current().select_related("exercise")
        }
        for assignment in assignments_make(story, versions):
            entries_make(story, assignment)
        held = [c.starts_at for c in past if c.status == Status.COMPLETED]
        if held:
            reviews_make(story, held[-1])
        self._book_next(story, service)

    def _book_next(self, story: Story, service: Service) -> None:
        """The next weekly hour where it is free, else the next open time."""
        zone = story.client.counsellor.zone
        wished = weekly_starts(story)[-1] + timedelta(weeks=1)
        first = local_date(wished, zone)
        slots = open_slots(service, first, first + timedelta(days=14), story.now)
        for start in [wished, *(slot.start for slot in slots)]:
            try:
                with transaction.atomic():
                    self._book_ahead(story, service, start)
            except DomainError:
                continue
            return

    def _book_ahead(self, story: Story, service: Service, start: datetime) -> None:
        weeks = story.facts.get("weeks_ahead")
        if weeks is None:
            consultation_book(service=service, client=story.client, starts_at=start)
            return
        shown = start.astimezone(story.client.counsellor.zone)
        rhythm = Series.Rhythm.WEEKLY
        asked = Asked(service, story.client, rhythm, shown.date(), shown.time(), count=weeks)
        series_book(asked=asked)

    def _show_logins(self, data: dict[str, Any]) -> None:
        self.stdout.write(f"  Password for all: {data['password']}")
        for person in data["counsellors"]:
            self.stdout.write(f"  Counsellor  {person['email']}  ({person['name']})")
        for person in data["clients"]:
            self.stdout.write(f"  Client      {person['email']}")
        self.stdout.write(f"  Manager     {data['manager']['email']}")
