"""A question that does not say whose rows it asks for is refused before it reaches the database."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.db.models import F, OuterRef, Prefetch, Q

from clients.models import Client
from counsel.accounts import querysets
from counsel.accounts.querysets import SaysWhose
from counsel.accounts.scoping import Unscoped
from exercises.models import Assignment, Entry, ExerciseVersion, Reply
from sessions.models import Consultation
from tests import looking
from tests.accounts.everybodys import BY_HAND, EVERYBODYS, NOBODYS
from tests.factories import make_assignment, make_client, make_entry, make_portal_client

pytestmark = pytest.mark.django_db

ROOT = Path(querysets.__file__).parents[2]
OURS = ("clients", "counsel", "exercises", "sessions")
PERSONAL = [it for it in apps.get_models() if hasattr(it._default_manager, "across_caseloads")]


@pytest.fixture(autouse=True)
def _as_in_production(monkeypatch):
    monkeypatch.setattr(SaysWhose, "_must_say_whose", looking.refuse)


ASKED = {
    "list": list,
    "len": len,
    "bool": bool,
    "one by its place": lambda rows: rows[0],
    "some by place": lambda rows: list(rows[:2]),
    "get": lambda rows: rows.get(pk="0" * 32),
    "first": lambda rows: rows.first(),
    "latest": lambda rows: rows.latest("created_at"),
    "in bulk": lambda rows: rows.in_bulk(["0" * 32]),
    "values": lambda rows: list(rows.values("pk")),
    "values list": lambda rows: list(rows.values_list("pk", flat=True)),
    "dates": lambda rows: list(rows.datetimes("created_at", "day")),
    "iterator": lambda rows: list(rows.iterator()),
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "contains": lambda rows: rows.contains(Entry()),
    "aggregate": lambda rows: rows.aggregate(last=F("pk")),
    "update": lambda rows: rows.update(state="draft"),
    "delete": lambda rows: rows.delete(),
    "explain": lambda rows: rows.explain(),
    "raw": lambda rows: list(rows.raw("SELECT * FROM exercises_entry")),
    "get or create": lambda rows: rows.get_or_create(state="draft"),
    "union": lambda rows: list(rows.union(rows)),
    "everybody's with one's own": lambda rows: list(
        rows.values("pk").union(Entry.objects.filter(client=Client(pk="0" * 32)).values("pk"))
    ),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_everybodys_rows_are_refused_without_a_query(ask, django_assert_num_queries):
    with django_assert_num_queries(0):
        for rows in (Entry.objects.all(), Entry.objects.filter(state="draft").order_by("pk")):
            with pytest.raises(Unscoped):
                ask(rows)


@pytest.mark.parametrize("model", PERSONAL, ids=lambda model: model.__name__)
def test_each_table_of_peoples_rows_is_closed(model):
    with pytest.raises(Unscoped, match=model.__name__):
        model.objects.exists()
    with pytest.raises(Unscoped):
        model._default_manager.filter(pk="0" * 32).delete()


def test_every_table_of_ours_says_whether_its_rows_are_somebodys():
    ours = [it for it in apps.get_models() if it.__module__.partition(".")[0] in OURS]
    assert {it.__name__ for it in ours if it not in PERSONAL} == NOBODYS


SAID = {
    "a row": lambda one: {"client": one.client},
    "an id": lambda one: {"client_id": one.client_id},
    "its key": lambda one: {"client__pk": one.client_id},
    "one in its column": lambda one: {"client": one.client_id},
    "several": lambda one: {"client__in": [one.client]},
    "several ids": lambda one: {"client_id__in": {one.client_id}},
    "further on": lambda one: {"assignment__client": one.client},
    "whose client": lambda one: {"client__counsellor": one.client.counsellor},
    "which user": lambda one: {"client__user": one.client.user},
    "a row that hangs on it": lambda one: {"replies__in": [Reply(entry=one)]},
    "rows of somebody": lambda one: {"client__in": Client.objects.filter(pk__in=_theirs(one))},
    "an assignment": lambda one: {"assignment": one.assignment},
}


def _theirs(entry):
    return Client.objects.visible_to(entry.client.counsellor.user)


@pytest.fixture
def entry(db):
    return make_entry(assignment=make_assignment(client=make_portal_client()))


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_a_filter_on_what_rows_belong_to_says_whose(entry, said):
    rows = Entry.objects.order_by("pk").filter(state=entry.state, **said(entry))
    assert rows.exists() or "replies__in" in said(entry)
    assert Entry.objects.filter(Q(**said(entry)) & Q(state=entry.state)).exists() == rows.exists()


NOT_SAID = {
    "nobody": {"client": None},
    "a column": {"client": F("assignment__client")},
    "an outer row": {"client": OuterRef("pk")},
    "everybody": {"client__in": Client.objects.all()},
    "everybody's keys": {"pk__in": Entry.objects.values("pk")},
    "keys alone": {"pk__in": ["0" * 32]},
    "what is no relation": {"client__name": "Anna"},
    "no comparison": {"client__isnull": False},
    "the library": {"version__in": ["0" * 32]},
}


@pytest.mark.parametrize("condition", NOT_SAID.values(), ids=NOT_SAID)
def test_what_could_be_anybody_does_not_say_whose(condition):
    assert not Entry.objects.filter(**condition).says_whose


def test_a_choice_of_conditions_says_whose_where_each_does(entry):
    mine, drafts = Q(client=entry.client), Q(state="draft")
    assert Entry.objects.filter(mine | Q(assignment=entry.assignment)).says_whose
    assert Entry.objects.filter(mine & drafts | mine).says_whose
    assert not Entry.objects.filter(mine | drafts).says_whose
    assert not Entry.objects.filter(~mine).says_whose
    assert not Entry.objects.exclude(client=entry.client).says_whose


def test_two_sets_together_say_whose_where_both_do(entry):
    mine = Entry.objects.filter(client=entry.client)
    assert (mine | Entry.objects.filter(assignment=entry.assignment)).says_whose
    assert not (mine | Entry.objects.filter(state="draft")).says_whose
    assert not (Entry.objects.filter(state="draft") | mine).says_whose


def test_staff_and_clients_have_said_whose(entry):
    assert list(Entry.objects.visible_to(entry.client.counsellor.user)) == [entry]
    assert list(Entry.objects.of_user(entry.client.user)) == [entry]
    assert list(Entry.objects.visible_to(entry.client.user)) == []


def test_rows_are_reached_through_the_row_they_belong_to(entry):
    client = Client.objects.these(entry.client).get()
    assert list(client.entries.all()) == [entry]
    assert client.assignments.first().entries.count() == 1
    loaded = Client.objects.these(client).prefetch_related("assignments__entries").get()
    assert loaded.assignments.all()[0].entries.all()[0] == entry
    drafts = Prefetch("entries", queryset=Entry.objects.exclude(state="draft"))
    assert len(Client.objects.these(client).prefetch_related(drafts).get().entries.all()) == 1


def test_a_version_of_the_library_leads_to_nobodys_rows(entry):
    """Everybody practises it: it says nothing about whose."""
    with pytest.raises(Unscoped):
        list(entry.version.entries.all())
    versions = ExerciseVersion.objects.prefetch_related("entries")
    with pytest.raises(Unscoped):
        list(versions)


def test_rows_that_were_read_can_be_read_once_more(entry):
    assert Entry.objects.these(entry).update(state=entry.state) == 1
    assert Entry.objects.these(entry).select_for_update().get() == entry
    entry.because = "again"
    assert Entry.objects.bulk_update([entry], ["sharing"]) == 1
    with pytest.raises(TypeError):
        Entry.objects.these(entry.pk)
    with pytest.raises(TypeError):
        Assignment.objects.these(entry)


def test_what_django_does_with_a_row_in_hand_goes_on(entry):
    entry.save()
    entry.refresh_from_db()
    entry.full_clean()
    assert entry.client.counsellor
    entry.delete()
    assert not Entry.objects.filter(client=entry.client).exists()


def test_subqueries_need_not_say_whose(entry):
    drafts = Entry.objects.filter(client=OuterRef("pk"), state="draft")
    rows = Client.objects.visible_to(entry.client.counsellor.user)
    assert list(rows.exclude(pk__in=drafts.values("client"))) == [entry.client]


def test_a_form_and_an_admin_that_scope_nothing_are_closed(rf, entry):
    field = forms.ModelChoiceField(queryset=Entry.objects.all())
    with pytest.raises(Unscoped):
        field.clean(str(entry.pk))
    with pytest.raises(Unscoped):
        list(field.choices)
    plain = admin.ModelAdmin(Entry, admin.site)
    with pytest.raises(Unscoped):
        plain.get_object(rf.get("/"), str(entry.pk))


def test_one_address_may_be_in_two_caseloads_and_not_twice_in_one(entry):
    other = make_client(email=entry.client.email)
    other.full_clean()
    other.counsellor = entry.client.counsellor
    with pytest.raises(forms.ValidationError):
        other.full_clean()


def test_who_sees_everybody_says_why(entry):
    assert list(Entry.objects.across_caseloads("to see that it can be done")) == [entry]
    with pytest.raises(ValueError, match="why"):
        Entry.objects.across_caseloads("")


@pytest.mark.parametrize(
    ("known", "names"),
    [
        (EVERYBODYS, {"across_caseloads", "_base_manager"}),
        (BY_HAND, {"cursor", "raw", "extra", "RawSQL"}),
    ],
    ids=["across caseloads", "by hand"],
)
def test_each_question_across_caseloads_is_known(known, names):
    """A new one is argued for in `tests/accounts/everybodys.py`."""
    found = Counter()
    for path in (it for app in OURS for it in (ROOT / app).rglob("*.py")):
        if "migrations" in path.parts or path == Path(querysets.__file__):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if _name_of(node) in names:
                found[str(path.relative_to(ROOT))] += 1
    assert found == {name: len(whys) for name, whys in known.items()}


def _name_of(node):
    if isinstance(node, ast.Call):
        return getattr(node.func, "attr", getattr(node.func, "id", ""))
    # Django's own manager, which refuses nothing.
    return "_base_manager" if getattr(node, "attr", "") == "_base_manager" else ""


def test_it_costs_no_query(entry, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert list(Consultation.objects.filter(client=entry.client)) == []
