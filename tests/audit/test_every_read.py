"""Whoever of the practice sees something of a client on a page leaves an access event."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import time_machine
from django.db import transaction

from counsel.audit.models import AccessEvent
from tests.access_table import ROWS
from tests.canaries import OWN, PERSONAL, fill, rows_of, words_of
from tests.caseloads import make_caseload
from tests.factories import make_consent_document, make_manager
from tests.visiting import Visits, told_by

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 8, tzinfo=UTC)
CANARY = "Canary-9Z"
# What a counsellor says of themselves and sets up: in these the canary speaks of no client.
COUNSELLORS = {
    *("CaseloadView", "ImportedCalendar", "BusyTime", "Service", "IntakeQuestion"),
    *("AvailabilityRule", "AvailabilityException", "NoteTemplate", *(it.__name__ for it in OWN)),
}
# Names of one's own caseload to choose from, beside nothing else of the record; and who waits for
# a time without being a client has no record.
UNRECORDED = {
    "admin/clients/client/assign/exercise/",
    "admin/consultations/clientservice/add/",
    "admin/consultations/consultation/add/",
    "admin/consultations/series/add/",
    "admin/consultations/waitingentry/",
    "admin/consultations/waitingentry/add/",
    "admin/exercises/programme/<uuid:pk>/give/",
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with (
        django_db_blocker.unblock(),
        time_machine.travel(NOW, tick=False),
        transaction.atomic(),
    ):
        make_consent_document()
        own = make_caseload(CANARY)
        fill(own, CANARY)
        for model in (*PERSONAL, *OWN):
            if model.__name__ in COUNSELLORS:
                for row in rows_of(model, own):
                    _rename(row)
        people = {"counsellor": own.counsellor.user, "manager": make_manager()}
        yield SimpleNamespace(own=own, visits=Visits(people))
        transaction.set_rollback(True)


def _rename(row):
    changed = [it.attname for it in words_of(type(row)) if CANARY in str(getattr(row, it.attname))]
    for name in changed:
        setattr(row, name, str(getattr(row, name)).replace(CANARY, "Own"))
    if changed:
        row.save(update_fields=changed)


@pytest.mark.parametrize("who", ["counsellor", "manager"])
def test_no_page_of_the_desk_tells_of_a_client_unrecorded(world, who):
    silent, recorded = set(), 0
    for row in ROWS:
        if row.route.startswith("admin/"):
            with transaction.atomic():
                before = AccessEvent.objects.count()
                response = world.visits("get", who, "/" + row.at.format(**vars(world.own)))
                tells = response.status_code == 200 and CANARY in told_by(response)
                recorded += (left := AccessEvent.objects.count() > before)
                if tells and not left:
                    silent.add(row.route)
                transaction.set_rollback(True)
    assert silent == (UNRECORDED if who == "counsellor" else set())
    assert recorded > (50 if who == "counsellor" else 0)
