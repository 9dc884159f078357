"""Every table is either erased with a client, or has a reason to stay."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from clients.models import Client
from counsel.records import accounts_gone
from counsel.records.erased_tables import PATHS

# By the way of its own, in counsel.records.erasing and accounts_gone.
ELSEWHERE = {
    "accounts.User",
    "reminders.Reminder",
    "sessions.Session",
    "admin.LogEntry",
}
STAY = {
    "audit.AccessEvent": "who did what by keys alone, for the client's own protection",
    "keys.ContentKey": "the name of a key, and a word of ours",
    "keys.Opening": "there within a transaction only",
    "records.Tombstone": "that somebody was erased, by keys alone",
    "records.Underway": "there within the transaction only",
    "accounts.Counsellor": "staff",
    "accounts.Practice": "what the practice decides",
    "auth.Group": "roles",
    "auth.Group_permissions": "roles",
    "auth.Permission": "roles",
    "clients.CaseloadView": "filters by which a counsellor looks at lists; names no client",
    "clients.ConsentDocument": "a text that everybody agrees to",
    "consultations.AvailabilityException": "a counsellor's time",
    "consultations.AvailabilityRule": "a counsellor's time",
    "consultations.BusyTime": "a counsellor's time",
    "consultations.ImportedCalendar": "a counsellor's",
    "consultations.IntakeQuestion": "what a service asks everybody",
    "consultations.NoteTemplate": "headings of notes",
    "consultations.Service": "a counsellor's",
    "contenttypes.ContentType": "names of tables",
    "exercises.Exercise": "the library",
    "exercises.ExerciseDraft": "the library",
    "exercises.ExerciseVersion": "the library",
    "exercises.Programme": "the library",
    "exercises.ProgrammeItem": "the library",
    "reminders.Heartbeat": "when the sender ran",
    "reminders.Letter": "words of the practice",
    "reminders.Queue": "how a channel fares",
}
ERASED = {model for model, _path in (*PATHS, *accounts_gone.PATHS)}


def every_model():
    return apps.get_models(include_auto_created=True)


def to_client(model, seen=frozenset()):
    """Whether rows of it lead to a client, by one foreign key after the other."""
    if model is Client:
        return True
    links = [field for field in model._meta.concrete_fields if field.is_relation]
    return any(
        field.related_model not in seen and to_client(field.related_model, seen | {model})
        for field in links
    )


def test_every_model_is_erased_or_has_a_reason_to_stay():
    there = {model._meta.label for model in every_model()}
    erased = {model._meta.label for model in ERASED}
    placed = erased | ELSEWHERE | set(STAY)
    assert sorted(there - placed) == [], "say in counsel/records/erased_tables.py how it is erased"
    assert sorted(placed - there) == [], "no longer there"
    assert erased & set(STAY) == set()


def test_nothing_that_leads_to_a_client_stays():
    leading = {model._meta.label for model in every_model() if to_client(model)}
    assert len(leading) > 30
    assert sorted(leading & set(STAY)) == []


def test_no_row_is_deleted_before_those_that_point_to_it():
    order = [model for model, _path in PATHS]
    assert len(order) == len(set(order))
    for place, model in enumerate(order):
        for link in model._meta.related_objects:
            if link.related_model in order and link.related_model is not model:
                assert order.index(link.related_model) < place, (link.related_model, model)


def test_no_file_would_be_left_behind():
    """The day a model keeps one, erasing has to delete it from the media folder, too."""
    fields = [field for model in ERASED for field in model._meta.get_fields()]
    assert not [field for field in fields if isinstance(field, models.FileField)]
