"""Times kept for one person for a while, until a click on the page behind their mail."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import ConsentDocument
from counsel.accounts.practice import practice
from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.services import reminder_plan, reminders_withdraw
from sessions import audience
from sessions.models import Audience, Consultation, Hold, Service, WaitingEntry
from sessions.services.asking import Answer, asked, client_with, request_key, require_open
from sessions.services.writing import overlap_refused, take_turn, times_of

BOOKING_CONFIRM = "booking_confirm"

# Of one address: with one counsellor at once, and (so that nobody is flooded with mails they
# never asked for) with all of them in an hour.
MOST_OPEN = 3
MOST_AN_HOUR = 5
# What was typed by somebody who never confirmed is deleted so long after.
FORGOTTEN_AFTER = timedelta(days=7)


_SWEEP = "the sweep of what nobody confirmed"


class TooManyHolds(DomainError):
    """Enough was asked for in the name of this address for now."""


@transaction.atomic
def hold_place(
    *,
    service: Service,
    starts_at: datetime,
    name: str,
    email: str,
    time_zone: str,
    language: str,
    consent: ConsentDocument,
    idempotency_key: str,
    intake: list[Answer] | None = None,
) -> Hold:
    """Keep an open time for somebody who has not shown yet that the address is theirs.

    A mail asks them to. The same request again answers with the same hold, and what was
    written anew in it counts. Nothing here depends on who is a client.
    Raises ConflictError when the time is not open (any more), TooManyHolds, and DomainError
    where only people the counsellor knows may book.
    """
    is_for_known = service.audience in (Audience.EXISTING, Audience.INVITED)
    if is_for_known or not service.counsellor.accepts_new_clients:
        raise DomainError(
            _("Please write the address at which you get mail from here."), field="email"
        )
    now = timezone.now()
    service.counsellor.time_zone = take_turn(service.counsellor_id).time_zone
    key = request_key(idempotency_key, service, starts_at, email)
    written = {"name": name, "time_zone": time_zone, "consent": consent, "intake": intake}
    made = Hold.objects.filter(counsellor=service.counsellor_id, idempotency_key=key)
    already: Hold | None = made.first()
    if already is not None and is_kept(already, now):
        return _written_anew(already, written)
    if already is not None and already.state == Hold.State.USED:
        return already
    _require_few(service, email, now)
    require_open(service, starts_at, now)
    if already is not None:
        Hold.objects.these(already).update(idempotency_key=None)
    lasts = timedelta(minutes=practice().confirm_minutes)
    hold = hold_drawn_up(service, starts_at, expires_at=min(now + lasts, starts_at))
    hold.purpose = Hold.Purpose.BOOKING
    hold.email, hold.language, hold.idempotency_key = email, language, key
    keep(_with(hold, written))
    reminder_plan(
        counsellor=service.counsellor,
        kind=BOOKING_CONFIRM,
        subject=subject_of(hold),
        person=subject_of(hold),
        due_at=now,
        not_after=hold.expires_at,
    )
    return hold


@transaction.atomic
def hold_confirm(
    *,
    hold: Hold,
    starts_at: datetime | None = None,
    consent: ConsentDocument | None = None,
    intake: list[Answer] | None = None,
) -> Consultation:
    """Book what is kept: the click on the page behind the link shows whose address it is.

    Once used, it answers with the same consultation ever after. Expired, or with another time
    (`starts_at`), it books what is open for everybody.
    Raises ConflictError when the time is gone or was given back, DomainError when the service
    is not for them.
    """
    now = timezone.now()
    take_turn(hold.counsellor_id)
    hold = _as_it_is(hold)
    if hold.consultation is not None:
        return hold.consultation
    if hold.state == Hold.State.RELEASED:
        raise ConflictError(_("This time was given back."))
    wanted = starts_at or hold.starts_at
    kept = is_kept(hold, now) and wanted == hold.starts_at
    _require_offered(hold, is_kept=kept)
    use(hold, now)
    if not kept:
        require_open(hold.service, wanted, now)
    consultation = asked(
        service=hold.service,
        client=client_with(hold.service.counsellor, hold.email),
        starts_at=wanted,
        name=hold.name,
        email=hold.email,
        time_zone=hold.time_zone,
        language=hold.language,
        consent=consent or hold.consent,
        key=f"hold-{hold.pk.hex}",
        intake=intake or hold.intake,
        now=now,
    )
    used_for(hold, consultation)
    return consultation


@transaction.atomic
def hold_release(*, hold: Hold) -> None:
    """Give the time back. Given back or expired before, it stays as it is.

    Raises ConflictError once it is booked.
    """
    take_turn(hold.counsellor_id)
    hold = _as_it_is(hold)
    if hold.state == Hold.State.USED:
        raise ConflictError(_("This is booked. You can cancel it on its own page."))
    if hold.state == Hold.State.OPEN:
        _close(hold, Hold.State.RELEASED, timezone.now())
        reminders_withdraw(subject=subject_of(hold), reason=_("the time was given back"))


@transaction.atomic
def holds_expire(now: datetime) -> int:
    """Free what nobody confirmed in time; returns how many."""
    everybodys = Hold.objects.across_caseloads(_SWEEP)
    late = everybodys.filter(state=Hold.State.OPEN, expires_at__lte=now)
    # Whoever is in their turn closes them as well, in another order: this never waits for them.
    free = list(late.select_for_update(skip_locked=True).values_list("pk", flat=True))
    return late.filter(pk__in=free).update(state=Hold.State.EXPIRED, closed_at=now)


def holds_forget(now: datetime) -> int:
    """Delete what strangers typed and never confirmed, a week after; returns how many."""
    unused = Hold.objects.across_caseloads(_SWEEP).filter(
        purpose=Hold.Purpose.BOOKING,
        state__in=[Hold.State.RELEASED, Hold.State.EXPIRED],
        closed_at__lt=now - FORGOTTEN_AFTER,
    )
    return unused.delete()[0]


def subject_of(hold: Hold) -> str:
    return f"hold:{hold.pk}"


def is_kept(hold: Hold, now: datetime) -> bool:
    """Whether the time is kept for them still."""
    return hold.state == Hold.State.OPEN and hold.expires_at > now


# --- For services that keep or use a time; each in its transaction and turn ------------------


def hold_drawn_up(service: Service, starts_at: datetime, *, expires_at: datetime) -> Hold:
    """A hold of that time with the service's buffers; not yet saved, and nobody's yet."""
    return Hold(
        counsellor=service.counsellor,
        service=service,
        **times_of(service, starts_at),
        expires_at=expires_at,
    )


def keep(hold: Hold) -> None:
    """Raises OverlapRefused where the time is held."""
    typed = {"name", "email", "time_zone"}
    hold.clean_fields(exclude={field.name for field in Hold._meta.fields} - typed)
    with overlap_refused():
        hold.save(force_insert=True)


def own_hold(service: Service, starts_at: datetime, email: str, now: datetime) -> Hold | None:
    """The time as it is kept for this very address."""
    kept = Hold.objects.filter(
        counsellor=service.counsellor_id,
        service=service,
        starts_at=starts_at,
        email__iexact=email,
        state=Hold.State.OPEN,
        expires_at__gt=now,
    )
    found: Hold | None = kept.first()
    return found


def use(hold: Hold, now: datetime) -> None:
    """Make way for the consultation it becomes."""
    _close(hold, Hold.State.USED, now)
    reminders_withdraw(subject=subject_of(hold), reason=_("booked"))


def used_for(hold: Hold, consultation: Consultation) -> None:
    """The answers are kept with the consultation alone."""
    hold.consultation, hold.intake = consultation, None
    hold.save(update_fields=["consultation", "intake"])
    if hold.waiting_entry_id is not None:
        WaitingEntry.objects.filter(offers=hold).update(
            state=WaitingEntry.State.BOOKED, closed_at=hold.closed_at
        )
        # They came back to one that was over, and have been offered another time since.
        for other in Hold.objects.filter(
            waiting_entry=hold.waiting_entry_id, state=Hold.State.OPEN
        ):
            hold_release(hold=other)


def _close(hold: Hold, state: Hold.State, now: datetime) -> None:
    hold.state, hold.closed_at = state, now
    hold.save(update_fields=["state", "closed_at"])


def _as_it_is(hold: Hold) -> Hold:
    """Read anew and locked: the sweep of expired ones does not wait its turn."""
    Hold.objects.these(hold).select_for_update().get()
    related = ("service__counsellor__user", "consent", "consultation")
    fresh: Hold = Hold.objects.these(hold).select_related(*related).get()
    return fresh


def _with(hold: Hold, written: dict[str, object]) -> Hold:
    for field, value in written.items():
        setattr(hold, field, value)
    return hold


def _written_anew(hold: Hold, written: dict[str, object]) -> Hold:
    _with(hold, written).save(update_fields=list(written))
    return hold


def _require_offered(hold: Hold, *, is_kept: bool) -> None:
    """What is kept was promised, unless the counsellor has left. The rest has to be offered now."""
    counsellor = hold.service.counsellor
    is_promised = is_kept or audience.is_offered(hold.service, client_with(counsellor, hold.email))
    if counsellor.has_left or not is_promised:
        raise DomainError(_("Nothing of this is offered any more."))


def _require_few(service: Service, email: str, now: datetime) -> None:
    everybodys = Hold.objects.across_caseloads("one address may ask for so many, with whomever")
    of_address = everybodys.filter(email__iexact=email, purpose=Hold.Purpose.BOOKING)
    is_open = {"counsellor": service.counsellor_id, "state": Hold.State.OPEN}
    if (
        of_address.filter(**is_open, expires_at__gt=now).count() >= MOST_OPEN
        or of_address.filter(created_at__gt=now - timedelta(hours=1)).count() >= MOST_AN_HOUR
    ):
        raise TooManyHolds(_("A great many times were asked for with this address just now."))
