"""Every form and every page of the desk and the portal, with another caseload's rows put into it.

Nothing is listed: the forms are those on the pages of `tests.access_table`, and the pages they lead
to. Each is sent as it stands, then once for each choice of a row with a row of the other caseload
in it, and with names no form has. Not one statement may then write a key of the other caseload.
"""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
import time_machine
from django.apps import apps
from django.contrib import admin
from django.db import connection, models, transaction

from clients.models import Client
from counsel.accounts.models import Counsellor
from exercises.models import Entry
from tests.access_table import ROWS
from tests.canaries import OWN, PERSONAL, fill, rows_of, words_of
from tests.caseloads import make_caseload
from tests.factories import make_consent_document
from tests.forging import UUID, forms_in
from tests.test_access_table import MINE, NOW, READS, THEIRS
from tests.thorough import THOROUGH
from tests.visiting import Visits, told_by

pytestmark = pytest.mark.django_db
WHO = {"admin/": "counsellor", "my/": "client"}
NAMES_A_COLLEAGUE = "/admin/accounts/counsellor/"
# The portal hardly ever has a row to choose: it is tried where there is time for all of it.
PAGES = [row for row in ROWS if row.route.startswith(tuple(WHO) if THOROUGH else "admin/")]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with (
        django_db_blocker.unblock(),
        time_machine.travel(NOW, tick=False),
        transaction.atomic(),
    ):
        make_consent_document()
        own, other = make_caseload(MINE), make_caseload(THEIRS)
        fill(own, MINE)
        fill(other, THEIRS)
        yield SimpleNamespace(
            own=own,
            mine=_keys(own),
            theirs=_keys(other),
            done=set(),
            visits=Visits({"counsellor": own.counsellor.user, "client": own.client.user}),
        )
        transaction.set_rollback(True)


def _keys(caseload):
    """What there is of each table, one row before all others where it has a name."""
    found = {type(caseload.counsellor): [caseload.counsellor.pk]}
    named = {row.pk for row in vars(caseload).values() if isinstance(row, models.Model)}
    for model in (*PERSONAL, *OWN):
        keys = [row.pk for row in rows_of(model, caseload)]
        found[model] = sorted(keys, key=lambda key: key not in named)
    return found


@pytest.fixture
def send(world):
    """Sends one request, and undoes it; fails where anything of theirs is shown or written."""
    everything = {_bare(key) for keys in world.theirs.values() for key in keys}
    colleagues = {_bare(key) for key in world.theirs[Counsellor]}

    def send(method, url, data=None):
        who = next(who for begins, who in WHO.items() if url.startswith(f"/{begins}"))
        with transaction.atomic():
            with _written() as written:
                response = world.visits(method, who, url, data)
                told = told_by(response)
            transaction.set_rollback(True)
        assert response.status_code < 500, (url, data)
        assert THEIRS.lower() not in told.lower(), (url, data)
        # Whoever works here may be named as who stands in, which opens nothing of anybody.
        theirs = everything - colleagues if url.startswith(NAMES_A_COLLEAGUE) else everything
        assert not theirs & {_bare(it) for it in UUID.findall(" ".join(written))}, (url, data)
        return response.status_code, told

    return send


