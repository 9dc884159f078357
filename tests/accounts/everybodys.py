"""Which code looks at rows of all caseloads, and why it may. One line for each place."""

from __future__ import annotations

_LINK = "whoever holds the signed or secret link is whom it was sent to; proved before it is used"
_SENDING = "what is due goes out, whose ever it is, to the one its row names"
_PRACTICE = "numbers of the practice, without content"
_WHOLE = "a backup is of the whole database"
_KEY = "a key seals what everybody wrote, and what it says stays shut"
_SWEEP = "a task that keeps all rows in order, and shows none"
_WHOLE = "a restored database is looked at as a whole before anybody may use it"

EVERYBODYS = {
    "clients/access.py": [_LINK, _LINK],
    "clients/models/emergencies.py": ["a manager looks at each, and is told no client's name"],
    "clients/models/people.py": ["a manager may have to keep anybody's record, or to erase it"],
    "clients/reach.py": [_SENDING],
    "clients/services/devices.py": ["a browser that somebody else used is theirs no more"],
    "clients/services/emergencies.py": ["who is named whole in an emergency, by staff"],
    "counsel/desk/odd_access.py": ["odd looks are judged by names, and none is shown"],
    "counsel/desk/practice/consultations.py": [_PRACTICE],
    "counsel/desk/practice/measures.py": [_PRACTICE],
    "counsel/desk/practice/rhythm.py": [_PRACTICE, _PRACTICE],
    "counsel/keys/sweeping.py": [_KEY, _KEY, _KEY],
    "counsel/records/accounts_gone.py": ["what hangs on one account goes with it"],
    "counsel/records/backup/invariants.py": [_WHOLE, _WHOLE, _WHOLE, _WHOLE],
    "counsel/records/backup/replaying.py": ["who was erased is nobody's client any more"],
    "counsel/records/erased_tables.py": ["who asked for a time is known by the address alone"],
    "counsel/records/erasing.py": [_SWEEP, "nothing of one client may be left, seen or not"],
    "counsel/reminders/bounces.py": ["a mail that came back names its row"],
    "counsel/reminders/claims.py": [_SENDING],
    "counsel/reminders/health.py": ["how sending fares is one thing for all"],
    "counsel/reminders/models.py": [
        "a manager sees the whole ledger, which holds keys and no words",
        _SENDING,
        _SENDING,
    ],
    "exercises/access.py": [_LINK],
    "exercises/flag_mail.py": [_SWEEP],
    "exercises/models/programmes.py": ["given is given, also to whom a colleague has taken over"],
    "exercises/planning.py": [_SWEEP],
    "exercises/selectors/digests.py": [_SWEEP, _SWEEP],
    "exercises/selectors/flags.py": [
        "a manager is told how many wait, and nothing about them",
        "who stands in for a colleague is told that some wait, and nothing about them",
    ],
    "exercises/services/measures.py": [_SWEEP, _SWEEP],
    "exercises/services/programmes.py": [_SWEEP, _SWEEP],
    "exercises/services/together.py": ["a key that anybody used is refused"],
    "sessions/access.py": [_LINK, _LINK, _LINK, _LINK],
    "sessions/mails/consultations.py": [_SENDING],
    "sessions/replanning.py": ["what the practice decides holds for all"],
    "sessions/services/calendars.py": [_SWEEP],
    "sessions/services/holds.py": [_SWEEP, _SWEEP, "one address may ask for so many, anywhere"],
    "sessions/services/waiting.py": [_SWEEP],
}

# SQL written by hand, which no queryset sees.
BY_HAND = {
    "counsel/audit/management/commands/database_role.py": ["what a role may do"],
    "counsel/audit/services.py": ["a lock"],
    "counsel/common/inserting.py": ["one row, written if it is new"],
    "counsel/desk/migrating.py": ["keys of consultations that overlap", "how long it waits"],
    "counsel/keys/places.py": ["counts what each key has sealed"],
    "counsel/keys/sweeping.py": ["what begins otherwise", "what begins so", "sealed for sealed"],
    "counsel/records/backup/gate.py": [_WHOLE] * 2,
    "counsel/records/backup/stores.py": [_WHOLE] * 4,
    "counsel/records/cleaning.py": ["cleans the file after an erasure"],
    "counsel/reminders/claims.py": [_SENDING, _SENDING],
    "counsel/reminders/clock.py": ["the time"],
    "counsel/reminders/patience.py": ["how long the database waits"],
    "sessions/diary.py": ["busy times of counsellors who are named, without a word of whose"],
}

# Tables of ours that hold nothing of a caseload: staff and the practice, the library that is for
# all, the state of sending, and the access events, which only a manager reads and a client is
# shown by the id of their own record.
NOBODYS = {
    *("Counsellor", "Practice", "User", "AccessEvent", "AccessReview"),
    *("Heartbeat", "Letter", "Queue"),
    *("Tombstone", "Underway"),
    *("ContentKey", "Opening"),
    *("ConsentDocument", "NoteTemplate"),
    *("Exercise", "ExerciseDraft", "ExerciseVersion", "Programme", "ProgrammeItem"),
}
