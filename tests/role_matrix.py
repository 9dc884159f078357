"""What each role may do with each kind of record, and by which addresses: written down once.

`python -m tools.roles` makes `docs/roles.md` of it, and `tests/test_roles.py` tries every cell.
Looks at no model: a cell is an address of `tests/access_table.py`, what is sent there, and what
the answer shows or which table changes where it was let through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ROLES = {
    "client": "the client",
    "counsellor": "their counsellor",
    "cover": "cover",
    "emergency": "in an emergency",
    "colleague": "another counsellor",
    "manager": "practice manager",
    "technician": "technical administrator",
}
VERBS = ("list", "read", "write", "export", "erase")

CLIENT, COUNSELLOR = frozenset({"client"}), frozenset({"counsellor"})
BOTH = CLIENT | COUNSELLOR
# Who reads without writing: lent for some days, or opened for an hour.
VISITING = frozenset({"cover", "emergency"})
MANAGER, TECHNICIAN = frozenset({"manager"}), frozenset({"technician"})
RUNNING = MANAGER | TECHNICIAN
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Way:
    """One address. `sent` is posted; without it the page is looked at."""

    at: str
    # In place of the words that mark the kind.
    shows: str = ""
    sent: Mapping[str, object] | None = None
    # The models of which a row is another afterwards.
    changes: tuple[str, ...] = ()
    # Once nothing waits that has to be done first.
    settled: bool = False


@dataclass(frozen=True)
class Cell:
    verb: str
    may: frozenset[str]
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of record. `mark` stands in one record of it, and nowhere else."""

    name: str
    mark: str
    cells: tuple[Cell, ...]


def _list(may: frozenset[str], *ways: Way | str) -> Cell:
    return Cell("list", may, _ways(ways))


def _read(may: frozenset[str], *ways: Way | str) -> Cell:
    return Cell("read", may, _ways(ways))


def _export(may: frozenset[str], *ways: Way) -> Cell:
    return Cell("export", may, (*ways, *TAKEN_OUT))


def _write(may: frozenset[str], changes: str, *ways: tuple[str, Mapping[str, object]]) -> Cell:
    tables = tuple(changes.split())
    return Cell("write", may, tuple(Way(at, sent=sent, changes=tables) for at, sent in ways))


def _ways(given: tuple[Way | str, ...]) -> tuple[Way, ...]:
    return tuple(Way(it) if isinstance(it, str) else it for it in given)


