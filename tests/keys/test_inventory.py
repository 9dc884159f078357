"""Every column that can hold words is encrypted, or stands here with the reason why not."""

from __future__ import annotations

import ast

import pytest
from django.apps import apps
from django.db import connection, models

from counsel.common.fields import EncryptedField
from tools.children import ROOT

CAN_HOLD_WORDS = (
    *(models.CharField, models.TextField, models.JSONField),
    *(models.BinaryField, models.FileField),
)

NAME = "a name: it is searched for, sorted by, and put on top of pages"
ADDRESS = "an address: it is looked up, unique, and written to"
KEY = "chosen or made by Counsel: a key, a code, a zone, a language, a mark"
SECRET = "no secret itself: a hash, a salt, or what a browser makes public"
PLAN = "a rhythm or hours: numbers and names of days"
OWN_TEXT = "the practice's own text, the same for everybody it is shown to"
PUBLIC = "stands on the counsellor's public page"
LIBRARY = "a library's table, and no place of ours for words"

IN_CLEAR = {
    NAME: {
        "accounts.User.name",
        "clients.Client.name",
        "consultations.Hold.name",
        "consultations.WaitingEntry.name",
        "exercises.Partner.name",
        "exercises.Partner.signs_as",
        "consultations.ImportedCalendar.name",
        "clients.CaseloadView.name",
        "clients.PushDevice.label",
    },
    ADDRESS: {
        "account.EmailAddress.email",
        "accounts.User.email",
        "clients.Client.email",
        "clients.Address.value",
        "clients.Address.former",
        "clients.PushDevice.endpoint",
        "consultations.Hold.email",
        "consultations.WaitingEntry.email",
        "exercises.Partner.email",
    },
    KEY: {
        "accounts.Counsellor.slug",
        "accounts.Counsellor.time_zone",
        "accounts.User.language",
        "accounts.User.time_zone",
        # Why somebody who is none of the client's counsellors looked: a word of ours.
        "audit.AccessEvent.reason",
        "audit.AccessEvent.subject",
        # Which rows of the list: names of filters, none of them a person's.
        "clients.CaseloadView.query",
        "clients.Client.language",
        "clients.Client.time_zone",
        "clients.ConsentDocument.language",
        "clients.ConsentDocument.slug",
        "consultations.Consultation.currency",
        "consultations.Consultation.idempotency_key",
        "consultations.Consultation.time_zone",
        "consultations.Hold.idempotency_key",
        "consultations.Hold.language",
        "consultations.Hold.time_zone",
        "consultations.ImportedCalendar.etag",
        "consultations.ImportedCalendar.last_modified",
        "consultations.Series.time_zone",
        "consultations.Service.currency",
        "consultations.Service.slug",
        "consultations.WaitingEntry.language",
        "consultations.WaitingEntry.time_zone",
        # A feeling picked from our list, or the name of a scale: what can be counted.
        "exercises.EntryFact.label",
        "exercises.Exercise.slug",
        "exercises.ExerciseVersion.content_hash",
        "exercises.ExerciseVersion.published_as",
        "exercises.ExerciseVersion.scoring",
        "exercises.PinnedQuote.field",
        "exercises.ScaleScore.scale",
        "exercises.Score.instrument",
        "exercises.Standing.time_zone",
        "exercises.Standing.trend_of",
        "keys.ContentKey.key_id",
        "reminders.Letter.key",
        "reminders.Letter.language",
        "reminders.Reminder.about",
        "reminders.Reminder.kind",
        "reminders.Reminder.occurrence",
        "reminders.Reminder.person",
        "reminders.Reminder.reason",
        "reminders.Reminder.subject",
    },
    SECRET: {
        "accounts.User.password",
        "account.EmailConfirmation.key",
        "audit.AccessEvent.hash",
        "audit.AccessEvent.previous_hash",
        "clients.Address.code_salt",
        "clients.Consent.text_hash",
        "clients.PushDevice.auth",
        "clients.PushDevice.p256dh",
        "clients.PushDevice.server_key",
        "consultations.CalendarFeed.digest",
        "records.Tombstone.hash",
        # A word of ours, sealed.
        "keys.ContentKey.canary",
    },
    PLAN: {
        "accounts.Practice.reminder_offsets",
        "clients.Client.reminder_offsets",
        "consultations.WaitingEntry.weekdays",
        "exercises.Assignment.earlier",
        "exercises.Assignment.weekdays",
        "exercises.ProgrammeItem.weekdays",
    },
    OWN_TEXT: {
        "accounts.Practice.frame_hosts",
        "clients.ConsentDocument.text",
        "clients.ConsentDocument.title",
        "consultations.IntakeQuestion.choices",
        "consultations.IntakeQuestion.help_text",
        "consultations.IntakeQuestion.label",
        "consultations.NoteTemplate.headings",
        "consultations.NoteTemplate.name",
        # Where one meets, as the service says it; it stands in mails and calendar files.
        "consultations.Consultation.place_details",
        "consultations.Service.place_details",
        "exercises.ExerciseDraft.content",
        "exercises.ExerciseVersion.aim",
        "exercises.ExerciseVersion.copyright",
        "exercises.ExerciseVersion.easier",
        "exercises.ExerciseVersion.rationale_template",
        "exercises.ExerciseVersion.smaller",
        "exercises.ExerciseVersion.steps",
        "exercises.ExerciseVersion.summary",
        "exercises.ExerciseVersion.title",
        "exercises.ExerciseVersion.when_to_use",
        "exercises.Programme.summary",
        "exercises.Programme.title",
        # Where a counsellor begins; what one client reads is the assignment's, and encrypted.
        "exercises.ProgrammeItem.rationale",
        "reminders.Letter.body",
        "reminders.Letter.subject",
    },
    PUBLIC: {
        "accounts.Counsellor.about",
        "accounts.Counsellor.display_name",
        "accounts.Counsellor.headline",
        "consultations.Service.description",
        "consultations.Service.name",
    },
    LIBRARY: {
        # Names of fields and `str()` of rows, which never says whose they are.
        "admin.LogEntry.change_message",
        "admin.LogEntry.object_id",
        "admin.LogEntry.object_repr",
        "auth.Group.name",
        "auth.Permission.codename",
        "auth.Permission.name",
        "contenttypes.ContentType.app_label",
        "contenttypes.ContentType.model",
        # The secrets in it are sealed by `counsel.accounts.second_step`.
        "mfa.Authenticator.data",
        "sessions.Session.session_data",
        "sessions.Session.session_key",
        "usersessions.UserSession.data",
        "usersessions.UserSession.session_key",
        "usersessions.UserSession.user_agent",
    },
}


