from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from counsel.audit.models import AccessEvent, Verb
from sessions.models import ConsultationNote, NoteAddendum, NoteTemplate, ProcessNote
from sessions.notes import as_line, from_line, one_text, seen_of
from sessions.services import note_change_format, note_sign, written_in
from tests.factories import (
    make_addendum,
    make_assignment,
    make_client,
    make_consultation,
    make_counsellor,
    make_entry,
    make_manager,
    make_note,
    make_process_note,
    make_talking_point,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 12, tzinfo=UTC)
HOSTILE = "<b>& “x” </textarea>\u202eאבג\r\n\r\n" + "٣" * 40


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def anna(client):
    anna = make_client(name="Anna")
    client.force_login(anna.counsellor.user)
    return anna


@pytest.fixture
def held(anna):
    return make_consultation(client=anna, starts_at=NOW - timedelta(hours=1), status="completed")


@pytest.fixture
def draft(held):
    return make_note(consultation=held)


def at(thing, name="note", **more):
    consultation = getattr(thing, "consultation", thing)
    key = [consultation.client_id, consultation.pk]
    return reverse(f"admin:clients_client_{name}", args=key)


def own(note, name="process_note"):
    return reverse(f"admin:clients_client_{name}", args=[note.client_id, note.pk])


def was(note):
    return as_line(seen_of(note.version, written_in(note)))


def stored(note):
    return ConsultationNote.objects.get(pk=note.pk)


def save(browser, note, text, *, seen=None, **more):
    sent = {"_was": seen or was(note), "section_0": text, "agreed": "", **more}
    return browser.post(at(note), sent, follow=True)


def type_(browser, address, answers, seen, **extra):
    body = {"step": None, "answers": {name: [text] for name, text in answers.items()}, "was": seen}
    return browser.post(address, json.dumps(body), content_type="application/json", **extra)


def verbs():
    return list(AccessEvent.objects.order_by("sequence").values_list("verb", "subject"))


# --- Beginning ------------------------------------------------------------------------------------


def test_it_offers_the_formats_and_begins_in_the_one_chosen(client, held):
    NoteTemplate.objects.create(name="Ours", headings="What came\nThe body")
    NoteTemplate.objects.create(name="Old", headings="Gone", in_use=False)
    page = client.get(at(held)).content.decode()
    assert "What came, The body" in page
    assert "Gone" not in page
    ours = NoteTemplate.objects.get(name="Ours")
    page = client.post(at(held), {"begin": str(ours.pk)}, follow=True).content.decode()
    assert "What came</bdi></label>" in page
    note = ConsultationNote.objects.get()
    assert (note.format, note.author) == ("own", held.counsellor)
    assert (Verb.CREATE, "consultations.consultationnote") in verbs()


@pytest.mark.parametrize("value", ["own", "xml", "\x00", "00000000-0000-0000-0000-000000000000"])
def test_it_begins_in_no_format_nobody_offers(client, held, value):
    page = client.post(at(held), {"begin": value}, follow=True).content.decode()
    assert "not offered any more" in page
    assert not ConsultationNote.objects.exists()


def test_a_second_click_finds_the_note_that_is_there(client, draft):
    client.post(at(draft), {"begin": "soap"})
    assert ConsultationNote.objects.get().format == "free"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"starts_at": NOW + timedelta(days=1)}, "has not begun yet"),
        ({"starts_at": NOW - timedelta(days=1), "status": "cancelled_late"}, "was called off"),
    ],
)
def test_it_says_why_there_is_nothing_to_write(client, anna, fields, says):
    consultation = make_consultation(client=anna, **fields)
    assert says in client.get(at(consultation)).content.decode()
    assert "Write the note" not in page_of(client, consultation)


def page_of(browser, consultation):
    address = reverse("admin:consultations_consultation_change", args=[consultation.pk])
    return browser.get(address).content.decode()


def test_a_consultations_page_leads_to_its_note(client, held):
    assert f'href="{at(held)}">Write the note' in page_of(client, held)
    make_note(consultation=held)
    assert f'href="{at(held)}">Read the note' in page_of(client, held)


