"""How the words of a measure come in: as a published file, or typed."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from exercises.models import ExerciseVersion
from exercises.scoring.catalogue import instrument, instruments
from exercises.scoring.rules import raw_answers
from exercises.services.library import exercise_put_away
from tests.exercises.fhir.questionnaires import as_bytes, make_item, make_questionnaire
from tests.factories import make_counsellor

pytestmark = pytest.mark.django_db
LIST = reverse("admin:measures")
MEASURE = reverse("admin:measure", args=["gad-7"])


@pytest.fixture
def ada(client):
    counsellor = make_counsellor()
    client.force_login(counsellor.user)
    return counsellor


def gad_7(**kw):
    """A file in the shape of the GAD-7 as it is published, in words of our own."""
    codes = instrument("gad-7").item_loinc
    items = [
        make_item(n, code=[{"system": "http://loinc.org", "code": code}])
        for n, code in enumerate(codes, start=1)
    ]
    about = {"title": "Seven items", "code": [{"system": "http://loinc.org", "code": "69737-5"}]}
    return make_questionnaire(*items, **{**about, **kw})


def send(client, key, data, **ticked):
    content = data if isinstance(data, bytes) else as_bytes(data)
    file = SimpleUploadedFile("q.json", content, content_type="application/json")
    url = reverse("admin:measure_import", args=[key])
    return client.post(url, {"file": file, "may_use": "on", **ticked})


def typed(key, **changes):
    facts = instrument(key)
    words = {f"answer_{value}": f"Answer {value}" for value in facts.values}
    items = {f"item_{n}": f"Item {n} <b>words</b>" for n in range(1, facts.items + 1)}
    about = {"title": "Ten", "stem": "Lately…", "copyright_line": "© Somebody", "may_use": "on"}
    return {**words, **items, **about, **changes}


def test_the_list_tells_whose_words_are_missing(client, ada):
    rows = {row.instrument.key: row.version for row in client.get(LIST).context["offered"]}
    assert set(rows) == set(instruments())
    assert set(rows.values()) == {None}
    send(client, "gad-7", gad_7())
    rows = {row.instrument.key: row.version for row in client.get(LIST).context["offered"]}
    assert [key for key, version in rows.items() if version] == ["gad-7"]


def test_the_same_words_once_more_bring_back_what_was_put_away(client, ada):
    send(client, "gad-7", gad_7())
    exercise_put_away(exercise=ExerciseVersion.objects.get().exercise)
    assert "this measure cannot be assigned" in client.get(MEASURE).content.decode()
    send(client, "gad-7", gad_7())
    assert ExerciseVersion.objects.visible_to(ada.user).current().count() == 1


def test_a_measure_without_words_cannot_be_assigned_and_says_what_to_do(client, ada):
    page = client.get(reverse("admin:measure", args=["phq-9"])).content.decode()
    assert "this measure cannot be assigned" in page
    assert not ExerciseVersion.objects.visible_to(ada.user).current().exists()


def test_a_published_questionnaire_becomes_one_question_a_page(client, ada):
    response = send(client, "gad-7", gad_7())
    assert response["Location"] == reverse("admin:measure", args=["gad-7"])
    version = ExerciseVersion.objects.get()
    steps = version.parsed_steps()
    assert [step.key for step in steps] == [f"item{n}" for n in range(1, 8)]
    assert steps[2].fields[0].label == "Item 3 wording"
    assert [option.value for option in steps[2].fields[0].options] == ["v0", "v1", "v2", "v3"]
    assert version.copyright == "© Some authors. Free for all in this test."
    assert (version.scoring, version.exercise.kind, version.exercise.owner) == (
        "gad-7",
        "measure",
        ada,
    )
    answered = {step.key: "v2" for step in steps}
    assert raw_answers(instrument("gad-7"), answered) == dict.fromkeys(range(1, 8), 2)


def test_the_page_shows_the_words_and_the_copyright_line_escaped(client, ada):
    send(client, "gad-7", gad_7(copyright="© <b>Authors</b>"))
    page = client.get(reverse("admin:measure", args=["gad-7"])).content.decode()
    assert "Item 7 wording" in page
    assert "© &lt;b&gt;Authors&lt;/b&gt;" in page


def test_what_does_not_fit_is_told_line_by_line(client, ada):
    wrong = gad_7()
    wrong["item"] = [make_item(n, values=(0, 1, 2)) for n in range(1, 8)]
    response = send(client, "gad-7", wrong)
    assert response.status_code == 422
    page = response.content.decode()
    for number in range(1, 8):
        assert f"item {number}: answers 0, 1, 2 are there, 0 to 3 are expected" in page
    assert not ExerciseVersion.objects.exists()


def test_another_instrument_is_refused(client, ada):
    assert send(client, "phq-9", gad_7(), looked_at="on").status_code == 422
    assert not ExerciseVersion.objects.exists()


def test_a_file_without_a_code_needs_eyes(client, ada):
    unnamed = gad_7(code=[])
    for item in unnamed["item"]:
        del item["code"]
    assert "carries no LOINC code" in send(client, "gad-7", unnamed).content.decode()
    assert send(client, "gad-7", unnamed, looked_at="on").status_code == 302


def test_nothing_comes_in_before_the_terms_are_accepted(client, ada):
    response = send(client, "gad-7", gad_7(), may_use="")
    assert response.status_code == 422
    assert "Please read the terms" in response.content.decode()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff\xfe\x00", json.dumps({"resourceType": "Patient"}).encode()],
)
def test_what_is_no_questionnaire_is_refused_in_words(client, ada, content):
    assert send(client, "gad-7", content).status_code == 422


def test_a_huge_file_is_refused(client, ada):
    response = send(client, "gad-7", b" " * (1024 * 1024 + 1))
    assert (response.status_code, "too large" in response.content.decode()) == (422, True)


def test_words_too_long_for_a_page_are_refused(client, ada):
    long = gad_7()
    long["item"][3]["text"] = "x" * 301
    assert "item 4: its words are longer" in send(client, "gad-7", long).content.decode()


def test_words_can_be_typed(client, ada):
    url = reverse("admin:measure_type", args=["core-10"])
    assert client.post(url, typed("core-10")).status_code == 302
    version = ExerciseVersion.objects.get()
    steps = version.parsed_steps()
    assert (version.title, len(steps), steps[9].text) == ("Ten", 10, "Lately…")
    assert steps[0].fields[0].label == "Item 1 <b>words</b>"
    assert "&lt;b&gt;words" in client.get(url.replace("words/", "")).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("item_4", "", "required"),
        ("answer_2", "x" * 301, "at most 300"),
        ("copyright_line", " ", "required"),
        ("item_2", "nothing \x00", "Null"),
        ("may_use", "", "terms"),
    ],
)
def test_a_gap_in_the_typed_words_is_told_beside_it(client, ada, field, value, said):
    url = reverse("admin:measure_type", args=["core-10"])
    sent = typed("core-10", **{field: value})
    response = client.post(url, sent)
    assert response.status_code == 422
    assert said in str(response.context["form"].errors[field])
    assert "Item 9 &lt;b&gt;words" in response.content.decode()
    assert not ExerciseVersion.objects.exists()


def test_new_words_are_a_new_version_and_the_same_are_none(client, ada):
    send(client, "gad-7", gad_7())
    send(client, "gad-7", gad_7())
    assert ExerciseVersion.objects.count() == 1
    send(client, "gad-7", gad_7(copyright="© Changed"))
    assert list(ExerciseVersion.objects.values_list("number", flat=True).order_by("number")) == [
        1,
        2,
    ]


def test_colleagues_use_the_words_and_may_bring_their_own(client, ada):
    send(client, "gad-7", gad_7())
    client.force_login(make_counsellor().user)
    page = reverse("admin:measure", args=["gad-7"])
    assert client.get(page).context["version"].exercise.owner == ada
    send(client, "gad-7", gad_7(title="Other words"))
    assert client.get(page).context["version"].title == "Other words"


def test_it_asks_as_often_with_all_words_there(client, ada, django_assert_num_queries):
    client.get(LIST)
    with django_assert_num_queries(4):
        client.get(LIST)
    send(client, "gad-7", gad_7())
    with django_assert_num_queries(4):
        client.get(LIST)


def test_an_unknown_measure_is_not_found(client, ada):
    assert client.get("/admin/measures/ors/").status_code == 404
