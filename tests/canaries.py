"""A canary in every field of words of every row of a caseload, so that a new field is in it too."""

from __future__ import annotations

from contextlib import suppress

from django.apps import apps
from django.core.exceptions import FieldError
from django.db import models

from clients.models import Address
from counsel.common.fields import EncryptedJSONField, EncryptedTextField
from exercises.models import ExerciseVersion, Programme, ProgrammeItem
from sessions.models import ConsultationChange, IntakeQuestion

# What holds no words of anybody's: keys, marks, and choices from a list of ours.
KEYS = {
    *("time_zone", "language", "currency", "weekdays", "idempotency_key", "query"),
    *("Reminder.kind", "Reminder.subject", "Reminder.occurrence", "Reminder.about"),
    *("Reminder.person", "Consent.text_hash", "Address.code_salt", "CalendarFeed.digest"),
    *("PushDevice.p256dh", "PushDevice.auth", "PushDevice.server_key", "EntryFact.label"),
    *("ExerciseVersion.content_hash", "Score.raw"),
    # Why one was not sent: words of ours, for who runs the practice too.
    "Reminder.reason",
}
# What a counsellor says to everybody on their page.
PUBLIC = {
    *("Service.name", "Service.description"),
    *("IntakeQuestion.label", "IntakeQuestion.help_text", "IntakeQuestion.choices"),
}
PERSONAL = [it for it in apps.get_models() if hasattr(it._default_manager, "across_caseloads")]
# What a counsellor writes for the library is theirs alone until they share it.
OWN = {
    ExerciseVersion: "exercise__owner",
    Programme: "owner",
    ProgrammeItem: "programme__owner",
}


def words_of(model):
    """Its fields in which somebody's words may stand."""
    return [field for field in model._meta.fields if _is_words(field)]


def _is_words(field):
    if {field.name, f"{field.model.__name__}.{field.name}"} & (KEYS | PUBLIC):
        return False
    is_text = isinstance(field, models.CharField | models.TextField)
    return is_text and not (field.choices or isinstance(field, models.SlugField))


def rows_of(model, caseload):
    """Those that either the caseload's counsellor or its client may see."""
    manager, user = model._default_manager, caseload.client.user
    if model in OWN:
        return manager.filter(**{OWN[model]: caseload.counsellor})
    rows = {row.pk: row for row in manager.visible_to(caseload.counsellor.user)}
    # Some tables know no client, and some no member of staff.
    with suppress(FieldError):
        rows |= {row.pk: row for row in manager.of_user(user)}
    return rows.values()


def fill(caseload, canary):
    _make_what_is_missing(caseload, canary)
    for model in (*PERSONAL, *OWN):
        for row in rows_of(model, caseload):
            _fill(row, canary)


def _make_what_is_missing(caseload, canary):
    Address.objects.create(client=caseload.client, channel="email", value=f"{canary}@example.net")
    IntakeQuestion.objects.create(service=caseload.service, label="What brings you here?")
    at = caseload.consultation.starts_at
    ConsultationChange.objects.create(
        consultation=caseload.consultation,
        version=caseload.consultation.version,
        by="counsellor",
        action="moved",
        from_status="confirmed",
        to_status="confirmed",
        from_starts_at=at,
        to_starts_at=at,
        at=at,
    )


def _fill(row, canary):
    new = []
    for field in words_of(type(row)):
        there = getattr(row, field.attname)
        # Addresses are what links are signed for, and answers fit their questions.
        if there and isinstance(field, models.EmailField | EncryptedJSONField):
            continue
        if canary.lower() not in str(there).lower():
            setattr(row, field.attname, _words(field, canary))
            new.append(field.name)
    if new:
        row.save(update_fields=new)


def _words(field, canary):
    if isinstance(field, EncryptedJSONField):
        return [{"question": canary, "answer": canary}]
    if isinstance(field, models.EmailField):
        return f"{canary}-{field.model.__name__}@example.org".lower()
    if isinstance(field, models.URLField):
        return f"https://push.example/{canary}"
    assert isinstance(field, EncryptedTextField) or not field.max_length or field.max_length > 20
    return canary
