"""What somebody close to a client adds to the pages of an exercise."""

from __future__ import annotations

from typing import Any

from django import template

from exercises.models import Entry
from exercises.selectors.partners import partner_to_send_to, words_to_share

register = template.Library()


@register.inclusion_tag("exercises/partner/_offer.html", takes_context=True)
def partner_offer(context: dict[str, Any], entry: Entry) -> dict[str, Any]:
    """To send the words that were written to be shared, where there are any and somebody is."""
    sends_to = partner_to_send_to(entry.client) if words_to_share(entry) else None
    return {"entry": entry, "sends_to": sends_to, "csrf_token": context["csrf_token"]}
