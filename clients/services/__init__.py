"""Everything that changes what belongs to a client. One subject a module."""

from __future__ import annotations

from clients.services.addresses import (
    address_code_again,
    address_forget,
    address_give,
    address_remove,
    address_verify,
)
from clients.services.agreeing import (
    consent_ask,
    consent_request_answer,
    consent_request_take_back,
)
from clients.services.caseload import (
    caseload_view_keep,
    caseload_view_remove,
    client_status_change,
)
from clients.services.consenting import consent_give, consent_withdraw
from clients.services.cover import cover_end, cover_lend
from clients.services.devices import device_add, device_remove, device_try
from clients.services.emergencies import emergency_access_open, emergency_access_review
from clients.services.handover import (
    handover_accept,
    handover_decline,
    handover_offer,
    handover_take_back,
)
from clients.services.keeping import (
    client_reopen,
    client_restrict,
    legal_hold_lift,
    legal_hold_set,
)
from clients.services.people import (
    ClientSettings,
    client_for_booking,
    client_settings_change,
    consent_document_publish,
    consent_documents_load,
    invitation_accept,
    invitation_send,
    invitation_take_back,
    must_sign_in_first,
)
from clients.services.plans import safety_plan_keep
from clients.services.reaching import (
    MessageChoices,
    homework_mails_stop,
    homework_pause,
    homework_resume,
    messages_choose,
)

__all__ = [
    "ClientSettings",
    "MessageChoices",
    "address_code_again",
    "address_forget",
    "address_give",
    "address_remove",
    "address_verify",
    "caseload_view_keep",
    "caseload_view_remove",
    "client_for_booking",
    "client_reopen",
    "client_restrict",
    "client_settings_change",
    "client_status_change",
    "consent_ask",
    "consent_document_publish",
    "consent_documents_load",
    "consent_give",
    "consent_withdraw",
    "consent_request_answer",
    "consent_request_take_back",
    "cover_end",
    "cover_lend",
    "device_add",
    "device_remove",
    "device_try",
    "emergency_access_open",
    "emergency_access_review",
    "handover_accept",
    "handover_decline",
    "handover_offer",
    "handover_take_back",
    "homework_mails_stop",
    "homework_pause",
    "homework_resume",
    "invitation_accept",
    "invitation_send",
    "invitation_take_back",
    "legal_hold_lift",
    "legal_hold_set",
    "messages_choose",
    "must_sign_in_first",
    "safety_plan_keep",
]
