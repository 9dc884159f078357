"""What passes between a client and others, and what they decide."""

from __future__ import annotations

from tests.matrix.cells import (
    BOTH,
    CLIENT,
    COUNSELLOR,
    DESK,
    LENT,
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

BETWEEN = (
    Kind(
        "a reply to an entry",
        "Mark-Reply",
        (
            reading(
                BOTH | VISITING,
                "my/entries/{shared.pk}/",
                f"{DESK}entries/{{shared.pk}}/",
                f"{LENT}entries/{{shared.pk}}/",
            ),
            writing(
                COUNSELLOR,
                "exercises.Reply",
                (f"{DESK}entries/{{shared.pk}}/", {"text": "Thank you."}),
                (f"{LENT}entries/{{shared.pk}}/", {"text": "Thank you."}),
                ("my/entries/{shared.pk}/", {"text": "Thank you."}),
            ),
            exporting(BOTH),
        ),
    ),
    Kind(
        "the scores of a measure",
        "Mark-Measure",
        (
            reading(
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
            listing(COUNSELLOR, Way("admin/exercises/riskflag/", shows="{flag.pk}")),
            reading(
                COUNSELLOR, Way("admin/exercises/riskflag/{flag.pk}/change/", shows="Mark-Name")
            ),
            writing(
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
            reading(
                BOTH,
                "my/practice/{assignment.pk}/",
                "admin/exercises/assignment/{assignment.pk}/change/",
            ),
            writing(
                COUNSELLOR,
                "exercises.Assignment",
                ("admin/exercises/assignment/{assignment.pk}/withdraw/", {}),
            ),
            exporting(BOTH),
        ),
    ),
    Kind(
        "what a client wants to talk about",
        "Mark-Talk",
        (
            reading(BOTH | VISITING, "my/appointments/talk/", f"{DESK}change/", LENT),
            exporting(BOTH),
        ),
    ),
    Kind(
        "the plan for hard moments, while the client shares it",
        "Mark-Plan",
        (
            reading(BOTH | VISITING, "my/plan/", f"{DESK}plan/", LENT),
            writing(
                CLIENT,
                "clients.SafetyPlan",
                (
                    "my/plan/edit/",
                    {"record": "{client.pk}", "seen": "1", "people": "She", "understood": "on"},
                ),
                (f"{DESK}plan/", {"people": "She", "seen": "1"}),
            ),
            exporting(BOTH, Way("my/plan/file/")),
        ),
    ),
    Kind(
        "what somebody close to them was sent",
        "Mark-Small",
        (
            reading(CLIENT, "my/close/", "my/close/share/", f"{DESK}change/", LENT),
            exporting(CLIENT),
        ),
    ),
    Kind(
        "a text they are asked to agree to, and their answer",
        "Mark-Text",
        (
            reading(BOTH, "my/agreements/{asking.pk}/", f"{DESK}agreements/"),
            writing(
                CLIENT,
                "clients.ConsentRequest",
                ("my/agreements/{asking.pk}/", {"answer": "agree"}),
                (f"{DESK}agreements/", {"answer": "agree"}),
            ),
            exporting(BOTH),
        ),
    ),
    Kind(
        "why a record is lent",
        "Mark-Lent",
        (
            reading(COUNSELLOR | {"cover"}, f"{DESK}cover/", "admin/cover/", "my/record/"),
            exporting(NOBODY),
        ),
    ),
)
