"""The caseload that `test_ten_tasks` works on: a client for each task, made in one go."""

from __future__ import annotations

from tests.e2e.stack import PASSWORD

EMAIL = "ida@example.org"

CASELOAD = f"""
from datetime import timedelta

import time_machine
from django.utils import timezone

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.accounts.services import user_create
from counsel.common.zones import local_date
from exercises.models import ExerciseVersion, Rhythm
from exercises.services.assigning import assignment_create
from exercises.services.practising import entry_begin, entry_save_step, entry_submit
from exercises.services.replies import entry_mark_seen
from tests.exercises.measuring import answers, give as to_fill_in, hand_in, make_measure, risky
from tests.factories import make_consultation, make_note, make_service

now = timezone.now().replace(minute=0, second=0, microsecond=0)
hour, day = timedelta(hours=1), timedelta(days=1)
# A clock by which it is noon now: whenever this runs, today has a morning and an afternoon.
zone = f"Etc/GMT{{now.hour - 12:+d}}"

user = user_create(email={EMAIL!r}, name="Ida", password={PASSWORD!r}, time_zone=zone)
user.is_staff = True
user.save()
ida = Counsellor.objects.create(user=user, slug="ida", display_name="Ida", time_zone=zone)
service = make_service(counsellor=ida, name="Consultation", slug="consultation", is_public=False)
pause = ExerciseVersion.objects.current().get(exercise__slug="pause-and-label")
measure = make_measure(owner=ida, slug="phq-9", title="Nine questions in placeholder words")


def client(name, held=7 * day, coming=None):
    who = Client.objects.create(
        counsellor=ida, name=name, email=f"{{name.lower()}}@tasks.example", time_zone=zone,
        status="active", created_at=now - 60 * day,
    )
    if held:
        meeting(who, -held, status="completed", version=3)
    if coming:
        meeting(who, coming)
    return who


def meeting(who, at, **fields):
    return make_consultation(client=who, service=service, starts_at=now + at, **fields)


given = {{}}


def practised(who, ago, words):
    with time_machine.travel(now - ago):
        if who.name not in given:
            given[who.name] = assigned(who)
        assignment = given[who.name]
        entry = entry_begin(client=who, version=pause, assignment=assignment)
        raw = [
            {{"strength_before": ["7"]}}, {{"feelings": ["shame"]}}, {{"to_myself": [""]}},
            {{"share_words": [words], "strength_after": ["4"]}},
        ]
        for step, answer in zip(pause.parsed_steps(), raw):
            cleaned = entry_save_step(entry=entry, step=step, raw=answer)
            assert not cleaned.errors, cleaned.errors
            entry.refresh_from_db()
        entry_submit(entry=entry, sharing="shared")


def assigned(who):
    return assignment_create(
        client=who, version=pause, rationale="For the stairs.", rhythm=Rhythm.DAILY,
        starts_on=local_date(timezone.now(), who.zone),
    )


def measured(who, ago, answered):
    with time_machine.travel(now - ago):
        return hand_in(to_fill_in(who, measure), answered)


nora = client("Nora", coming=2 * hour)
practised(nora, 3 * day, "I stayed in the room.")
practised(nora, 1 * day, "I said that I was scared.")

milo = client("Milo", coming=2 * day)
with time_machine.travel(now - 5 * day):
    assigned(milo)

lena = client("Lena", coming=3 * day)
practised(lena, 6 * day, "I went quiet again.")

omar = client("Omar", coming=4 * day)
practised(omar, 2 * day, "The call was short.")

petra = client("Petra", held=None, coming=7 * day)
make_note(
    consultation=meeting(petra, -7 * day, status="completed", version=3),
    format="dap", signed_at=now - 7 * day,
)
meeting(petra, -1 * hour)

client("Quinn")

rosa = client("Rosa")
meeting(rosa, 5 * day + 2 * hour, status="pending")

sven = client("Sven", coming=5 * day)
measured(sven, 1 * day, risky(2))

tara = client("Tara", coming=6 * day)
first = measured(tara, 50 * day, answers(2, 2, 2, 2, 2, 2, 2, 2))
entry_mark_seen(entry=first)
measured(tara, 2 * day, answers(1, 1, 1, 1))

uma = client("Uma", coming=6 * day + 2 * hour)
practised(uma, 2 * day, "It was easier outside.")
"""
