"""A client, the meetings with them, and what is written of both."""

from __future__ import annotations

from tests.matrix.cells import (
    BOTH,
    CLIENT,
    COUNSELLOR,
    DESK,
    LENT,
    MANAGER,
    NOBODY,
    VISITING,
    Cell,
    Kind,
    Way,
    exporting,
    listing,
    reading,
    writing,
)

ON_THE_CARD = {
    "name": "Another",
    "status": "active",
    "email": "else@example.org",
    "time_zone": "Europe/London",
    "language": "en-gb",
    "emergency_contact": "Another",
}
OF_THEIR_OWN = {
    "name": "Another",
    "time_zone": "Europe/London",
    "language": "en-gb",
    "reminder_hour": "7",
    "default_sharing": "shared",
    "emergency_contact": "Another",
}


SURE = {"sure": "on"}


def of_entry(which: str, staff: frozenset[str]) -> tuple[Cell, ...]:
    """Handed in or not, shared or not: `staff` may know of it beside the client."""
    key = f"{{{which}.pk}}"
    lists = ("my/entries/", "admin/exercises/entry/", f"{LENT}entries/")
    return (
        listing(CLIENT | staff, *(Way(at, shows=key) for at in lists)),
        reading(
            CLIENT | staff,
            f"my/entries/{key}/",
            f"my/entries/{key}/1/",
            f"{DESK}entries/{key}/",
            f"admin/exercises/entry/{key}/change/",
            f"{LENT}entries/{key}/",
        ),
        exporting(CLIENT | (staff & COUNSELLOR)),
    )


RECORD = (
    Kind(
        "a client's name and how to reach them",
        "Mark-Name",
        (
            listing(
                COUNSELLOR | VISITING,
                *("admin/clients/client/", "admin/cover/", "admin/emergency/"),
            ),
            reading(BOTH | VISITING, f"{DESK}change/", LENT, "my/close/", "my/settings/"),
            writing(
                BOTH,
                "clients.Client",
                (f"{DESK}change/", ON_THE_CARD),
                ("my/settings/", OF_THEIR_OWN),
            ),
            exporting(BOTH),
        ),
    ),
    Kind(
        "the emergency contact",
        "Mark-Contact",
        (
            reading(BOTH | {"emergency"}, f"{DESK}change/", LENT, "my/settings/"),
            writing(
                BOTH,
                "clients.Client",
                (f"{DESK}change/", ON_THE_CARD),
                ("my/settings/", OF_THEIR_OWN),
            ),
            exporting(BOTH),
        ),
    ),
    Kind(
        "the whole record",
        "Mark-Name",
        (
            Cell(
                "erase",
                BOTH | MANAGER,
                tuple(
                    Way(at, sent=SURE, changes=("clients.Client",), settled=True)
                    for at in ("my/record/forget/ask/", "admin/erasing/{client.pk}/ask/")
                ),
            ),
        ),
    ),
    Kind(
        "a consultation",
        "Mark-Place",
        (
            listing(
                BOTH,
                Way("my/appointments/", shows="{consultation.pk}"),
                Way("admin/consultations/consultation/", shows="{consultation.pk}"),
            ),
            reading(
                BOTH,
                "my/appointments/",
                "admin/consultations/consultation/{consultation.pk}/change/",
            ),
            writing(
                BOTH,
                "consultations.Consultation",
                ("my/appointments/{consultation.pk}/cancel/", {"version": "1"}),
                (
                    "admin/consultations/consultation/{consultation.pk}/do/cancel/",
                    {"version": "1"},
                ),
            ),
            exporting(BOTH),
        ),
    ),
    Kind(
        "a signed note of a consultation",
        "Mark-Signed",
        (
            listing(
                COUNSELLOR | VISITING,
                Way("admin/consultations/consultationnote/", shows="{note.pk}"),
                f"{LENT}notes/",
            ),
            reading(
                COUNSELLOR | VISITING,
                f"{DESK}notes/{{held.pk}}/",
                "admin/consultations/consultationnote/{note.pk}/change/",
                f"{LENT}notes/",
            ),
            writing(
                COUNSELLOR,
                "consultations.NoteAddendum",
                (f"{DESK}notes/{{held.pk}}/", {"add": "yes", "text": "More."}),
            ),
            exporting(BOTH),
        ),
    ),
    Kind(
        "a note that is not signed yet",
        "Mark-Unsigned",
        (
            reading(COUNSELLOR, f"{DESK}notes/{{later.pk}}/", f"{LENT}notes/", LENT),
            exporting(NOBODY),
        ),
    ),
    Kind(
        "a process note",
        "Mark-Process",
        (
            listing(
                COUNSELLOR,
                Way(f"{DESK}process-notes/", shows="{process_note.pk}"),
                Way(f"{LENT}notes/", shows="{process_note.pk}"),
            ),
            reading(COUNSELLOR, f"{DESK}process-notes/{{process_note.pk}}/", f"{LENT}notes/"),
            writing(
                COUNSELLOR,
                "consultations.ProcessNote",
                (f"{DESK}process-notes/{{process_note.pk}}/", {"_was": "1", "text": "Changed."}),
            ),
            exporting(NOBODY),
        ),
    ),
    Kind("an entry the client shares", "Mark-Shared", of_entry("shared", COUNSELLOR | VISITING)),
    Kind(
        "an entry the client keeps private, the journal too",
        "Mark-Private",
        of_entry("private", NOBODY),
    ),
    Kind(
        "an entry that is not handed in yet",
        "Mark-Draft",
        (
            *of_entry("draft", NOBODY),
            writing(
                CLIENT,
                "exercises.Entry",
                ("my/entries/{draft.pk}/1/", {"words": "More.", "_go": "on"}),
                ("admin/exercises/entry/{draft.pk}/change/", {"words": "More."}),
            ),
        ),
    ),
    Kind(
        "whether an entry is shared",
        "Mark-Shared",
        (
            writing(
                CLIENT,
                "exercises.Entry",
                ("my/entries/{private.pk}/sharing/", {"_-sharing": "shared"}),
                ("admin/exercises/entry/{private.pk}/change/", {"sharing": "shared"}),
            ),
        ),
    ),
)
