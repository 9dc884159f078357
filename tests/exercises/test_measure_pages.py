"""A measure on its client's pages, without a script; the browser journeys walk it with one."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from exercises.models import Entry, RiskFlag
from tests.exercises.measuring import answers, begun, give, hand_in, make_measure, risky

pytestmark = pytest.mark.django_db
HELP = "have to carry this alone"


@pytest.fixture
def phq(ravi):
    return give(ravi, make_measure())


def url(name, thing, *more):
    return reverse(f"exercises:{name}", args=[thing.pk, *more])


def page(http, where):
    return http.get(where, follow=True).content.decode()


def test_home_shows_it_like_any_practice(http, phq):
    shown = page(http, "/my/")
    assert "Placeholder phq-9" in shown
    assert url("begin", phq) in shown


def test_who_reads_it_is_said_before_the_first_question(http, phq):
    words = "Your counsellor reads these answers once you save them"
    assert words in page(http, url("begin", phq))
    draft = begun(phq, {})
    assert words in page(http, url("step", draft, 1))
    assert words not in page(http, url("step", draft, 2))


def test_there_is_no_switch_beside_save_and_what_is_sent_instead_changes_nothing(http, phq):
    draft = begun(phq, {})
    shown = page(http, url("step", draft, 9))
    assert 'type="radio" name="_-sharing"' not in shown
    assert "These answers are always shared" in shown
    http.post(url("finish", draft), {"item9": "v0", "_-sharing": "private"})
    assert Entry.objects.get().sharing == "shared"


def test_other_measures_have_the_switch(http, ravi):
    draft = begun(give(ravi, make_measure("gad-7")), {})
    assert "reads these answers" not in page(http, url("step", draft, 1))
    assert 'type="radio" name="_-sharing" value="private"' in page(http, url("step", draft, 7))


def test_every_question_may_be_left_out(http, phq):
    draft = begun(phq, {})
    for number in range(1, 9):
        http.post(url("step", draft, number), {"_go": "on"})
    http.post(url("finish", draft), {"_-sharing": "shared"})
    assert Entry.objects.get().state == "submitted"
    assert "Thank you" in page(http, url("finish", draft))


# --- Help at once ------------------------------------------------------------------------


@pytest.mark.parametrize(("points", "shows"), [(0, False), (1, True), (2, True), (3, True)])
def test_help_is_on_the_page_after_the_answer_and_stays_on_the_last(http, phq, points, shows):
    draft = begun(phq, {})
    sent = {"item9": f"v{points}", "_-sharing": "shared"}
    shown = http.post(url("finish", draft), sent, follow=True).content.decode()
    assert (HELP in shown) is shows
    assert (HELP in page(http, url("finish", draft))) is shows
    assert RiskFlag.objects.count() == shows


def test_it_is_there_before_anything_is_handed_in(http, ravi):
    draft = begun(give(ravi, make_measure("core-10")), {})
    assert HELP not in page(http, url("step", draft, 6))
    shown = http.post(url("step", draft, 6), {"_go": "on", "item6": "v1"}, follow=True)
    assert HELP in shown.content.decode()
    assert HELP in page(http, url("step", draft, 2))
    assert HELP in page(http, url("entry", draft))
    assert not RiskFlag.objects.exists()


def test_what_a_script_saved_brings_it_too(http, phq):
    draft = begun(phq, {})
    body = json.dumps({"step": 9, "answers": {"item9": ["v2"]}})
    http.post(url("autosave", draft), body, content_type="application/json")
    assert HELP in page(http, url("step", draft, 9))


def test_a_script_is_told_at_once_where_to_find_help(http, phq):
    draft = begun(phq, {})
    for points, shows in (("v2", True), ("v0", False)):
        body = json.dumps({"step": 9, "answers": {"item9": [points]}})
        told = http.post(url("autosave", draft), body, content_type="application/json").json()
        assert (HELP in told["help"]) is shows


def test_somebody_who_stops_on_the_way_finds_it_at_home(http, phq):
    draft = begun(phq, {})
    assert HELP not in page(http, "/my/")
    http.post(url("step", draft, 9), {"_go": "back", "item9": "v1"})
    assert HELP in page(http, "/my/")


def test_it_goes_when_the_answer_is_changed(http, phq):
    draft = begun(phq, risky(2))
    http.post(url("step", draft, 9), {"_go": "back", "item9": "v0"})
    assert HELP not in page(http, url("step", draft, 8))


def test_it_names_the_practices_lines_and_stands_above_everything(http, phq, settings, tmp_path):
    settings.HELP_LINES_FILE = tmp_path / "lines.toml"
    settings.HELP_LINES_FILE.write_text(
        '[[line]]\nname = "Night line"\nnumber = "0800 111"\nchecked_on = 2030-01-01\n'
    )
    shown = page(http, url("step", begun(phq, risky(1)), 1)).split("<main")[1]
    assert "Night line" in shown and 'href="tel:0800111"' in shown
    assert f'href="{reverse("help")}"' in shown
    assert shown.index(HELP) < shown.index("<form")


def test_it_is_there_where_the_lines_cannot_be_read(http, phq, settings, tmp_path):
    settings.HELP_LINES_FILE = tmp_path / "nowhere.toml"
    assert HELP in page(http, url("step", begun(phq, risky(1)), 1))


# --- Numbers -----------------------------------------------------------------------------


def test_no_number_band_or_line_is_shown_unless_the_counsellor_allows_it(http, phq):
    entry = hand_in(phq, answers(*[2] * 8))
    for where in (url("finish", entry), url("entry", entry)):
        shown = page(http, where)
        assert "Your numbers" not in shown
        assert "moderately severe" not in shown


def test_own_numbers_come_with_their_days_and_without_a_verdict(http, ravi):
    todo = give(ravi, make_measure(), shows_scores=True)
    for day, given in ((1, answers(*[2] * 8)), (8, answers(1, 2)), (15, {"item1": "v1"})):
        with time_machine.travel(datetime(2030, 1, day, 9, tzinfo=UTC), tick=False):
            entry = hand_in(todo, given)
    with time_machine.travel(datetime(2030, 1, 15, 10, tzinfo=UTC), tick=False):
        http.force_login(ravi.user)
        for where in (url("finish", entry), url("entry", entry)):
            table = page(http, where).split("Your numbers</h2>")[1].split("</table>")[0]
            assert "0 to 27" in table
            order = ["15 Jan 2030", "too few answers", "8 Jan 2030", ">3<", "1 Jan 2030", ">16<"]
            places = [table.index(words) for words in order]
            assert places == sorted(places)
            for verdict in ("moderate", "severe", "mild", "Total", "better", "diagnos"):
                assert verdict not in table


def test_parts_of_a_tested_instrument_have_no_name_for_clients(http, ravi):
    entry = hand_in(
        give(ravi, make_measure("dass-21"), shows_scores=True), answers(3, key="dass-21")
    )
    shown = page(http, url("finish", entry))
    assert "Part 1" in shown and "Part 3" in shown
    for word in ("Anxiety", "mood", "depress"):
        assert word not in shown.split("Your numbers</h2>")[1].split("</table>")[0]


@pytest.mark.parametrize("times", [1, 10])
def test_own_numbers_cost_the_same_however_many_there_are(
    http, ravi, times, django_assert_num_queries
):
    todo = give(ravi, make_measure(), shows_scores=True)
    entries = [hand_in(todo, answers(1)) for _ in range(times)]
    with django_assert_num_queries(5):  # sign-in, user, entry; scores, their values
        http.get(url("finish", entries[-1]))