@contextmanager
def _written():
    written = []

    def note(execute, sql, params, many, context):
        if not sql.startswith(READS):
            written.append(str(params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield written


def _bare(key):
    return str(key).replace("-", "")


def _foreign_keys(world):
    """Each name by which one of our tables points to a row of somebody, and a row of theirs."""
    found = {}
    for model in apps.get_models():
        for field in model._meta.fields:
            keys = world.theirs.get(field.related_model) if field.is_relation else None
            if keys:
                found[field.name] = str(keys[0])
    return found


# What pages take beside the fields of tables: in an address or a form of their own.
NAMES = {
    **{"clients": "Client", "_selected_action": "Client", "exercise": "ExerciseVersion"},
    **{"colleague": "Counsellor", "to": "Counsellor", "after": "Assignment", "next": "Client"},
    **{"chosen": "Consultation", "with": "Consultation", "other": "Consultation"},
}


def _forged_names(world):
    by_name = {model.__name__: keys for model, keys in world.theirs.items()}
    return _foreign_keys(world) | {name: str(by_name[it][0]) for name, it in NAMES.items()}


def _like(world, control):
    """Rows of theirs of the tables whose rows this control offers."""
    if control.name == "_entry":
        # The key that a new one is to have.
        return [str(key) for key in world.theirs[Entry]]
    offered = {_bare(it) for it in (*control.options, *control.values)}
    tables = [model for model, keys in world.mine.items() if offered & {_bare(it) for it in keys}]
    keys = [str(key) for model in tables for key in world.theirs[model]]
    # None of one's own to choose yet, or of no table of ours: then whatever there is.
    return keys or [str(keys[0]) for keys in world.theirs.values() if keys]


def _address(world, row):
    return "/" + row.at.format(**vars(world.own))


def _is_open(row):
    answer = row.answers[1] if row.route.startswith("my/") else row.answers[3]
    return answer == "200"


OPEN = [row for row in PAGES if _is_open(row)]


@pytest.mark.parametrize("row", OPEN, ids=lambda row: row.route)
def test_no_form_takes_a_row_of_another_caseload(world, send, row):
    url = _address(world, row)
    _status, page = send("get", url)
    for form in forms_in(page):
        _forge(world, send, url, form, deeper=True)


def _forge(world, send, url, form, *, deeper):
    target = urljoin(url, form.action or url)
    what = (urlsplit(target).path, frozenset(form.controls))
    if not target.startswith(tuple(f"/{begins}" for begins in WHO)) or what in world.done:
        return
    if not (THOROUGH or _makes(target) or any(it.chooses_rows for it in form.controls.values())):
        return
    world.done.add(what)
    actions = form.controls["action"].options if "action" in form.controls else [""]
    for action in actions:
        data = form.filled() | _chosen(form, action)
        status, page = send("post", target, _forged_names(world) | data)
        for name, control in form.controls.items():
            if control.chooses_rows:
                for key in _like(world, control)[: None if THOROUGH else 1]:
                    _status, answer = send("post", target, {**data, name: [key]})
                    _go_on(send, target, answer, key)
        if deeper and status == 200:
            for next_form in forms_in(page):
                _forge(world, send, target, next_form, deeper=False)


def _makes(target):
    """Whether a row is made or changed here, whose owner might be named."""
    return urlsplit(target).path.endswith(("/add/", "/change/", "/edit/"))


def _go_on(send, target, page, key):
    """Where a page asks once more before it does it, the row stands in the next form."""
    for form in forms_in(page):
        if any(key in control.values for control in form.controls.values()):
            send("post", urljoin(target, form.action or target), form.filled())


def _chosen(form, action):
    """All rows of the list, for one of the things that can be done to several."""
    chosen = form.controls.get("_selected_action")
    return {"action": [action], "_selected_action": chosen.options} if action and chosen else {}


ACTS = [row for row in PAGES if row.answers[1 if row.route.startswith("my/") else 3] == "405"]


@pytest.mark.services
@pytest.mark.parametrize("row", ACTS, ids=lambda row: row.route)
def test_no_act_takes_a_row_of_another_caseload(world, send, row):
    """Those that have a form on some other page, or none at all."""
    url = _address(world, row)
    send("post", url, _forged_names(world))
    send("post", url, _forged_names(world) | dict.fromkeys(NAMES, str(world.theirs[Client][0])))


# Lists and forms to begin with read most from their address; the others are tried with more time.
ASKED = [row for row in PAGES if THOROUGH or ("{" not in row.at and row in OPEN)]
# Not the whole canary: pages say again what was searched for.
PART = THEIRS[1:-1]


@pytest.mark.parametrize("row", ASKED, ids=lambda row: row.route)
def test_no_address_shows_a_row_of_another_caseload(world, send, row):
    """Prefilled forms, filters, searches, orders and lists to choose from; whatever it answers."""
    names = _forged_names(world) | {"q": PART, "term": PART, "_popup": "1", "_to_field": "id"}
    url = _address(world, row)
    send("get", f"{url}{'&' if '?' in url else '?'}{urlencode(names)}")


def _lookups(model):
    """Into the row itself, into the rows it points to, and into those that point to it."""
    others = [field.name for field in model._meta.fields if field.related_model in PERSONAL]
    words = [field.name for field in words_of(model)]
    back = [relation.name for relation in model._meta.related_objects]
    return [
        *(f"{name}__startswith" for name in (words if THOROUGH else words[:1])),
        *(f"{name}__pk__gt" for name in (back if THOROUGH else back[:1])),
        *(f"{name}__created_at__gt" for name in (others if THOROUGH else others[:1])),
        *(f"{name}__id__exact" for name in others),
    ]


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)
def test_no_list_is_asked_across_tables(world, send, model):
    page = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    keys = _foreign_keys(world)
    reads_its_address = send("get", f"{page}?nothing_like_it=1")[0] != 200
    for lookup in _lookups(model):
        value = keys.get(lookup.partition("__")[0], PART)
        status, _page = send("get", f"{page}?{urlencode({lookup: value})}")
        if reads_its_address and not lookup.endswith("__id__exact"):
            assert status in (302, 400, 403), lookup
