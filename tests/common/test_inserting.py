from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from clients.models import Client
from counsel.common.inserting import insert_if_new
from tests.factories import make_counsellor

pytestmark = pytest.mark.django_db


def anna(counsellor, **fields):
    given = {"name": "Anna", "email": "anna@example.org", "emergency_contact": "Ben"}
    return Client(counsellor=counsellor, time_zone="Europe/London", **{**given, **fields})


def test_a_new_row_is_written_as_save_would():
    row = anna(make_counsellor())
    assert insert_if_new(row)
    kept = Client.objects.get()
    assert (kept, kept.emergency_contact, kept.created_at) == (row, "Ben", row.created_at)
    row.name = "Anne"
    row.save()
    assert Client.objects.get().name == "Anne"


def test_a_double_is_left_out_and_the_transaction_goes_on():
    counsellor = make_counsellor()
    insert_if_new(anna(counsellor))
    with transaction.atomic():
        assert not insert_if_new(anna(counsellor, email="ANNA@example.org", name="Else"))
        assert Client.objects.get().name == "Anna"


def test_what_breaks_another_rule_is_no_double():
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_if_new(anna(make_counsellor(), reminder_hour=24))
    assert not Client.objects.exists()
