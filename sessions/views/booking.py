"""Booking an open time: who books, and what happens next."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clients.models import Client, ConsentDocument
from clients.selectors import current_consent
from counsel.accounts.practice import practice
from counsel.common.errors import ConflictError, DomainError
from counsel.common.http import require_get_or_post
from counsel.common.zones import get_zone
from sessions import audience
from sessions.access import booked_consultation, public_service
from sessions.forms.booking import BookingForm
from sessions.limits import asked_for, may_ask
from sessions.models import FIRST_VERSION, HOLDING, Hold, Service, Status
from sessions.selectors import nearest_open, open_slot
from sessions.services import TooManyHolds, consultation_request, hold_place
from sessions.times import Time
from sessions.tokens.appointments import appointment_token, booked_token
from sessions.tokens.holds import asked_token
from sessions.views.reader import reader_zone
from sessions.wording import clock_words, day_words

CONSENT = "booking"
# Where the session keeps the id of what was last asked for.
ASKED = "booking_asked"


@require_get_or_post
@never_cache
def details(request: HttpRequest, slug: str, service: str, start: datetime) -> HttpResponse:
    """Who books. A time chosen anew after another was taken comes here with what was typed."""
    try:
        wish = Wish(public_service(slug, service, request.user), start, request)
    except ConsentDocument.DoesNotExist:
        return render(request, "sessions/not_open.html", status=503)
    if request.method == "POST" and "again" not in request.POST:
        return _book(wish)
    form = wish.form(typed=request.POST)
    if open_slot(wish.service, start, timezone.now()) is None:
        if hold := wish.kept_for_this_browser():
            return redirect("booking:asked", asked_token(hold))
        return wish.page(form, taken=_("That time is not free any more."), status=409)
    return wish.page(form)


def _book(wish: Wish) -> HttpResponse:
    form = wish.form(data=wish.request.POST)
    if not form.is_valid():
        return wish.page(form, status=422)
    email: str = form.cleaned_data["email"]
    if not may_ask(wish.request, email, wish.own(email)):
        return wish.page(form, limited=True, status=429)
    try:
        return redirect(wish.comes_true(form))
    except TooManyHolds:
        return wish.page(form, limited=True, status=429)
    except ConflictError as error:
        return wish.page(form, taken=error.message, status=409)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return wish.page(form, status=422)


class Wish:
    """One visitor asking for one time of one service."""

    def __init__(self, service: Service, start: datetime, request: HttpRequest) -> None:
        self.service = service
        self.start = start
        self.request = request
        self.reader = reader_zone(request, service.counsellor)
        self.language = get_language() or settings.LANGUAGE_CODE
        self.consent = current_consent(CONSENT, self.language)
        self.client = audience.client_of(request.user, service.counsellor)
        self.questions = list(service.questions.all())

    def form(self, data: QueryDict | None = None, typed: QueryDict | None = None) -> BookingForm:
        return BookingForm(
            data,
            consent=self.consent,
            zone=self.reader.zone,
            zone_is_known=self.reader.is_known,
            typed=typed,
            questions=self.questions,
            client=self.client,
        )

    def own(self, email: str) -> Client | None:
        """Who is signed in, where the address is theirs."""
        client = self.client
        return client if client and client.email.lower() == email.lower() else None

    def comes_true(self, form: BookingForm) -> str:
        """Book it where the address is known to be theirs, else keep it; where to go next."""
        email: str = form.cleaned_data["email"]
        given = {
            "service": self.service,
            "starts_at": self.start,
            "name": form.cleaned_data["name"],
            "email": email,
            "time_zone": self.reader.zone.key,
            "consent": self.consent,
            "idempotency_key": form.cleaned_data["key"],
            "intake": form.answers(),
        }
        if own := self.own(email):
            consultation = consultation_request(**given, signed_in=own.user)
            return reverse("booking:booked", args=[booked_token(consultation)])
        hold = hold_place(**given, language=self.language)
        asked_for(self.request)
        self.request.session[ASKED] = str(hold.pk)
        return reverse("booking:asked", args=[asked_token(hold)])

    def kept_for_this_browser(self) -> Hold | None:
        """Whoever comes back to the form did not lose the time to somebody else."""
        if ASKED not in self.request.session:
            return None
        kept = Hold.objects.filter(
            pk=str(self.request.session[ASKED]),
            service=self.service,
            starts_at=self.start,
            state=Hold.State.OPEN,
        )
        found: Hold | None = kept.first()
        return found

    def page(self, form: BookingForm, *, status: int = 200, **more: object) -> HttpResponse:
        context = {
            "service": self.service,
            "counsellor": self.service.counsellor,
            "reader": self.reader,
            "start": self.start,
            "form": form,
            "consent": self.consent,
            "instant": audience.is_instant(self.service, self.client),
            "is_client": self.client is not None,
            "minutes": practice().confirm_minutes,
            **more,
        }
        if "taken" in more:
            context["nearest"] = nearest_times(self.service, self.start, self.reader.zone)
        return render(self.request, "sessions/details.html", context, status=status)


def nearest_times(service: Service, start: datetime, zone: ZoneInfo) -> list[tuple[str, Time]]:
    """Open times close to one that is gone: the day in words, and the time."""
    return [
        (
            day_words(slot.start.astimezone(zone).date()),
            Time(slot.start, clock_words(slot.start, zone)),
        )
        for slot in nearest_open(service, start, timezone.now())
    ]


@require_safe
@never_cache
def booked(request: HttpRequest, token: str) -> HttpResponse:
    """What happens next. Says when, not with whom: links get forwarded.

    Only of the appointment as it was booked here: of what changed since, and by which link to
    cancel it, only its address is told.
    """
    consultation = booked_consultation(token)
    context = {
        "consultation": consultation,
        "zone": get_zone(consultation.time_zone),
        "is_on": consultation.status in HOLDING,
        "is_as_booked": consultation.version == FIRST_VERSION,
        "is_pending": consultation.status == Status.PENDING,
        "is_over": consultation.starts_at <= timezone.now(),
        "appointment_token": appointment_token(consultation),
    }
    return render(request, "sessions/booked.html", context)
