"""A link that is shown to somebody else than its reader opens nothing."""

from __future__ import annotations

import pytest
from django.core.signing import Signer

from counsel.reminders.links import without_keys

KEY = Signer().sign("0c1d2e3f" * 4)


@pytest.fixture(autouse=True)
def _here(settings):
    settings.BASE_URL = "https://practice.example"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("", ""),
        ("/", "/"),
        ("/my/settings/", "/my/settings/"),
        (f"/appointments/{KEY}/", "/appointments/…/"),
        (f"/appointments/{KEY}/move/", "/appointments/…/move/"),
        (f"/invitation/{KEY}/", "/invitation/…/"),
        ("/my/practice/6a1d9c0e-0000-4000-8000-000000000001/", "/my/practice/…/"),
        # Of what nobody knows nothing is shown.
        (f"/elsewhere/{KEY}/", "/…"),
        (f"/appointments/{KEY}/.", "/…"),
        ("/my/settings/?key=secret", "/my/settings/?…"),
        ("/my/settings/#secret", "/my/settings/?…"),
        ("/admin/anything/at/all", "/…"),
    ],
)
def test_only_what_is_the_same_for_everybody_is_shown(path, shown):
    text = f"See (https://practice.example{path}\nand so on)"
    assert without_keys(text) == f"See (https://practice.example{shown}\nand so on)"


def test_a_link_in_an_attribute_is_one_too():
    assert without_keys(f'<a href="https://practice.example/invitation/{KEY}/">x</a>') == (
        '<a href="https://practice.example/invitation/…/">x</a>'
    )


def test_a_key_elsewhere_is_left_out_as_well():
    assert without_keys(f"List-Unsubscribe: <http://other.example/x/{KEY}>") == (
        "List-Unsubscribe: <http://other.example/x/…>"
    )


def test_other_words_stay_as_they_are():
    text = "At 10:30, see https://maps.example/place?q=1\nUID:6a1d9c0e-0000-4000-8000-000000000001"
    assert without_keys(text) == text