def test_it_begins_the_next_note_in_the_format_of_the_last(client, anna, held):
    before = make_consultation(client=anna, starts_at=NOW - timedelta(days=8), status="completed")
    make_note(consultation=before, format="dap")
    button = f'name="begin" value="dap" formaction="{at(held)}">Write the note'
    assert button in page_of(client, held)
    client.post(at(held), {"begin": "dap"})
    assert ConsultationNote.objects.get(consultation=held).format == "dap"


def test_the_brief_of_the_time_before_stands_beside(client, anna, held):
    before = make_consultation(
        client=anna, starts_at=NOW - timedelta(days=8), status="completed", service=held.service
    )
    make_note(consultation=before, agreed="To walk by the river.")
    make_talking_point(client=anna, text="The call with my sister.", written_at=NOW - timedelta(3))
    todo = make_assignment(client=anna)
    said = {"assignment": todo, "sharing": "shared", "outcome": "could_not"}
    make_entry(**said, because="A week on trains.", happened_at=NOW - timedelta(days=2))
    page = client.get(at(held)).content.decode()
    for words in ("To walk by the river.", "The call with my sister.", "A week on trains."):
        assert words in page


# --- Writing --------------------------------------------------------------------------------------


def test_it_is_written_with_a_button(client, draft):
    page = save(client, draft, HOSTILE, agreed="A walk.").content.decode()
    found = stored(draft)
    assert found.sections[0]["text"] == HOSTILE.replace("\r\n", "\n").strip()
    assert (found.agreed, found.version) == ("A walk.", 2)
    assert "Saved 12:00" in page
    assert "&lt;/textarea&gt;" in page
    assert (Verb.CHANGE, "consultations.consultationnote") in verbs()


def test_what_cannot_be_kept_stands_beside_its_field(client, draft):
    response = save(client, draft, "x" * 100_000, agreed="Fine.")
    page = response.content.decode()
    assert response.status_code == 422
    assert "at most 20000 characters" in page
    assert "x" * 100_000 in page
    assert "Fine." in page
    assert stored(draft).version == 1


def test_a_nul_is_refused_in_words(client, draft):
    response = save(client, draft, "a\x00b")
    assert response.status_code == 422
    assert "Null characters are not allowed" in response.content.decode()


def test_another_window_loses_nothing(client, draft):
    seen = was(draft)
    save(client, draft, "From the one.", seen=seen)
    page = save(client, draft, "From the other.", seen=seen).content.decode()
    assert "changed in another window too" in page
    assert stored(draft).sections[0]["text"] == "From the other.\n\nFrom the one."


def test_a_page_whose_memory_was_forged_empties_nothing(client, draft):
    far = [f'[{version}, {{"": "x"}}, ""]' for version in (2**31 - 1, 2**63 - 1, 10**30, -1)]
    for forged in ("", "[]", '[1, {"No such": ""}, ""]', *far):
        assert save(client, draft, "", seen=forged or "x").status_code == 200
    assert stored(draft).sections[0]["text"] == "We began."


def test_another_format_is_taken_on_with_what_was_just_typed(client, draft):
    sent = {"_was": was(draft), "section_0": "Just typed.", "agreed": "", "format": "dap"}
    client.post(at(draft), sent)
    found = stored(draft)
    assert [row["heading"] for row in found.sections] == ["Data", "Assessment", "Plan", ""]
    assert found.sections[-1]["text"] == "Just typed."
    client.post(at(draft), {"_was": was(found), "section_3": "And more.", "format": "no such"})
    assert stored(draft).sections[-1]["text"] == "And more."


# --- Saving while it is typed ---------------------------------------------------------------------


def test_it_is_saved_while_it_is_typed(client, draft):
    typed = {"section_0": "We began. And", "agreed": "A walk."}
    response = type_(client, at(draft, "note_autosave"), typed, was(draft))
    found = stored(draft)
    assert response.json() == {"errors": {}, "texts": {}, "was": was(found), "said": "Saved 12:00"}
    assert (found.sections[0]["text"], found.agreed) == ("We began. And", "A walk.")


