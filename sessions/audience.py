"""Who may book a service without staff, and whether it is theirs at once.

The rules are pure; below them stand the questions to the database they need answered.
"""

from __future__ import annotations

from dataclasses import dataclass

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.accounts.roles import AnyUser
from sessions.models import KEPT, Audience, ClientService, Consultation, Service


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to a counsellor and one of the services; a stranger by default."""

    is_client: bool = False
    is_invited: bool = False
    has_met: bool = False


STRANGER = Standing()


def is_shown(audience: Audience, standing: Standing) -> bool:
    """Whether the service is there for them at all. To everybody else it does not exist."""
    if audience == Audience.EXISTING:
        return standing.is_client
    if audience == Audience.INVITED:
        return standing.is_client and standing.is_invited
    return True


def is_open_to(audience: Audience, standing: Standing) -> bool:
    """Whether they may book it. That a first meeting was had is told to nobody but them."""
    is_no_first = audience == Audience.FIRST and standing.has_met
    return is_shown(audience, standing) and not is_no_first


# --- Asked of the database ----------------------------------------------------------------


def client_of(user: AnyUser | None, counsellor: Counsellor) -> Client | None:
    """The signed-in person's record with this counsellor, as long as it has not ended."""
    if user is None or not user.is_authenticated:
        return None
    records = Client.objects.of_user(user).filter(counsellor=counsellor)
    found: Client | None = records.exclude(status=Client.Status.ENDED).first()
    return found


def may_book(service: Service, client: Client | None) -> bool:
    return is_open_to(Audience(service.audience), _standing(service, client))


def may_see(service: Service, client: Client | None) -> bool:
    return is_shown(Audience(service.audience), _standing(service, client))


def is_offered(service: Service, client: Client | None) -> bool:
    """Whether anything of it is open at all: it stands on the page, and the page is theirs."""
    is_client = client is not None and client.status != Client.Status.ENDED
    is_open = service.counsellor.accepts_new_clients or is_client
    return service.is_public and is_open and may_book(service, client)


def bookable_services(counsellor: Counsellor, user: AnyUser | None) -> list[Service]:
    """What this reader of the counsellor's page may book, by name. Strangers cost one query."""
    services = list(counsellor.services.filter(is_public=True))
    client = client_of(user, counsellor)
    invited = set() if client is None else _invitations(client)
    met = client is not None and _has_met(client)
    for service in services:
        service.counsellor = counsellor
    return [
        service
        for service in services
        if is_open_to(
            Audience(service.audience),
            Standing(client is not None, service.pk in invited, met),
        )
    ]


def is_instant(service: Service, client: Client | None) -> bool:
    """Whether it is booked at once: as agreed with this client, else as the service says."""
    if client is None:
        return service.instant
    agreed = ClientService.objects.filter(service=service, client=client).first()
    return service.instant if agreed is None or agreed.instant is None else agreed.instant


def _standing(service: Service, client: Client | None) -> Standing:
    """Asks only what this service's audience depends on."""
    if client is None:
        return STRANGER
    return Standing(
        is_client=client.status != Client.Status.ENDED,
        is_invited=service.audience == Audience.INVITED and service.pk in _invitations(client),
        has_met=service.audience == Audience.FIRST and _has_met(client),
    )


def _invitations(client: Client) -> set[object]:
    return set(ClientService.objects.filter(client=client).values_list("service_id", flat=True))


def _has_met(client: Client) -> bool:
    """Whether there is a meeting with the counsellor, held or still to come."""
    return Consultation.objects.filter(client=client, status__in=KEPT).exists()
