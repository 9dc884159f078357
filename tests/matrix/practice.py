"""Why something was done, messages, the log, and what the practice itself has."""

from __future__ import annotations

from tests.matrix.cells import (
    CLIENT,
    COUNSELLOR,
    DESK,
    LENT,
    MANAGER,
    NOBODY,
    ROLES,
    RUNNING,
    Cell,
    Kind,
    Way,
    exporting,
    listing,
    reading,
    writing,
)

PRACTICE = (
    Kind(
        "why a record was opened in an emergency",
        "Mark-Emergency",
        (
            reading(COUNSELLOR, "admin/emergency/", "my/record/"),
            writing(
                COUNSELLOR | MANAGER,
                "clients.EmergencyAccess",
                (
                    "admin/emergency/{emergency.pk}/review/",
                    {"{emergency.pk}-words": "It was needed."},
                ),
            ),
            exporting(NOBODY),
        ),
    ),
    Kind(
        "why erasing is on hold",
        "Mark-Hold",
        (
            reading(COUNSELLOR, "admin/erasing/{client.pk}/", "my/record/forget/"),
            writing(
                COUNSELLOR | MANAGER,
                "clients.LegalHold",
                (
                    "admin/erasing/{client.pk}/hold/",
                    {"reason": "A court.", "since": "2030-01-01"},
                ),
            ),
            exporting(NOBODY),
        ),
    ),
    Kind(
        "why something is withheld",
        "Mark-Withheld",
        (
            reading(COUNSELLOR, f"{DESK}record/", LENT, "my/record/"),
            writing(
                COUNSELLOR,
                "records.Withholding",
                (f"{DESK}record/withheld/{{withheld.pk}}/lift/", {}),
                (
                    f"{DESK}record/withhold/note/{{note.pk}}/",
                    {"reason": "Harm.", "judged": "on"},
                ),
            ),
            exporting(NOBODY),
        ),
    ),
    Kind(
        "somebody on the waiting list",
        "Mark-Waiting",
        (
            listing(COUNSELLOR, "admin/consultations/waitingentry/"),
            reading(COUNSELLOR, "admin/consultations/waitingentry/{waiting.pk}/change/"),
        ),
    ),
    Kind(
        "the ledger of messages, which holds keys and no words",
        "Mark-Ledger",
        (
            listing(
                COUNSELLOR | RUNNING,
                Way("admin/reminders/reminder/", shows="{reminder.pk}"),
            ),
            reading(
                COUNSELLOR | RUNNING,
                Way("admin/reminders/reminder/{reminder.pk}/change/", shows="Appointment reminder"),
            ),
        ),
    ),
    Kind(
        "what a message says, and to whom",
        "Mark-Name",
        (
            reading(
                COUNSELLOR,
                Way("admin/reminders/reminder/{reminder.pk}/change/"),
                Way("admin/reminders/reminder/{reminder.pk}/message/"),
                Way("admin/reminders/reminder/{reminder.pk}/mail/", shows="14 January"),
            ),
        ),
    ),
    Kind(
        "the access log",
        "Mark-Log",
        (
            listing(
                RUNNING,
                Way("admin/audit/accessevent/", shows="{short}"),
            ),
            reading(
                CLIENT | RUNNING,
                Way("admin/audit/accessevent/{event.pk}/change/", shows="{short}"),
                Way("my/record/", shows="looked at it"),
            ),
            Cell("export", CLIENT, (Way("my/record/download/", '"why": "by the book"', {}),)),
        ),
    ),
    Kind(
        "accounts of staff",
        "mark-staff@example.org",
        (
            listing(RUNNING, "admin/accounts/user/"),
            # Everybody at the desk reads in its head who they are.
            reading(
                RUNNING | COUNSELLOR, "admin/accounts/user/{counsellor.user_id}/change/", "admin/"
            ),
            writing(
                RUNNING,
                "accounts.User",
                (
                    "admin/accounts/user/{counsellor.user_id}/change/",
                    {"name": "Another", "time_zone": "Europe/London", "is_active": "on"},
                ),
            ),
        ),
    ),
    Kind(
        "a counsellor's public page",
        "Mark-Public",
        (
            listing(COUNSELLOR | MANAGER, "admin/accounts/counsellor/"),
            reading(frozenset(ROLES), "c/{counsellor.slug}/"),
            writing(
                COUNSELLOR | MANAGER,
                "accounts.Counsellor",
                (
                    "admin/accounts/counsellor/{counsellor.pk}/change/",
                    {
                        "display_name": "Another",
                        "slug": "another",
                        "time_zone": "Europe/London",
                        "change_news": "late",
                        "late_hours": "24",
                    },
                ),
            ),
        ),
    ),
    Kind(
        "what holds for the whole practice",
        "Mark-Practice",
        (
            reading(MANAGER, Way("admin/accounts/practice/add/", shows="retention_years")),
            writing(
                MANAGER,
                "accounts.Practice",
                (
                    "admin/accounts/practice/add/",
                    {
                        "confirm_minutes": 20,
                        "offer_hours": 6,
                        "reminder_offsets": [1440],
                        "quiet_from": 22,
                        "quiet_until": 7,
                        "soften_after": 4,
                        "stop_after": 8,
                        "missed_in_a_row": 3,
                        "quiet_days": 14,
                        "flag_hours": 24,
                        "retention_years": 7,
                    },
                ),
            ),
        ),
    ),
    Kind(
        "the practice in numbers",
        "Mark-Numbers",
        (
            reading(MANAGER, Way("admin/practice/", shows="in numbers")),
            Cell(
                "export",
                MANAGER,
                (Way("admin/practice/export/", "Consultations", {"span": "12m"}),),
            ),
        ),
    ),
    Kind(
        "an exercise a counsellor wrote for themselves",
        "Mark-Exercise",
        (
            listing(COUNSELLOR, "admin/exercises/exercise/"),
            reading(COUNSELLOR, "admin/exercises/exercise/{own.pk}/change/"),
        ),
    ),
)
