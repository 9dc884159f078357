"""The page on which a programme is written, through HTTP and without a script."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from urllib.parse import urlencode

import pytest
from django.contrib.admin.models import LogEntry
from django.utils.html import escape

from exercises.desk.programme_forms import FIELDS
from exercises.models import Programme
from exercises.selectors.programmes import state_of
from exercises.services.programme_writing import LONGEST_PROGRAMME, programme_change
from exercises.services.programmes import programme_give
from tests.factories import (
    make_client,
    make_counsellor,
    make_manager,
    make_programme,
    make_version,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/exercises/programme/"
ADD = f"{LIST}add/"


@pytest.fixture
def ada(client):
    counsellor = make_counsellor()
    client.force_login(counsellor.user)
    return counsellor


@pytest.fixture
def pause(ada):
    return make_version(title="Pause", rationale_template="To catch the moment.")


@pytest.fixture
def label(ada):
    return make_version(title="Label")


def item(version, **changes):
    given = {"exercise": version.exercise_id, "release": "at_once", "rationale": "Because."}
    return {**given, "rhythm": "daily", "reminders": "on", **changes}


def page(*items, act="save", **more):
    """What the page posts."""
    posted = {"title": "Weeks", "summary": "", "count": len(items), "act": act}
    for place, fields in enumerate(items):
        posted |= {f"item{place}-{name}": value for name, value in fields.items()}
    return {**posted, **more}


def titles(response):
    return [row.title for row in response.context["rows"]]


def typed(response, name):
    return [row.form[name].value() for row in response.context["rows"]]


def change_of(programme):
    return f"{LIST}{programme.pk}/change/"


# --- The list -------------------------------------------------------------------------------


@pytest.mark.parametrize("programmes", [1, 6])
def test_the_list_counts_exercises_and_who_is_in_it_now(
    client, ada, programmes, django_assert_num_queries
):
    first = make_programme({}, {}, owner=ada, title="A first one")
    for _number in range(2):
        person = make_client(counsellor=ada)
        programme_give(programme=first, client=person, starts_on=date(2030, 1, 7))
    person.enrolments.update(ended_on=date(2030, 1, 8))
    for _number in range(programmes):
        make_programme(owner=ada, put_away_at=datetime(2030, 1, 1, tzinfo=UTC))
    make_programme(owner=make_counsellor(), title="Canary-7Q")
    with django_assert_num_queries(5):
        shown = client.get(LIST).content.decode()
    row = re.search(r"<tr>.*?A first one.*?</tr>", shown, re.S).group()
    assert re.findall(r'class="field-(?:exercises|in_it_now)">(?:<a[^>]*>)?(\d)', row) == ["2", "1"]
    assert f"programme__id__exact={first.pk}" in row
    assert shown.count("put away") == programmes
    assert "Canary-7Q" not in shown


# --- Adding, moving, taking out -------------------------------------------------------------


def test_it_adds_an_exercise_with_the_words_to_start_from(client, ada, pause, label):
    response = client.post(ADD, page(act="add", add=pause.exercise_id))
    assert response.status_code == 200
    assert titles(response) == ["Pause"]
    assert typed(response, "rationale") == ["To catch the moment."]
    assert typed(response, "release") == ["at_once"]
    response = client.post(ADD, page(item(pause), act="add", add=label.exercise_id))
    assert titles(response) == ["Pause", "Label"]
    assert typed(response, "release") == ["at_once", "after_one_before"]
    assert typed(response, "days") == ["", "3"]
    assert not Programme.objects.exists()


def test_it_offers_the_library_as_it_is_now(client, ada, pause):
    make_version(exercise=pause.exercise, number=2, title="Pause anew")
    make_version(owner=make_counsellor(), title="Canary-7Q")
    gone = make_version(title="Gone").exercise
    gone.put_away_at = datetime(2030, 1, 1, tzinfo=UTC)
    gone.save()
    offered = client.get(ADD).context["offered"]
    assert [version.title for version in offered] == ["Pause anew"]


@pytest.mark.parametrize("chosen", ["", "junk", "a%00b", "%ED%A0%80", "9" * 9_000])
def test_it_says_when_nothing_was_chosen_to_add(client, ada, pause, chosen):
    sent = f"{urlencode(page(item(pause), act='add'))}&add={chosen}"
    response = client.post(ADD, sent, content_type="application/x-www-form-urlencoded")
    assert "Choose the exercise to add." in response.content.decode()
    assert titles(response) == ["Pause"]


def test_it_moves_and_takes_out_and_keeps_whatever_was_typed(client, ada, pause, label):
    wrong = {"days": "many", "rationale": "Typed <b>words</b> 👩‍👩‍👧", "lasts_days": "-1"}
    third = make_version(title="Share")
    rows = [item(pause, **wrong), item(label, weekdays=["0", "2"], reminders=""), item(third)]
    for act, order in (
        ("down-0", ["Label", "Pause", "Share"]),
        ("up-1", ["Label", "Pause", "Share"]),
        ("up-0", ["Pause", "Label", "Share"]),
        ("down-2", ["Pause", "Label", "Share"]),
        ("remove-2", ["Pause", "Label"]),
        ("remove-7", ["Pause", "Label", "Share"]),
        ("remove-x", ["Pause", "Label", "Share"]),
        ("", ["Pause", "Label", "Share"]),
    ):
        response = client.post(ADD, page(*rows, act=act, title="", summary="Kept"))
        assert response.status_code == 200
        assert titles(response) == order
        at = order.index("Pause")
        assert {name: typed(response, name)[at] for name in wrong} == wrong
        assert escape(wrong["rationale"]) in response.content.decode()
        assert typed(response, "weekdays")[order.index("Label")] == ["0", "2"]
        assert typed(response, "reminders")[order.index("Label")] == ""
        assert response.context["form"]["summary"].value() == "Kept"
        assert "error-summary" not in response.content.decode()


def test_it_looks_at_the_exercise_that_was_moved(client, ada, pause, label):
    shown = client.post(ADD, page(item(pause), item(label), act="down-0")).content.decode()
    moved = re.search(r'<li class="programme-item" id="(\w+)" tabindex="-1" autofocus>', shown)
    assert moved.group(1) == "item1"


def test_it_holds_no_more_than_thirty(client, ada, pause):
    rows = [item(pause)] * LONGEST_PROGRAMME
    response = client.post(ADD, page(*rows, act="add", add=pause.exercise_id))
    assert len(response.context["rows"]) == LONGEST_PROGRAMME
    assert 'name="add"' not in response.content.decode()
    for count in ("31", "9" * 5_000, "-1", "x", "²", ""):
        answer = client.post(ADD, page(*rows, act="up-1", count=count))
        assert answer.status_code == 200
        assert len(answer.context["rows"]) in (0, LONGEST_PROGRAMME)


# --- Saving ---------------------------------------------------------------------------------


def test_it_saves_and_shows_it_again(client, ada, pause, label):
    second = item(label, release="after_one_before", days="2", rhythm="weekdays")
    second |= {"weekdays": ["2", "0"], "lasts_days": "14", "reminders": ""}
    response = client.post(ADD, page(item(pause), second), follow=True)
    programme = Programme.objects.get()
    assert response.redirect_chain == [(change_of(programme), 302)]
    assert programme.owner == ada
    first, kept = programme.items.all()
    assert (first.exercise, first.release, first.reminders) == (pause.exercise, "at_once", True)
    assert (kept.release, kept.days, kept.weekdays) == ("after_one_before", 2, "02")
    assert (kept.lasts_days, kept.reminders) == (14, False)
    assert LogEntry.objects.get().object_repr == "Weeks"
    words = [row.words for row in response.context["rows"]]
    assert words == [
        "on the first day, every day",
        "once the one before was practised on 2 days, Mon, Wed, for 14 days",
    ]
    # What is stored is what the page posts.
    rows = [{name: row.form[name].value() for name in FIELDS} for row in response.context["rows"]]
    again = page(*rows, seen=response.context["page"].seen)
    assert client.post(change_of(programme), again).status_code == 302
    assert [row.lasts_days for row in programme.items.all()] == [None, 14]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rationale": "  "}, "rationale"),
        ({"rationale": "a\x00b"}, "rationale"),
        ({"rationale": "x" * 100_000}, "rationale"),
        ({"release": "someday"}, "release"),
        ({"release": "after_days"}, "days"),
        ({"release": "after_days", "days": "367"}, "days"),
        ({"release": "after_days", "days": "9" * 5_000}, "days"),
        ({"release": "on_date"}, "on_date"),
        ({"release": "on_date", "on_date": "2030-02-30"}, "on_date"),
        ({"release": "on_date", "on_date": "9999-12-31"}, "on_date"),
        ({"release": "after_one_before", "days": "2"}, "release"),
        ({"rhythm": "hourly"}, "rhythm"),
        ({"rhythm": "times_a_week"}, "times_a_week"),
        ({"rhythm": "times_a_week", "times_a_week": "8"}, "times_a_week"),
        ({"rhythm": "weekdays"}, "weekdays"),
        ({"rhythm": "weekdays", "weekdays": ["7"]}, "weekdays"),
        ({"rhythm": "every_weeks", "every_weeks": "0"}, "every_weeks"),
        ({"lasts_days": "0"}, "lasts_days"),
        ({"exercise": ""}, "exercise"),
        ({"exercise": "a\x00b"}, "exercise"),
    ],
)
def test_it_says_what_is_wrong_beside_the_field(client, ada, pause, wrong, field):
    response = client.post(ADD, page(item(pause, **wrong)))
    assert response.status_code == 422
    (row,) = response.context["rows"]
    assert row.form.errors.keys() == {field}
    assert row.is_open
    shown = response.content.decode()
    assert 'class="error-summary"' in shown
    assert escape(row.form.errors[field][0]) in shown
    if field not in ("exercise", "weekdays"):
        assert f'id="id_item0-{field}_error"' in shown
    assert not Programme.objects.exists()


def test_it_does_not_look_at_what_the_choice_does_not_ask_for(client, ada, pause):
    odd = {"days": "many", "on_date": "soon", "times_a_week": "99", "every_weeks": "x"}
    client.post(ADD, page(item(pause, **odd, weekdays=["7"])))
    kept = Programme.objects.get().items.get()
    assert (kept.days, kept.on_date, kept.times_a_week, kept.every_weeks) == (None,) * 4
    assert kept.weekdays == ""


@pytest.mark.parametrize("wrong", [{"title": " "}, {"title": "a\x00b"}, {"title": "x" * 121}])
def test_it_needs_a_title(client, ada, pause, wrong):
    response = client.post(ADD, page(item(pause), **wrong))
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"title"}
    assert titles(response) == ["Pause"]


def test_it_needs_an_exercise(client, ada):
    response = client.post(ADD, page())
    assert response.status_code == 422
    assert "Add at least one exercise." in response.content.decode()


def test_it_takes_no_exercise_of_another_counsellor(client, ada):
    hers = make_version(owner=make_counsellor(), title="Canary-7Q")
    response = client.post(ADD, page(item(hers)))
    assert response.status_code == 422
    assert response.context["rows"][0].form.errors.keys() == {"exercise"}
    assert "Canary-7Q" not in response.content.decode()
    client.post(ADD, page(act="add", add=hers.exercise_id))
    assert not Programme.objects.exists()


def test_what_was_put_away_since_is_named_and_has_to_be_taken_out(client, ada, pause, label):
    programme = make_programme(*({"exercise": v.exercise} for v in (pause, label)), owner=ada)
    pause.exercise.put_away_at = datetime(2030, 1, 1, tzinfo=UTC)
    pause.exercise.save()
    shown = client.get(change_of(programme))
    assert titles(shown) == ["Pause", "Label"]
    rows = [{name: row.form[name].value() for name in FIELDS} for row in shown.context["rows"]]
    seen = shown.context["page"].seen
    refused = client.post(change_of(programme), page(*rows, seen=seen))
    assert refused.status_code == 422
    assert "not offered any more" in refused.content.decode()
    assert client.post(change_of(programme), page(rows[1], seen=seen)).status_code == 302
    assert [row.exercise for row in programme.items.all()] == [label.exercise]


def test_a_change_in_another_window_is_told_and_replaced_only_when_saved_again(
    client, ada, pause, label
):
    programme = make_programme({"exercise": pause.exercise}, owner=ada)
    seen = client.get(change_of(programme)).context["page"].seen
    other = {**item(label), "reminders": True, "exercise": label.exercise}
    blank = {"days": None, "on_date": None, "times_a_week": None, "every_weeks": None}
    programme_change(
        programme=programme,
        title="Theirs",
        summary="",
        items=[{**other, **blank, "weekdays": "", "lasts_days": None}],
        seen=state_of(programme),
    )
    mine = page(item(pause, rationale="Mine."), title="Mine", seen=seen)
    # Moving something about meanwhile does not hide it.
    moved = client.post(change_of(programme), {**mine, "act": "up-0"})
    assert moved.context["page"].seen == seen
    refused = client.post(change_of(programme), mine)
    assert refused.status_code == 422
    assert "changed in another window" in refused.content.decode()
    assert typed(refused, "rationale") == ["Mine."]
    again = {**mine, "seen": refused.context["page"].seen}
    assert client.post(change_of(programme), again).status_code == 302
    programme.refresh_from_db()
    assert programme.title == "Mine"


@pytest.mark.parametrize("exercises", [1, 12])
def test_it_reads_the_page_in_a_fixed_number_of_queries(
    client, ada, exercises, django_assert_num_queries
):
    programme = make_programme(*[{}] * exercises, owner=ada)
    with django_assert_num_queries(10):
        client.get(change_of(programme))


# --- What else can be done with it ----------------------------------------------------------


def test_it_is_put_away_brought_back_and_copied(client, ada):
    programme = make_programme(owner=ada, title="Weeks")
    do = f"{LIST}{programme.pk}/do/"
    client.post(f"{do}put-away/")
    programme.refresh_from_db()
    assert programme.put_away_at is not None
    assert "Give it to clients" not in client.get(change_of(programme)).content.decode()
    client.post(f"{do}bring-back/")
    programme.refresh_from_db()
    assert programme.put_away_at is None
    response = client.post(f"{do}copy/")
    copied = Programme.objects.exclude(pk=programme.pk).get()
    assert (response["Location"], copied.title) == (change_of(copied), "Copy of Weeks")
    assert client.post(f"{do}anything/").status_code == 404


def test_it_is_deleted_only_while_nobody_was_given_it(client, ada):
    programme = make_programme(owner=ada)
    url = f"{LIST}{programme.pk}/delete/"
    assert url in client.get(change_of(programme)).content.decode()
    enrolment = programme_give(
        programme=programme, client=make_client(counsellor=ada), starts_on=date(2030, 1, 7)
    )
    assert url not in client.get(change_of(programme)).content.decode()
    assert client.post(url, {"post": "yes"}).status_code == 403
    enrolment.assignments.all().delete()
    enrolment.delete()
    client.post(url, {"post": "yes"})
    assert not Programme.objects.exists()


def test_it_is_nobody_elses(client, ada):
    hers = make_programme(owner=make_counsellor(), title="Canary-7Q")
    for url in (change_of(hers), f"{LIST}{hers.pk}/do/copy/", f"{LIST}{hers.pk}/delete/"):
        response = client.post(url, page(item(make_version())))
        assert response.status_code == 404
        assert "Canary-7Q" not in response.content.decode()
    client.force_login(make_manager())
    for url in (ADD, change_of(hers), f"{LIST}{hers.pk}/do/copy/"):
        assert client.post(url, page(item(make_version()))).status_code == 403
    assert list(Programme.objects.all()) == [hers]
