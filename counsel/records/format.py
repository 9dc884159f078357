"""What is in `record.json`, for whoever reads it elsewhere: a schema, and a reader.

`static/records/record.schema.json` is made from it: `python -m counsel.records.format`. Only
what reads a record loads this module; what writes one does without the library behind it.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

FORMAT = "counsel-record/2"
SCHEMA = "static/records/record.schema.json"


class Part(BaseModel):
    """Nothing is left out by mistake, and nothing is there that is not described."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LeftOut(Part):
    what: str
    why: str


class Withheld(Part):
    """So many of a kind stay out, because reading them could do serious harm."""

    what: str
    count: int
    why: str


class Correction(Part):
    """What the client wanted corrected, and the answer."""

    asked_at: datetime
    text: str
    answer: Literal["", "corrected", "refused"]
    words: str
    answered_by: str
    answered_at: datetime | None


class Profile(Part):
    id: UUID
    name: str
    pronouns: str
    email: str
    phone: str
    time_zone: str = Field(description="IANA name")
    language: str
    emergency_contact: str
    counsellor: str
    since: datetime


class Address(Part):
    channel: str
    address: str
    in_use: bool


class Sent(Part):
    what: str
    channel: str
    at: datetime | None


class Messages(Part):
    """What the client chose about messages, and where those go."""

    wording: dict[str, str]
    minutes_before_consultations: list[int] | None
    practice_hour: int | None = Field(description="0 to 23, by the client's clock")
    no_practice_reminders_before: date | None
    addresses: list[Address]
    devices: list[str]
    sent: list[Sent] = Field(description="oldest first; the words of a message are not kept")


class Consent(Part):
    title: str
    version: int
    text: str
    text_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    given_at: datetime
    given: Literal["", "portal", "booking"] = Field(description="how; empty where it was not kept")
    withdrawn_at: datetime | None


class AskedToAgree(Part):
    title: str
    version: int
    text: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None


class Handover(Part):
    from_: str = Field(alias="from")
    to: str
    at: datetime | None
    you_agreed_on: date


class Cover(Part):
    to: str
    from_: datetime = Field(alias="from")
    until: datetime
    you_agreed_on: date


class Answered(Part):
    asked: str
    answered: str


class Consultation(Part):
    id: UUID
    with_: str = Field(alias="with")
    service: str
    starts_at: datetime
    ends_at: datetime
    status: str
    place: str
    where: str
    fee: Decimal | None
    currency: str
    asked_when_booking: list[Answered]
    words_to_you: str


class HardMoments(Part):
    """The client's own plan for them, by its questions."""

    shared: bool
    changed_at: datetime
    parts: list[Answered]


class TalkingPoint(Part):
    text: str
    written_at: datetime
    settled_at: datetime | None


class Section(Part):
    heading: str
    text: str


class Added(Part):
    by: str
    at: datetime
    text: str


class Note(Part):
    """A signed note of a consultation, with what was added to it since."""

    id: UUID
    consultation: datetime = Field(description="when the consultation began")
    format: str
    sections: list[Section]
    agreed: str
    signed_by: str
    signed_at: datetime | None
    added: list[Added]


class Programme(Part):
    title: str
    starts_on: date
    ended_on: date | None


class EarlierRhythm(Part):
    rhythm: str
    until: date


class Rest(Part):
    first_day: date
    last_day: date | None


class Assignment(Part):
    id: UUID
    exercise: str
    why: str
    rhythm: str
    starts_on: date
    ends_on: date | None
    status: Literal["waiting", "active", "withdrawn"]
    withdrawn_on: date | None
    in_its_smaller_form: bool
    earlier_rhythms: list[EarlierRhythm]
    rests: list[Rest]


class Reply(Part):
    from_: str = Field(alias="from")
    at: datetime
    text: str


class Entry(Part):
    id: UUID
    assignment: UUID | None
    corrects: UUID | None
    exercise: str
    state: Literal["draft", "submitted"]
    outcome: Literal["done", "could_not"]
    happened_at: datetime
    saved_at: datetime | None
    sharing: Literal["private", "shared"]
    helpful: int | None = Field(ge=0, le=4)
    reason: str
    because: str
    answers: list[Answered]
    replies: list[Reply]


class Event(Part):
    day: date
    what_happened: str
    noted_by: str


class Partner(Part):
    signed_as: str
    invited_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    ended_by: str


class SmallShare(Part):
    text: str
    sent_at: datetime
    was_read: bool
    taken_back_at: datetime | None


class Opening(Part):
    at: datetime
    who: str
    what: str
    why: str


class Listing(Part):
    day: date
    who: str
    times: int


class Record(Part):
    """A client's record, as it is taken out of Counsel. Instants are UTC; days are the client's."""

    format: Literal["counsel-record/2"]
    taken_out_at: datetime
    taken_out_by: Literal["client", "counsellor"]
    left_out: list[LeftOut]
    withheld: list[Withheld]
    corrections: list[Correction]
    profile: Profile
    messages: Messages | None
    consents: list[Consent]
    asked_to_agree: list[AskedToAgree]
    counsellors: list[Handover]
    lent_to: list[Cover]
    consultations: list[Consultation]
    talking_points: list[TalkingPoint]
    plan_for_hard_moments: HardMoments | None
    notes: list[Note]
    programmes: list[Programme]
    assignments: list[Assignment]
    entries: list[Entry]
    measures: list[dict[str, Any]] = Field(description="FHIR R4 QuestionnaireResponses")
    events: list[Event]
    partners: list[Partner]
    small_shares: list[SmallShare]
    opened_by: list[Opening]
    listed_by: list[Listing]


def read_record(content: str | bytes) -> Record:
    """The values a `record.json` was written from. Raises ValueError where it is none."""
    return Record.model_validate_json(content)


def written(record: Record) -> str:
    """The same file again, but for the way in which instants are spelled."""
    return record.model_dump_json(by_alias=True, indent=2)


def schema() -> str:
    """As JSON Schema, draft 2020-12."""
    found = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Record.model_json_schema(by_alias=True),
    }
    return json.dumps(found, indent=2) + "\n"


if __name__ == "__main__":
    print(schema(), end="")  # noqa: T201
