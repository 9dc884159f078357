from __future__ import annotations

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "page", ["account_login", "account_request_login_code", "account_reset_password"]
)
def test_it_asks_for_the_address_in_the_same_words_everywhere(client, page):
    content = client.get(reverse(page)).content.decode()
    assert "E-mail address" in content
    assert "placeholder" not in content


def test_it_says_what_to_do_about_an_empty_field(client):
    content = client.post(reverse("account_login"), {}).content.decode()
    assert "Please write your password." in content
    assert "This field is required." not in content