def columns() -> dict[str, models.Field]:
    return {
        f"{model._meta.label}.{field.name}": field
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
    }


def test_every_column_for_words_is_encrypted_or_says_why_not():
    for_words = {
        label
        for label, field in columns().items()
        if isinstance(field, CAN_HOLD_WORDS) and not field.choices
    }
    encrypted = {label for label, field in columns().items() if isinstance(field, EncryptedField)}
    in_clear = set().union(*IN_CLEAR.values())
    assert for_words - encrypted - in_clear == set(), "encrypt them, or say why not"
    assert in_clear - for_words == set(), "there are no such columns"
    assert in_clear & encrypted == set(), "they are encrypted by now"


def test_no_column_stands_here_twice():
    assert sum(map(len, IN_CLEAR.values())) == len(set().union(*IN_CLEAR.values()))


# What they seal is reached by a rotation: the fields, the secrets for signing in, the canaries.
SEAL = {"counsel/accounts/second_step.py", "counsel/common/fields.py", "counsel/keys/keyring.py"}


def test_nothing_is_sealed_where_no_rotation_comes():
    """A new place belongs into `counsel/keys/places.py`."""
    found = {
        str(path.relative_to(ROOT))
        for app in ("clients", "counsel", "exercises", "sessions")
        for path in (ROOT / app).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "counsel.common.encryption"
        if "seal" in {name.name for name in node.names}
    }
    assert found == SEAL


@pytest.mark.django_db
def test_no_encrypted_column_has_an_index():
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            found = connection.introspection.get_constraints(cursor, model._meta.db_table)
            indexed = {
                column
                for constraint in found.values()
                if constraint["index"] or constraint["unique"]
                for column in constraint["columns"] or ()
            }
            fields = model._meta.local_concrete_fields
            sealed = {field.column for field in fields if isinstance(field, EncryptedField)}
            assert not indexed & sealed
