from __future__ import annotations

import pytest
from django.http import Http404

from clients.access import client_of, own_client
from tests.factories import make_client, make_manager, make_portal_client

pytestmark = pytest.mark.django_db


def test_a_counsellor_reaches_only_the_own_caseload():
    anna = make_client()
    assert client_of(anna.counsellor.user, anna.pk) == anna
    with pytest.raises(Http404):
        client_of(make_client().counsellor.user, anna.pk)


def test_neither_manager_nor_client_reaches_a_caseload():
    anna = make_portal_client()
    for user in (make_manager(), anna.user):
        with pytest.raises(Http404):
            client_of(user, anna.pk)


def test_a_client_reaches_only_the_own_record():
    anna, ben = make_portal_client(), make_portal_client()
    assert own_client(anna.user, anna.pk) == anna
    with pytest.raises(Http404):
        own_client(anna.user, ben.pk)