DESK, LENT = "admin/clients/client/{client.pk}/", "admin/cover/{client.pk}/"
SURE = {"sure": "on"}
# What a client takes along, or their counsellor takes out for them.
TAKEN_OUT = (
    Way("my/record/download/", sent={}),
    Way("my/record/pages/", sent={"shape": "text", "drafts": "on"}),
    Way("admin/clients/client/{client.pk}/record/download/", sent={}),
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


def _of_entry(which: str, staff: frozenset[str]) -> tuple[Cell, ...]:
    """Handed in or not, shared or not: `staff` may know of it beside the client."""
    key = f"{{{which}.pk}}"
    lists = ("my/entries/", "admin/exercises/entry/", f"{LENT}entries/")
    return (
        _list(CLIENT | staff, *(Way(at, shows=key) for at in lists)),
        _read(
            CLIENT | staff,
            f"my/entries/{key}/",
            f"my/entries/{key}/1/",
            f"{DESK}entries/{key}/",
            f"admin/exercises/entry/{key}/change/",
            f"{LENT}entries/{key}/",
        ),
        _export(CLIENT | (staff & COUNSELLOR)),
    )


KINDS = (
    Kind(
        "a client's name and how to reach them",
        "Mark-Name",
        (
            _list(
                COUNSELLOR | VISITING,
                *("admin/clients/client/", "admin/cover/", "admin/emergency/"),
            ),
            _read(BOTH | VISITING, f"{DESK}change/", LENT, "my/close/", "my/settings/"),
            _write(
                BOTH,
                "clients.Client",
                (f"{DESK}change/", ON_THE_CARD),
                ("my/settings/", OF_THEIR_OWN),
            ),
            _export(BOTH),
        ),
    ),
    Kind(
        "the emergency contact",
        "Mark-Contact",
        (
            _read(BOTH | {"emergency"}, f"{DESK}change/", LENT, "my/settings/"),
            _write(
                BOTH,
                "clients.Client",
                (f"{DESK}change/", ON_THE_CARD),
                ("my/settings/", OF_THEIR_OWN),
            ),
            _export(BOTH),
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
            _list(
                BOTH,
                Way("my/appointments/", shows="{consultation.pk}"),
                Way("admin/consultations/consultation/", shows="{consultation.pk}"),
            ),
            _read(
                BOTH,
                "my/appointments/",
                "admin/consultations/consultation/{consultation.pk}/change/",
            ),
            _write(
                BOTH,
                "consultations.Consultation",
                ("my/appointments/{consultation.pk}/cancel/", {"version": "1"}),
                (
                    "admin/consultations/consultation/{consultation.pk}/do/cancel/",
                    {"version": "1"},
                ),
            ),
            _export(BOTH),
        ),
    ),
    Kind(
        "a signed note of a consultation",
        "Mark-Signed",
        (
            _list(
                COUNSELLOR | VISITING,
                Way("admin/consultations/consultationnote/", shows="{note.pk}"),
                f"{LENT}notes/",
            ),
            _read(
                COUNSELLOR | VISITING,
                f"{DESK}notes/{{held.pk}}/",
                "admin/consultations/consultationnote/{note.pk}/change/",
                f"{LENT}notes/",
            ),
            _write(
                COUNSELLOR,
                "consultations.NoteAddendum",
                (f"{DESK}notes/{{held.pk}}/", {"add": "yes", "text": "More."}),
            ),
            _export(BOTH),
        ),
    ),
    Kind(
        "a note that is not signed yet",
        "Mark-Unsigned",
        (
            _read(COUNSELLOR, f"{DESK}notes/{{later.pk}}/", f"{LENT}notes/", LENT),
            _export(NOBODY),
        ),
    ),
    Kind(
        "a process note",
        "Mark-Process",
        (
            _list(
                COUNSELLOR,
                Way(f"{DESK}process-notes/", shows="{process_note.pk}"),
                Way(f"{LENT}notes/", shows="{process_note.pk}"),
            ),
            _read(COUNSELLOR, f"{DESK}process-notes/{{process_note.pk}}/", f"{LENT}notes/"),
            _write(
                COUNSELLOR,
                "consultations.ProcessNote",
                (f"{DESK}process-notes/{{process_note.pk}}/", {"_was": "1", "text": "Changed."}),
            ),
            _export(NOBODY),
        ),
    ),
    Kind("an entry the client shares", "Mark-Shared", _of_entry("shared", COUNSELLOR | VISITING)),
    Kind(
        "an entry the client keeps private, the journal too",
        "Mark-Private",
        _of_entry("private", NOBODY),
    ),
    Kind(
        "an entry that is not handed in yet",
        "Mark-Draft",
        (
            *_of_entry("draft", NOBODY),
            _write(
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
            _write(
                CLIENT,
                "exercises.Entry",
                ("my/entries/{private.pk}/sharing/", {"_-sharing": "shared"}),
                ("admin/exercises/entry/{private.pk}/change/", {"sharing": "shared"}),
            ),
        ),
    ),
    Kind(
        "a reply to an entry",
        "Mark-Reply",
        (
            _read(
                BOTH | VISITING,
                "my/entries/{shared.pk}/",
                f"{DESK}entries/{{shared.pk}}/",
                f"{LENT}entries/{{shared.pk}}/",
            ),
            _write(
                COUNSELLOR,
                "exercises.Reply",
                (f"{DESK}entries/{{shared.pk}}/", {"text": "Thank you."}),
                (f"{LENT}entries/{{shared.pk}}/", {"text": "Thank you."}),
                ("my/entries/{shared.pk}/", {"text": "Thank you."}),
            ),
            _export(BOTH),
        ),
    ),
    Kind(
        "the scores of a measure",
        "Mark-Measure",
        (
            _read(
                COUNSELLOR | VISITING,
                *(
                    Way(at, shows="on 0 to 27")
                    for at in (
                        f"{DESK}entries/{{measured.pk}}/",
                        f"{LENT}entries/{{measured.pk}}/",
                        "my/entries/{measured.pk}/",
                        "my/progress/",
                    )
                ),
            ),
            Cell(
                "export",
                COUNSELLOR,
                (Way(f"{DESK}entries/{{measured.pk}}/response/", "QuestionnaireResponse", {}),),
            ),
        ),
    ),
    Kind(
        "a flag that asks to be looked at",
        "Mark-Flag",
        (
            _list(COUNSELLOR, Way("admin/exercises/riskflag/", shows="{flag.pk}")),
            _read(COUNSELLOR, Way("admin/exercises/riskflag/{flag.pk}/change/", shows="Mark-Name")),
            _write(
                COUNSELLOR,
                "exercises.RiskFlag",
                ("admin/exercises/riskflag/{flag.pk}/close/", {"done": "Called."}),
            ),
        ),
    ),
    Kind(
        "homework and why it was given",
        "Mark-Why",
        (
            _read(
                BOTH,
                "my/practice/{assignment.pk}/",
                "admin/exercises/assignment/{assignment.pk}/change/",
            ),
            _write(
                COUNSELLOR,
                "exercises.Assignment",
                ("admin/exercises/assignment/{assignment.pk}/withdraw/", {}),
            ),
            _export(BOTH),
        ),
    ),
    Kind(
        "what a client wants to talk about",
        "Mark-Talk",
        (
            _read(BOTH | VISITING, "my/appointments/talk/", f"{DESK}change/", LENT),
            _export(BOTH),
        ),
    ),
    Kind(
        "the plan for hard moments, while the client shares it",
        "Mark-Plan",
        (
            _read(BOTH | VISITING, "my/plan/", f"{DESK}plan/", LENT),
            _write(
                CLIENT,
                "clients.SafetyPlan",
                (
                    "my/plan/edit/",
                    {"record": "{client.pk}", "seen": "1", "people": "She", "understood": "on"},
                ),
                (f"{DESK}plan/", {"people": "She", "seen": "1"}),
            ),
            _export(BOTH, Way("my/plan/file/")),
        ),
    ),
    Kind(
        "what somebody close to them was sent",
        "Mark-Small",
        (_read(CLIENT, "my/close/", "my/close/share/", f"{DESK}change/", LENT), _export(CLIENT)),
    ),
    Kind(
        "a text they are asked to agree to, and their answer",
        "Mark-Text",
        (
            _read(BOTH, "my/agreements/{asking.pk}/", f"{DESK}agreements/"),
            _write(
                CLIENT,
                "clients.ConsentRequest",
                ("my/agreements/{asking.pk}/", {"answer": "agree"}),
                (f"{DESK}agreements/", {"answer": "agree"}),
            ),
            _export(BOTH),
        ),
    ),
    Kind(
        "why a record is lent",
        "Mark-Lent",
        (
            _read(COUNSELLOR | {"cover"}, f"{DESK}cover/", "admin/cover/", "my/record/"),
            _export(NOBODY),
        ),
    ),
    Kind(
        "why a record was opened in an emergency",
        "Mark-Emergency",
        (
            _read(COUNSELLOR, "admin/emergency/", "my/record/"),
            _write(
                COUNSELLOR | MANAGER,
                "clients.EmergencyAccess",
                (
                    "admin/emergency/{emergency.pk}/review/",
                    {"{emergency.pk}-words": "It was needed."},
                ),
            ),
            _export(NOBODY),
        ),
    ),
    Kind(
        "why erasing is on hold",
        "Mark-Hold",
        (
            _read(COUNSELLOR, "admin/erasing/{client.pk}/", "my/record/forget/"),
            _write(
                COUNSELLOR | MANAGER,
                "clients.LegalHold",
                (
                    "admin/erasing/{client.pk}/hold/",
                    {"reason": "A court.", "since": "2030-01-01"},
                ),
            ),
            _export(NOBODY),
        ),
    ),
    Kind(
        "why something is withheld",
        "Mark-Withheld",
        (
            _read(COUNSELLOR, f"{DESK}record/", LENT, "my/record/"),
            _write(
                COUNSELLOR,
                "records.Withholding",
                (f"{DESK}record/withheld/{{withheld.pk}}/lift/", {}),
                (
                    f"{DESK}record/withhold/note/{{note.pk}}/",
                    {"reason": "Harm.", "judged": "on"},
                ),
            ),
            _export(NOBODY),
        ),
    ),
    Kind(
        "somebody on the waiting list",
        "Mark-Waiting",
        (
            _list(COUNSELLOR, "admin/consultations/waitingentry/"),
            _read(COUNSELLOR, "admin/consultations/waitingentry/{waiting.pk}/change/"),
        ),
    ),
    Kind(
        "the ledger of messages, which holds keys and no words",
        "Mark-Ledger",
        (
            _list(
                COUNSELLOR | RUNNING,
                Way("admin/reminders/reminder/", shows="{reminder.pk}"),
            ),
            _read(
                COUNSELLOR | RUNNING,
                Way("admin/reminders/reminder/{reminder.pk}/change/", shows="Appointment reminder"),
            ),
        ),
    ),
    Kind(
        "what a message says, and to whom",
        "Mark-Name",
        (
            _read(
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
            _list(
                RUNNING,
                Way("admin/audit/accessevent/", shows="{short}"),
            ),
            _read(
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
            _list(RUNNING, "admin/accounts/user/"),
            # Everybody at the desk reads in its head who they are.
            _read(
                RUNNING | COUNSELLOR, "admin/accounts/user/{counsellor.user_id}/change/", "admin/"
            ),
            _write(
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
            _list(COUNSELLOR | MANAGER, "admin/accounts/counsellor/"),
            _read(frozenset(ROLES), "c/{counsellor.slug}/"),
            _write(
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
            _read(MANAGER, Way("admin/accounts/practice/add/", shows="retention_years")),
            _write(
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
            _read(MANAGER, Way("admin/practice/", shows="in numbers")),
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
            _list(COUNSELLOR, "admin/exercises/exercise/"),
            _read(COUNSELLOR, "admin/exercises/exercise/{own.pk}/change/"),
        ),
    ),
)
