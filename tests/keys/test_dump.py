"""A copy of the database holds none of the words that are encrypted, in no table."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

from counsel.common.fields import EncryptedJSONField
from counsel.keys.sweeping import encrypted_fields, encrypted_models
from tests.caseloads import make_caseload

pytestmark = pytest.mark.django_db
CANARY = "wren-in-the-hedge"


def test_no_word_that_is_encrypted_stands_anywhere_in_clear():
    make_caseload("somebody-else")
    written = 0
    for model in encrypted_models(apps):
        for row in model._base_manager.all():
            if getattr(row, "signed_at", None) or hasattr(row, "note_id"):
                continue  # what is signed was sealed by the same field
            for field in encrypted_fields(model):
                is_json = isinstance(field, EncryptedJSONField)
                setattr(row, field.attname, [{"a": CANARY}] if is_json else CANARY)
                written += 1
            row.save(update_fields=[field.attname for field in encrypted_fields(model)])
    assert written > 30
    assert [table for table, words in _everything() if CANARY in words] == []


def _everything():
    """The words of each table, as whoever copied the database would read them."""
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {quoted(table)}")  # noqa: S608
            yield table, repr(cursor.fetchall())
