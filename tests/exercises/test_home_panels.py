from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clients.models import Client
from exercises.home import days, help_at_once, replies, today
from exercises.services.declining import entry_could_not
from exercises.services.replies import reply_write
from tests.factories import make_assignment, make_entry, make_version


def home(http) -> str:
    response = http.get(reverse("clients:home"))
    assert response.status_code == 200
    return response.content.decode()


def test_it_offers_to_begin_what_is_wanted_today(http, assignment):
    page = home(http)
    assert reverse("exercises:begin", args=[assignment.pk]) in page
    assert reverse("exercises:could_not", args=[assignment.pk]) in page
    assert assignment.rationale in page
    assert ">Begin<" in page


def test_it_offers_to_go_on_with_a_draft(http, assignment):
    make_entry(assignment=assignment, state="draft")
    assert ">Go on<" in home(http)


def test_what_is_done_today_asks_for_nothing(http, assignment):
    make_entry(assignment=assignment)
    page = home(http)
    assert "Done today. Do it again if you like." in page
    assert "btn-primary" not in page


def test_what_could_not_be_done_today_is_left_in_peace(http, assignment):
    entry_could_not(assignment=assignment, because="", sharing="private")
    page = home(http)
    assert "btn-primary" not in page
    assert "allowed." in page


def test_a_draft_stays_in_peace_once_it_was_not_a_day_for_it(http, assignment):
    make_entry(assignment=assignment, state="draft")
    entry_could_not(assignment=assignment, because="", sharing="private")
    assert ">Go on<" not in home(http)


def test_one_button_a_page_is_the_primary_one(http, ravi):
    for _ in range(3):
        make_assignment(client=ravi, starts_on="2020-01-01")
    assert home(http).count("btn-primary") == 1


def test_it_says_the_days_in_a_sentence_and_never_counts_misses(http, ravi):
    for ago in (0, 1, 1, 3, 6, 7):
        make_entry(client=ravi, happened_at=timezone.now() - timedelta(days=ago))
    page = home(http)
    assert "You practised on 4 of the last 7 days." in page
    assert page.count("day-mark") == 7
    assert page.count("day-on") == 4
    for word in ("streak", "overdue", "missed", "%"):
        assert word not in page.casefold()


def test_a_quiet_week_is_allowed(http, ravi):
    Client.objects.update(created_at=timezone.now() - timedelta(days=7))
    assert "The last 7 days were quiet." in home(http)


def test_the_week_before_somebody_came_was_not_quiet(http, ravi):
    assert "The days on which you practise will be marked here." in home(http)


def test_it_says_that_the_counsellor_wrote_back(http, assignment):
    entry = make_entry(assignment=assignment, sharing="shared")
    reply_write(entry=entry, author=assignment.client.counsellor, text="Only on the page itself")
    page = home(http)
    assert reverse("exercises:entry", args=[entry.pk]) in page
    assert "Only on the page itself" not in page
    http.get(reverse("exercises:entry", args=[entry.pk]))
    assert "wrote back" not in home(http)


def test_nobody_elses_practice_is_on_it(http, mira):
    make_assignment(client=mira, version=make_version(title="Not his"), starts_on="2020-01-01")
    assert "Not his" not in home(http)


@pytest.mark.parametrize("count", [1, 50])
def test_it_costs_the_same_however_much_there_is(ravi, version, count, django_assert_num_queries):
    for _ in range(count):
        todo = make_assignment(client=ravi, version=version, starts_on="2020-01-01")
        make_entry(assignment=todo)
    # What may ask for help; answers to read; assignments, what was done, drafts; days practised.
    with django_assert_num_queries(1 + 1 + 4 + 1):
        for panel in (help_at_once, replies, today, days):
            panel(ravi, timezone.now())
