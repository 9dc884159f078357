from __future__ import annotations

import pytest
from django.db import DatabaseError, connection
from django.urls import reverse

from exercises.models import Entry
from exercises.services.practising import entry_begin, entry_submit
from tests.factories import make_assignment, make_entry, make_version

HOSTILE = [
    "",
    "x" * 100_000,
    "👩‍👩‍👧 🫠",
    "مرحبا \u202egnp.exe",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "e\u0301" * 50,
    "line\r\nline",
]


def url(name, thing, *more):
    return reverse(f"exercises:{name}", args=[thing.pk, *more])


@pytest.fixture
def draft(assignment):
    return entry_begin(client=assignment.client, version=assignment.version, assignment=assignment)


def post(http, draft, number, **sent):
    return http.post(url("step", draft, number), {"_go": "on", **sent})


def answers(draft):
    draft.refresh_from_db()
    return draft.answers


# --- Beginning ---------------------------------------------------------------------------


def test_it_says_why_and_offers_something_smaller(http, assignment):
    page = http.get(url("begin", assignment)).content.decode()
    assert assignment.rationale in page
    assert "Only one breath." in page
    assert not Entry.objects.exists()


def test_beginning_leads_to_the_first_step(http, assignment):
    response = http.post(url("begin", assignment))
    draft = Entry.objects.get()
    assert (draft.assignment, draft.state) == (assignment, "draft")
    assert response["Location"] == url("step", draft, 1)


def test_going_on_leads_to_where_one_left_off(http, assignment, draft):
    post(http, draft, 1, strength="4")
    assert http.post(url("begin", assignment))["Location"] == url("step", draft, 2)
    assert Entry.objects.count() == 1


def test_what_is_closed_cannot_be_begun(http, assignment):
    type(assignment).objects.update(status="withdrawn", withdrawn_on="2026-06-01")
    assert "open any more" in http.get(url("begin", assignment)).content.decode()
    assert http.post(url("begin", assignment), follow=True).status_code == 200
    assert not Entry.objects.exists()


# --- Steps -------------------------------------------------------------------------------


def test_each_step_is_a_screen_of_its_own(http, draft):
    page = http.get(url("step", draft, 2)).content.decode()
    assert "Step 2 of 3" in page
    assert "embarrassment" in page
    assert "How strong" not in page


@pytest.mark.parametrize("number", [0, 4, 99999])
def test_there_is_no_other_step(http, draft, number):
    assert http.get(f"/my/entries/{draft.pk}/{number}/").status_code == 404


def test_on_and_back_both_keep_it(http, draft):
    assert post(http, draft, 1, strength="6")["Location"] == url("step", draft, 2)
    sent = {"_go": "back", "feelings": ["shame", "like glass, joy"]}
    response = http.post(url("step", draft, 2), sent)
    assert response["Location"] == url("step", draft, 1)
    assert answers(draft) == {"strength": 6, "feelings": ["shame", "like glass", "joy"]}


def test_back_does_not_ask_for_what_is_open(http, draft):
    response = http.post(url("step", draft, 2), {"_go": "back", "feelings": ""})
    assert response["Location"] == url("step", draft, 1)


def test_on_asks_for_what_is_open_beside_the_field(http, draft):
    response = post(http, draft, 2, feelings="")
    assert response.status_code == 422
    page = response.content.decode()
    assert 'id="id_feelings_error"' in page
    assert "One answer is still open here." in page


def test_what_was_kept_stands_there_again(http, draft):
    post(http, draft, 1, strength="6")
    assert 'value="6" checked' in http.get(url("step", draft, 1)).content.decode()
    post(http, draft, 3, words="as it came", needs=["space", "time"], safe="no", at="07:30")
    page = http.get(url("step", draft, 3)).content.decode()
    assert "as it came" in page
    assert 'value="07:30"' in page
    assert page.count("checked") == 5  # two needs, one no, just now, only me


@pytest.mark.parametrize("text", HOSTILE)
def test_any_words_are_kept_as_they_are(http, draft, text):
    assert post(http, draft, 3, words=text).status_code == 302
    assert answers(draft).get("words", "") == text.replace("\r\n", "\n")
    page = http.get(url("step", draft, 3)).content.decode()
    assert "<script>alert" not in page
    assert "49" not in page.split("id_words")[1][:400]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"words": "x" * 100_001}, "too long"),
        ({"words": "a\x00b and more"}, "invisible character"),
        ({"line": "y" * 301}, "too long"),
        ({"told": "sold"}, "choose one of the answers"),
        ({"needs": ["space", "gold"]}, "choose from the answers"),
        ({"minutes": "many"}, "whole number"),
        ({"minutes": "61"}, "whole number"),
        ({"at": "half past"}, "a time like"),
        ({"safe": "perhaps"}, "yes or no"),
        ({"after": "11"}, "whole number"),
    ],
)
def test_a_refusal_stands_beside_the_field_and_what_was_typed_stays(http, draft, sent, shown):
    response = post(http, draft, 3, **sent)
    page = response.content.decode()
    (key, typed), *_ = sent.items()
    assert response.status_code == 422
    assert shown in page.split(f'id="id_{key}_error"')[1]
    assert f'href="#id_{key}"' in page
    if key in {"words", "line", "minutes", "at"}:
        assert typed.replace("\x00", "\ufffd") in page


def test_one_wrong_answer_costs_no_other(http, draft):
    post(http, draft, 3, words="kept all the same", minutes="many")
    assert answers(draft) == {"words": "kept all the same"}


