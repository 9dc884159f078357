from __future__ import annotations

import pytest
from django.test import RequestFactory

from counsel.accounts import paging
from counsel.accounts.models import User
from counsel.accounts.paging import LAST_PAGE, ShortSightedPaginator, page_asked_for
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(monkeypatch):
    monkeypatch.setattr(paging, "COUNTED_AHEAD", 4)
    for _ in range(11):
        make_user()
    return User.objects.order_by("email")


def test_it_counts_only_so_far_ahead(rows):
    first = ShortSightedPaginator(rows, 2)
    assert (first.count, first.num_pages, first.there_is_more) == (6, 3, True)


def test_each_page_leads_further_until_all_is_counted(rows):
    third = ShortSightedPaginator(rows, 2, page=3)
    assert (third.count, third.there_is_more) == (10, True)
    fifth = ShortSightedPaginator(rows, 2, page=5)
    assert (fifth.count, fifth.there_is_more) == (11, False)
    assert len(fifth.page(6)) == 1


def test_it_counts_without_sorting_and_no_more_than_it_needs(rows, django_assert_num_queries):
    with django_assert_num_queries(1) as captured:
        _counted = ShortSightedPaginator(rows, 2).count
    assert "LIMIT 7" in captured[0]["sql"]
    assert "ORDER BY" not in captured[0]["sql"]


@pytest.mark.parametrize(
    ("asked", "page"), [("3", 3), ("", 1), ("-5", 1), ("x", 1), ("9" * 30, LAST_PAGE)]
)
def test_any_page_may_be_asked_for(asked, page):
    assert page_asked_for(RequestFactory().get("/", {"p": asked})) == page


def test_a_list_says_that_there_is_more(client, rows, monkeypatch):
    User.objects.update(is_staff=True)
    client.force_login(make_user(is_staff=True, is_superuser=True))
    url = "/admin/accounts/user/"
    assert "12 users" in " ".join(client.get(url).content.decode().split())
    # As though a page held two rows.
    monkeypatch.setattr(paging, "COUNTED_AHEAD", 4 - 98)
    assert "more than 6 users" in " ".join(client.get(url).content.decode().split())
    assert client.get(f"{url}?p={'9' * 30}").status_code in (200, 302)