def test_typing_leaves_one_access_event_for_a_stretch_of_it(client, draft, clock):
    for minutes in (0, 1, 2, 20):
        clock.move_to(NOW + timedelta(minutes=minutes))
        typed = {"section_0": f"After {minutes} minutes.", "agreed": ""}
        type_(client, at(draft, "note_autosave"), typed, was(stored(draft)))
    assert len(verbs()) == 2


def test_what_another_window_wrote_comes_back_to_the_page(client, draft):
    seen, address = was(draft), at(draft, "note_autosave")
    type_(client, address, {"section_0": "One.", "agreed": "Theirs."}, seen)
    told = type_(client, address, {"section_0": "Two.", "agreed": ""}, seen).json()
    assert told["texts"] == {"section_0": "Two.\n\nOne.", "agreed": "Theirs."}
    # Told so, the page goes on as if it had been shown with it.
    told = type_(client, address, told["texts"], told["was"]).json()
    assert told["texts"] == {}


def test_an_answer_that_was_lost_is_no_other_window(client, draft):
    address = at(draft, "note_autosave")
    for text in ("One.", "One. Two."):
        told = type_(client, address, {"section_0": text, "agreed": ""}, was(draft)).json()
        assert told["texts"] == {}
    assert stored(draft).sections[0]["text"] == "One. Two."


def test_a_page_in_an_older_format_does_not_empty_the_newer_one(client, draft):
    seen, address = was(draft), at(draft, "note_autosave")
    note_change_format(note=draft, version=1, format="dap")
    draft.refresh_from_db()
    save(client, draft, "Data.", section_3="We began.")
    told = type_(client, address, {"section_0": "We began. More.", "agreed": ""}, seen).json()
    assert from_line(told["was"]).version == 0
    type_(client, address, {"section_0": "We began. More, still.", "agreed": ""}, told["was"])
    rows = {row["heading"]: row["text"] for row in stored(draft).sections}
    assert rows == {"Data": "Data.", "Assessment": "", "Plan": "", "": "We began. More, still."}


def test_what_is_refused_is_said_and_the_rest_is_kept(client, draft):
    typed = {"section_0": "x" * 20_001, "agreed": "A walk."}
    told = type_(client, at(draft, "note_autosave"), typed, was(draft)).json()
    assert told["errors"].keys() == {"section_0"}
    found = stored(draft)
    assert (found.sections[0]["text"], found.agreed) == ("We began.", "A walk.")


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"answers": {"agreed": [1]}, "was": ""}', '{"answers": {"agreed": []}}']
    + ['{"answers": {"agreed": ["a"]}, "was": 3}', '{"answers": [], "was": ""}', "[" * 9_000],
)
def test_it_answers_what_no_page_sends(client, draft, body):
    address = at(draft, "note_autosave")
    assert client.post(address, body, content_type="application/json").status_code == 400


def test_half_a_character_is_refused_in_words(client, draft):
    told = type_(client, at(draft, "note_autosave"), {"section_0": "a\ud800b"}, was(draft)).json()
    assert told["errors"] == {"section_0": "This text holds a broken character."}


