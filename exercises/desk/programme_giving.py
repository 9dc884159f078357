"""Giving a programme: to whom, from which day, and what would open when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.scoped_admin import choice_label
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.errors import DomainError
from counsel.common.widgets import DateInput
from counsel.common.zones import local_date
from exercises.desk.programme_words import opens_words
from exercises.models import Enrolment, Programme
from exercises.selectors.programmes import dated_items
from exercises.services.programmes import programme_give
from exercises.wording import rhythm_words
from sessions.desk.clocks import plausible_day


class GiveForm(forms.Form):
    """Shows, and accepts, only clients of the queryset. Without one it is about `client`."""

    clients = forms.ModelMultipleChoiceField(
        label=_("To whom"),
        queryset=Client.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one client.")},
    )
    starts_on = forms.DateField(
        label=_("First day"),
        help_text=_("By the client's own calendar. Dates are counted from it."),
        widget=DateInput,
    )

    def __init__(
        self, data: Any, *, clients: QuerySet[Client] | None, today: date, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.today = today
        if clients is None:
            del self.fields["clients"]
        else:
            field: Any = self.fields["clients"]
            field.queryset = clients
            field.label_from_instance = choice_label

    def clean_starts_on(self) -> date:
        day: date = plausible_day(self.cleaned_data["starts_on"])
        if day < self.today:
            raise ValidationError(_("That day is over already."))
        return day


def give_page(request: HttpRequest, programme: Programme, *, client: Client | None) -> HttpResponse:
    """To the one `client`, or to those chosen on the page. What opens when is shown first."""
    clients = None if client else _not_in_it(request, programme)
    today = _earliest_today([client] if client else clients or [])
    data = request.POST if request.method == "POST" else None
    form = GiveForm(data, clients=clients, today=today, initial={"starts_on": today})
    if form.is_valid() and request.POST.get("act") == "give":
        chosen = [client] if client else list(form.cleaned_data["clients"])
        if _was_shown(request, form) and _given(request, programme, chosen, form):
            return _done(programme, chosen)
    first_day = form.cleaned_data.get("starts_on") if form.is_bound else today
    context = {
        **admin.site.each_context(request),
        "title": _("Give a programme"),
        "programme": programme,
        "client": client,
        "form": form,
        "has_clients": bool(client) or bool(clients),
        "first_day": first_day,
        "dates": _dates(programme, first_day) if first_day else [],
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "desk/programmes/give.html", context, status=status)


def _not_in_it(request: HttpRequest, programme: Programme) -> QuerySet[Client]:
    """Whom it can be given to: the caseload, less those who ended or are in it already."""
    in_it = Enrolment.objects.filter(programme=programme, ended_on=None).values("client")
    rows: QuerySet[Client] = Client.objects.visible_to(request.user)
    return rows.exclude(status=Client.Status.ENDED).exclude(pk__in=in_it).order_by("name")


def _earliest_today(clients: Any) -> date:
    now = timezone.now()
    return min((local_date(now, client.zone) for client in clients), default=now.date())


def _was_shown(request: HttpRequest, form: GiveForm) -> bool:
    if request.POST.get("shown") == form.cleaned_data["starts_on"].isoformat():
        return True
    form.add_error(None, gettext("These dates are new. Please look at them first."))
    return False


def _dates(programme: Programme, first_day: date) -> list[dict[str, Any]]:
    return [
        {
            "title": row.version.title if row.version else "",
            "opens": opens_words(row),
            "rhythm": rhythm_words(row.item),
            "waits": row.opens is None,
        }
        for row in dated_items(programme, first_day)
    ]


def _given(
    request: HttpRequest, programme: Programme, clients: list[Client], form: GiveForm
) -> bool:
    """To all of them or, with the reason on the form, to none."""
    try:
        with transaction.atomic():
            given = [
                programme_give(
                    programme=programme, client=client, starts_on=form.cleaned_data["starts_on"]
                )
                # In one order for everybody: two who give at once wait for each other.
                for client in sorted(clients, key=lambda client: client.pk)
            ]
            for enrolment in given:
                record_access(
                    verb=Verb.CREATE,
                    subject=enrolment,
                    client_id=enrolment.client_id,
                    request=request,
                )
    except DomainError as error:
        form.add_error(None, error.message)
        return False
    words = ngettext(
        "“%(title)s” is given.", "“%(title)s” is given to %(count)s clients.", len(clients)
    )
    messages.success(request, words % {"title": programme.title, "count": len(clients)})
    return True


def _done(programme: Programme, clients: list[Client]) -> HttpResponse:
    if len(clients) > 1:
        return redirect("admin:exercises_programme_changelist")
    given = Enrolment.objects.get(programme=programme, client=clients[0], ended_on=None)
    return redirect("admin:exercises_enrolment_change", given.pk)
