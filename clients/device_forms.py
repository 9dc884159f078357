from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import PushDevice
from counsel.common.network import AddressRefused
from counsel.common.vapid import from_base64url
from counsel.reminders.carriers.push_services import endpoint_url
from counsel.reminders.registry import Device

_NO_ANSWER = gettext_lazy("Your browser has not said where to send them. Please try once more.")


class DeviceForm(forms.Form):
    """What a browser says of itself when somebody turns notifications on, and its name."""

    label = forms.CharField(
        label=gettext_lazy("A name for this device"),
        help_text=gettext_lazy("So that you know it again in the list."),
        max_length=60,
        required=False,
    )
    endpoint = forms.CharField(widget=forms.HiddenInput, required=False)
    p256dh = forms.CharField(widget=forms.HiddenInput, required=False)
    auth = forms.CharField(widget=forms.HiddenInput, required=False)
    # Ours, under which the browser asked its push service.
    server_key = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        key = settings.VAPID_KEY
        if key is None or data.get("server_key") != key.public:
            raise ValidationError(_NO_ANSWER)
        _require_service(data.get("endpoint", ""))
        _require_keys(data.get("p256dh", ""), data.get("auth", ""))
        return data

    def device(self) -> Device:
        given = self.cleaned_data
        return Device(given["endpoint"], given["p256dh"], given["auth"])


def _require_service(endpoint: str) -> None:
    longest = PushDevice._meta.get_field("endpoint").max_length or 0
    if not endpoint or len(endpoint) > longest:
        raise ValidationError(_NO_ANSWER)
    try:
        endpoint_url(endpoint)
    except AddressRefused as error:
        raise ValidationError(_("We cannot send to this kind of browser.")) from error


def _require_keys(p256dh: str, auth: str) -> None:
    """A point of the curve P-256, uncompressed, and 16 bytes (RFC 8291)."""
    try:
        point = from_base64url(p256dh)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        is_secret = len(point) == 65 and len(from_base64url(auth)) == 16
    except ValueError as error:
        raise ValidationError(_NO_ANSWER) from error
    if not is_secret:
        raise ValidationError(_NO_ANSWER)
