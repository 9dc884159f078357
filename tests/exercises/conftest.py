"""Ravi practises; Mira is another client of the same counsellor and must see nothing of his."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories import make_assignment, make_counsellor, make_portal_client, make_version

STEPS = [
    {
        "key": "pause",
        "title": "Pause",
        "fields": [
            {"key": "breath", "kind": "breath", "label": "Breathe.", "seconds": 20},
            {
                "key": "strength",
                "kind": "scale",
                "label": "How strong is it?",
                "low": "hardly there",
                "high": "all of me",
                "role": "before",
            },
        ],
    },
    {
        "key": "label",
        "title": "Label",
        "fields": [
            {"key": "feelings", "kind": "feelings", "label": "This is…", "required": True},
        ],
    },
    {
        "key": "share",
        "title": "Small share",
        "fields": [
            {"key": "words", "kind": "long_text", "label": "The words"},
            {"key": "line", "kind": "short_text", "label": "A line"},
            {
                "key": "told",
                "kind": "choice",
                "label": "Told",
                "options": [{"value": "yes", "label": "I told them"}],
            },
            {
                "key": "needs",
                "kind": "choices",
                "label": "Needs",
                "options": [
                    {"value": "space", "label": "Some space"},
                    {"value": "time", "label": "More time"},
                ],
            },
            {"key": "safe", "kind": "yes_no", "label": "Was it safe?"},
            {"key": "minutes", "kind": "number", "label": "Minutes", "maximum": 60},
            {"key": "at", "kind": "time", "label": "When"},
            {"key": "okay", "kind": "reading", "label": "It's okay."},
            {"key": "after", "kind": "scale", "label": "And now?", "role": "after"},
        ],
    },
]


@pytest.fixture
def ravi(db):
    return make_portal_client(name="Ravi", counsellor=make_counsellor(), time_zone="Asia/Kolkata")


@pytest.fixture
def mira(ravi):
    return make_portal_client(name="Mira", counsellor=ravi.counsellor)


@pytest.fixture
def version(db):
    return make_version(title="Pause", steps=STEPS, easier="Only one breath.")


@pytest.fixture
def assignment(ravi, version):
    """Daily, since long ago."""
    return make_assignment(client=ravi, version=version, starts_on=date(2020, 1, 1))


@pytest.fixture
def http(client, ravi):
    """A browser in which Ravi has signed in."""
    client.force_login(ravi.user)
    return client
