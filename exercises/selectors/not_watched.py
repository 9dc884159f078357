"""Whether somebody has read that nobody watches what is written here."""

from __future__ import annotations

from clients.models import Client, ConsentDocument
from clients.selectors import current_consent

SLUG = "not-watched"


def not_watched_to_read(client: Client) -> ConsentDocument | None:
    """The text to read before the first words, until the client has said that they understand.

    A new version asks once more; in another language it is the same version. None also before
    the texts have been loaded: words never wait for that.
    """
    try:
        document = current_consent(SLUG, client.language)
    except ConsentDocument.DoesNotExist:
        return None
    understood = client.consents.filter(
        document__slug=SLUG, document__version=document.version, withdrawn_at=None
    )
    return None if understood.exists() else document
