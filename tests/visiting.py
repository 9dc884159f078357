"""Requests as several people, quickly: no browser is made anew, no template's context is kept."""

from __future__ import annotations

import zipfile
from io import BytesIO

from django.conf import settings
from django.test import Client as Browser
from django.test import RequestFactory
from django.test.client import ClientHandler
from django.test.utils import override_settings


class Visits:
    """`visits(method, who, url)`: who is a name in `people`, each a user or None.

    `sign_in` makes their browsers; without it nobody has just shown who they are.
    """

    def __init__(self, people, sign_in=None):
        self._handler = ClientHandler(enforce_csrf_checks=False)
        self._handler.load_middleware()
        self._keys = {who: _signed_in(user, sign_in) for who, user in people.items()}

    def __call__(self, method, who, url, data=None, **headers):
        factory = RequestFactory(**headers)
        if self._keys[who]:
            factory.cookies[settings.SESSION_COOKIE_NAME] = self._keys[who]
        if isinstance(data, bytes):
            # As they are, and not as the factory would write a form's fields.
            kind = "application/x-www-form-urlencoded"
            request = factory.generic(method.upper(), url, data, kind)
        else:
            request = getattr(factory, method)(url, data)
        request._dont_enforce_csrf_checks = True
        # What breaks is shown where it breaks, not as a page that says sorry.
        with override_settings(DEBUG_PROPAGATE_EXCEPTIONS=True):
            return self._handler.get_response(request)


def _signed_in(user, sign_in):
    if user is None:
        return None
    browser = sign_in(user) if sign_in else Browser()
    if not sign_in:
        browser.force_login(user)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def told_by(response):
    """All that reaches whoever asked: the page or the file, what is packed in it, the headers."""
    body = response.getvalue() if response.streaming else response.content
    if zipfile.is_zipfile(file := BytesIO(body)):
        packed = zipfile.ZipFile(file)
        body = b"\n".join(packed.read(name) for name in packed.namelist())
    headers = [
        *response.headers.items(),
        *(morsel.OutputString() for morsel in response.cookies.values()),
    ]
    return body.decode("utf-8", "replace") + str(headers)