def test_too_much_is_said_so(client, draft, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    response = type_(client, at(draft, "note_autosave"), {"section_0": "x" * 200}, was(draft))
    assert response.status_code == 413


# --- Signed out while writing ---------------------------------------------------------------------


def test_signed_out_the_script_is_told_and_the_form_given_back(client, draft):
    client.logout()
    response = type_(client, at(draft, "note_autosave"), {"section_0": "Words."}, was(draft))
    assert response.status_code == 401
    sent = {"_was": was(draft), "section_0": "Words so far.", "agreed": ""}
    page = client.post(at(draft), sent)
    assert page.status_code == 401
    assert "Words so far." in page.content.decode()
    assert stored(draft).version == 1


def test_a_page_from_before_signing_in_again_is_given_back_too(draft):
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(draft.author.user)
    sent = {"_was": was(draft), "section_0": "Words so far."}
    page = browser.post(at(draft), sent, headers={"sec-fetch-site": "same-origin"})
    assert page.status_code == 403
    assert "Words so far." in page.content.decode()


# --- Signing, and after it ------------------------------------------------------------------------


def test_signing_keeps_what_was_just_typed_and_locks_it(client, draft):
    page = save(client, draft, "The last words.", sign="yes").content.decode()
    found = stored(draft)
    assert (found.sections[0]["text"], found.signed_by) == ("The last words.", draft.author)
    assert f"Signed by {draft.author.display_name}, 7 January 2030, 12:00" in page
    assert 'name="save"' not in page
    # What was saved, and that it was signed.
    assert verbs().count((Verb.CHANGE, "consultations.consultationnote")) == 2


def test_an_empty_note_is_not_signed(client, draft):
    page = save(client, draft, " ", sign="yes").content.decode()
    assert "nothing in this note yet" in page
    assert stored(draft).signed_at is None


def test_nobody_signs_what_another_window_wrote_unseen(client, draft):
    seen = was(draft)
    save(client, draft, "From the one.", seen=seen)
    save(client, draft, "From the other.", seen=seen, sign="yes")
    assert stored(draft).signed_at is None


def test_words_typed_while_it_was_signed_wait_as_an_addendum(client, draft):
    seen = was(draft)
    note_sign(note=draft, version=1, by=draft.author)
    typed = {"section_0": "We began. Then more.", "agreed": ""}
    assert type_(client, at(draft, "note_autosave"), typed, seen).status_code == 409
    response = save(client, draft, "We began. Then more.", seen=seen)
    assert response.status_code == 409
    assert "signed while you wrote" in response.content.decode()
    assert response.context["form"]["text"].value() == "We began. Then more."
    assert stored(draft).sections[0]["text"] == "We began."


def test_it_is_added_to(client, held):
    note = make_note(consultation=held, signed_at=NOW)
    page = client.post(at(note), {"add": "yes", "text": "One thing more."}, follow=True)
    assert "One thing more." in page.content.decode()
    assert NoteAddendum.objects.get().author == held.counsellor
    assert (Verb.CREATE, "consultations.noteaddendum") in verbs()
    assert client.post(at(note), {"add": "yes", "text": " "}).status_code == 422


# --- Their list -----------------------------------------------------------------------------------


def test_it_lists_what_is_written_and_what_is_missing(client, anna, held):
    before = NOW - timedelta(days=8)
    written = make_consultation(client=anna, starts_at=before, status="completed")
    make_note(consultation=written, signed_at=NOW, agreed="A walk.")
    page = client.get(reverse("admin:clients_client_notes", args=[anna.pk])).content.decode()
    assert at(held) in page
    assert at(written) in page
    assert "A walk." in page


def test_it_asks_as_often_for_any_number_of_notes(client, anna, django_assert_max_num_queries):
    addresses = [
        reverse(name, args=args)
        for name, args in (
            ("admin:clients_client_notes", [anna.pk]),
            ("admin:consultations_consultationnote_changelist", []),
        )
    ]
    asked = []
    for more in (1, 24):
        for number in range(more):
            start = NOW - timedelta(days=number + more)
            held = make_consultation(client=anna, starts_at=start, status="completed")
            make_note(consultation=held)
        with django_assert_max_num_queries(26) as counted:
            for address in addresses:
                assert client.get(address).status_code == 200
        asked.append(len(counted))
    assert asked[0] == asked[1]


def test_a_note_asks_as_often_for_any_number_of_addenda(
    client, held, django_assert_max_num_queries
):
    note = make_note(consultation=held, signed_at=NOW)
    asked = []
    for more in (1, 8):
        for _ in range(more):
            make_addendum(note=note)
        with django_assert_max_num_queries(10) as counted:
            client.get(at(note))
        asked.append(len(counted))
    assert asked[0] == asked[1]


def test_a_draft_beside_the_brief_asks_as_often_however_much_was_written(
    client, anna, draft, django_assert_max_num_queries
):
    todo = make_assignment(client=anna, starts_on=(NOW - timedelta(days=20)).date())
    asked = []
    for more in (1, 12):
        for number in range(more):
            happened = NOW - timedelta(days=1 + number)
            make_entry(assignment=todo, sharing="shared", happened_at=happened)
        with django_assert_max_num_queries(28) as counted:
            client.get(at(draft))
        asked.append(len(counted))
    assert asked[0] == asked[1]


def test_the_desks_list_finds_drafts_and_leads_to_their_page(client, draft):
    signed = make_consultation(
        client=draft.consultation.client, starts_at=NOW - timedelta(days=3), status="completed"
    )
    make_note(consultation=signed, signed_at=NOW)
    address = reverse("admin:consultations_consultationnote_changelist")
    assert list(client.get(f"{address}?state=unsigned").context["cl"].queryset) == [draft]
    own_page = reverse("admin:consultations_consultationnote_change", args=[draft.pk])
    assert client.get(own_page)["Location"] == at(draft)


def test_a_manager_writes_the_practices_formats_and_is_told_what_is_wrong(client, held):
    client.force_login(make_manager())
    add = reverse("admin:consultations_notetemplate_add")
    wrong = client.post(add, {"name": "Ours", "headings": "Plan\nplan", "in_use": "on"})
    assert "stands there twice" in wrong.content.decode()
    client.post(add, {"name": "Ours", "headings": " <b>Body</b> \n\nPlan", "in_use": "on"})
    assert NoteTemplate.objects.get().headings == "<b>Body</b>\nPlan"
    client.force_login(held.counsellor.user)
    assert "&lt;b&gt;Body&lt;/b&gt;, Plan" in client.get(at(held)).content.decode()


# --- Process notes --------------------------------------------------------------------------------


def test_a_process_note_is_begun_written_and_removed(client, anna):
    every = reverse("admin:clients_client_process_notes", args=[anna.pk])
    assert "yours alone" in client.get(every).content.decode()
    client.post(every)
    note = ProcessNote.objects.get()
    sent = {"_was": as_line(seen_of(1, one_text(""))), "text": "It tires me."}
    assert "Saved 12:00" in client.post(own(note), sent, follow=True).content.decode()
    assert "It tires me." in client.get(every).content.decode()
    told = type_(client, own(note, "process_note_autosave"), {"text": "It did."}, sent["_was"])
    assert told.json()["texts"] == {"text": "It did.\n\nIt tires me."}
    now = {"_was": told.json()["was"], "text": "", "remove": "yes"}
    client.post(own(note), sent | {"remove": "yes"})
    assert ProcessNote.objects.exists()
    client.post(own(note), now)
    assert not ProcessNote.objects.exists()


def test_words_typed_while_the_process_note_was_removed_are_kept_in_a_new_one(client, anna):
    note = make_process_note(client=anna)
    sent = {"_was": as_line(seen_of(1, one_text(note.text))), "text": "More of it."}
    client.post(own(note), {**sent, "remove": "yes"})
    assert not ProcessNote.objects.exists()
    client.post(own(note), sent)
    assert [row.text for row in ProcessNote.objects.all()] == ["More of it."]
    client.force_login(make_counsellor().user)
    assert client.post(own(note), sent).status_code == 404


def test_a_process_note_stays_with_its_writer_when_the_client_goes(client, anna):
    note = make_process_note(client=anna)
    make_note(consultation=make_consultation(client=anna, status="completed"))
    colleague = make_client().counsellor
    anna.counsellor = colleague
    anna.save()
    client.force_login(colleague.user)
    assert client.get(own(note)).status_code == 404
    every = reverse("admin:clients_client_process_notes", args=[anna.pk])
    assert note.text not in client.get(every).content.decode()
    client.force_login(note.author.user)
    assert client.get(own(note)).status_code == 404
