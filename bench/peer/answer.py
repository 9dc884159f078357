"""django-appointment's side of a comparison: run by its own Python, spoken to over pipes.

Reads one line of JSON with the practice and answers with the open times it finds; then answers
each further line with the seconds that finding them once more took.
"""

from __future__ import annotations

import datetime
import json
import logging
import os
import sys
import time
from typing import Any

import django


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    logging.disable(logging.CRITICAL)
    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    given = json.loads(sys.stdin.readline())
    staff_member, service = practice(given)
    days = [datetime.date.fromisoformat(day) for day in given["days"]]
    say([slot.isoformat() for slot in open_slots(staff_member, service, days)])
    for _line in sys.stdin:
        began = time.perf_counter()
        open_slots(staff_member, service, days)
        say(time.perf_counter() - began)


def say(answer: object) -> None:
    print(json.dumps(answer), flush=True)


def open_slots(staff_member: Any, service: Any, days: list[datetime.date]) -> list[Any]:
    from appointment.services import get_available_slots_for_staff
    from appointment.utils.db_helpers import get_weekday_num_from_date

    return [
        slot
        for day in days
        for slot in get_available_slots_for_staff(
            day, staff_member, get_weekday_num_from_date(day), service=service
        )
    ]


def practice(given: dict[str, Any]) -> tuple[Any, Any]:
    from appointment.models import (
        Appointment,
        AppointmentRequest,
        Config,
        Service,
        StaffMember,
        WorkingHours,
    )
    from django.contrib.auth.models import User
    from django.db import connection

    hours = {name: datetime.time.fromisoformat(given[name]) for name in ("opens", "closes")}
    Config.objects.create(
        slot_duration=given["step"],
        lead_time=hours["opens"],
        finish_time=hours["closes"],
        appointment_buffer_time=given["notice"],
    )
    service = Service.objects.create(
        name="Consultation", duration=datetime.timedelta(minutes=given["length"]), price=0
    )
    staff_member = StaffMember.objects.create(
        user=User.objects.create_user("ada"),
        slot_duration=given["step"],
        # Its slots are as long as a step here: the buffer lies inside them.
        slot_gap_time=0,
        appointment_buffer_time=given["notice"],
        work_on_saturday=True,
        work_on_sunday=True,
    )
    staff_member.services_offered.add(service)
    for weekday in range(7):
        WorkingHours.objects.create(
            staff_member=staff_member,
            day_of_week=weekday,
            start_time=hours["opens"],
            end_time=hours["closes"],
        )
    requests = AppointmentRequest.objects.bulk_create(
        AppointmentRequest(
            date=datetime.date.fromisoformat(day),
            start_time=datetime.time.fromisoformat(start),
            end_time=datetime.time.fromisoformat(end),
            service=service,
            staff_member=staff_member,
            id_request=str(number),
        )
        for number, (day, start, end) in enumerate(given["booked"])
    )
    client = User.objects.create_user("anna")
    Appointment.objects.bulk_create(
        Appointment(client=client, appointment_request=request, id_request=request.id_request)
        for request in requests
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return staff_member, service


if __name__ == "__main__":
    main()
