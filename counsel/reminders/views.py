"""The mailbox page of the embedded run (see `counsel.reminders.mailbox`)."""

from __future__ import annotations

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from counsel.reminders import mailbox


@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    _require_mailbox()
    return _page(request, "list", title=_("Mailbox"), mails=mailbox.newest())


@require_safe
def mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    mail = _mail(name)
    return _page(request, "detail", title=mail.subject, mail=mail)


@require_safe
def mail_file(request: HttpRequest, name: str, number: int) -> HttpResponse:
    files = _mail(name).files
    if number >= len(files):
        raise Http404
    file = files[number]
    headers = {"Content-Disposition": content_disposition_header(True, file.name) or "attachment"}
    return HttpResponse(file.content, content_type=file.mimetype, headers=headers)


def _page(request: HttpRequest, page: str, **context: object) -> HttpResponse:
    context = {**admin.site.each_context(request), **context}
    return render(request, f"admin/reminders/mailbox_{page}.html", context)


def _mail(name: str) -> mailbox.Mail:
    _require_mailbox()
    mail = mailbox.read(name)
    if mail is None:
        raise Http404
    return mail


def _require_mailbox() -> None:
    if not mailbox.can_be_read():
        raise Http404