def test_a_page_that_is_too_big_is_refused_without_a_crash(http, draft):
    assert post(http, draft, 3, words="x" * 2_700_000).status_code == 413
    assert answers(draft) == {}


def test_titles_and_addresses_say_nothing(http, draft):
    response = http.get(url("step", draft, 2))
    assert "<title>Practice</title>" in response.content.decode()


# --- The end -------------------------------------------------------------------------------


def finish(http, draft, **sent):
    return http.post(url("finish", draft), {"_-sharing": "private", **sent})


def test_the_last_step_has_the_sharing_switch_and_save(http, draft):
    page = http.get(url("step", draft, 3)).content.decode()
    assert f'formaction="{url("finish", draft)}"' in page
    assert 'value="private" checked' in page


def test_save_keeps_the_last_step_and_closes_it(http, draft):
    post(http, draft, 2, feelings="shame")
    response = finish(http, draft, words="said it", **{"_-sharing": "shared"})
    assert response["Location"] == url("finish", draft)
    draft.refresh_from_db()
    assert (draft.state, draft.sharing) == ("submitted", "shared")
    assert draft.answers == {"feelings": ["shame"], "words": "said it"}
    page = http.get(url("finish", draft)).content.decode()
    assert "That was it" in page
    assert "Your counsellor will see this." in page


def test_saving_twice_is_saving_once(http, draft):
    post(http, draft, 2, feelings="shame")
    first, second = finish(http, draft, words="one"), finish(http, draft, words="two")
    assert first["Location"] == second["Location"] == url("finish", draft)
    assert Entry.objects.get().answers["words"] == "one"


def test_an_open_answer_leads_back_to_its_step(http, draft):
    response = finish(http, draft, words="kept")
    assert response["Location"] == url("step", draft, 2) + "?open#id_feelings"
    assert answers(draft) == {"words": "kept"}
    page = http.get(response["Location"].partition("#")[0])
    assert page.status_code == 422
    assert "One answer is still open here." in page.content.decode()


def test_a_wrong_answer_on_the_last_step_saves_nothing_for_good(http, draft):
    post(http, draft, 2, feelings="shame")
    response = finish(http, draft, minutes="many", **{"_-sharing": "shared"})
    assert response.status_code == 422
    assert 'value="shared" checked' in response.content.decode()
    assert Entry.objects.get().state == "draft"


@pytest.mark.parametrize("sharing", ["", "everybody", "<script>"])
def test_it_never_guesses_who_may_see_it(http, draft, sharing):
    post(http, draft, 2, feelings="shame")
    response = finish(http, draft, **{"_-sharing": sharing})
    assert response.status_code == 200
    assert Entry.objects.get().state == "draft"


def test_back_from_the_last_step_keeps_who_may_see_it(http, draft):
    http.post(url("step", draft, 3), {"_go": "back", "_-sharing": "shared"})
    draft.refresh_from_db()
    assert (draft.state, draft.sharing) == ("draft", "shared")


def test_a_step_and_who_may_see_it_are_kept_together(http, draft):
    """Else another window could close the entry as private between the two, and it be shared."""

    def fault(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and '"sharing" = ' in sql:
            raise DatabaseError("gone")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fault), pytest.raises(DatabaseError):
        http.post(url("step", draft, 3), {"_go": "back", "words": "x", "_-sharing": "shared"})
    assert answers(draft) == {}


def test_a_closed_entry_has_no_steps_any_more(http, draft):
    post(http, draft, 2, feelings="shame")
    entry_submit(entry=draft, sharing="private")
    assert http.get(url("step", draft, 1))["Location"] == url("entry", draft)
    assert post(http, draft, 1, strength="9")["Location"] == url("entry", draft)
    assert answers(draft) == {"feelings": ["shame"]}


def test_the_end_of_an_open_draft_is_its_last_step(http, draft):
    assert http.get(url("finish", draft))["Location"] == url("step", draft, 3)


@pytest.mark.parametrize(("sent", "kept"), [("3", 3), ("9", None), ("x", None), ("", None)])
def test_an_opinion_is_welcome_and_not_required(http, assignment, sent, kept):
    entry = make_entry(assignment=assignment)
    http.post(url("helpful", entry), {"helpful": sent})
    entry.refresh_from_db()
    assert entry.helpful == kept


@pytest.mark.parametrize("entries", [1, 50])
def test_a_step_costs_the_same_however_much_was_written(
    http, ravi, draft, entries, django_assert_num_queries
):
    for _ in range(entries):
        make_entry(client=ravi, version=draft.version)
    http.get(url("step", draft, 1))
    with django_assert_num_queries(3):  # sign-in, user, entry
        http.get(url("step", draft, 1))


def test_every_kind_of_field_has_a_page(http, ravi):
    from exercises.steps import FieldKind

    kinds = [
        {"key": f"k-{kind}".replace("_", "-"), "kind": kind, "label": "x"} for kind in FieldKind
    ]
    for field in kinds:
        field |= {"options": [{"value": "a", "label": "A"}]} if "choice" in field["kind"] else {}
        field |= {"seconds": 5} if field["kind"] == "breath" else {}
    version = make_version(steps=[{"key": "all", "title": "All", "fields": kinds}])
    todo = make_assignment(client=ravi, version=version)
    draft = make_entry(assignment=todo, state="draft")
    page = http.get(url("step", draft, 1)).content.decode()
    for field in kinds:
        if FieldKind(field["kind"]).asks:
            assert f'name="{field["key"]}"' in page
