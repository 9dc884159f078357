"""The second wall around homework and what is written in it (`counsel.common.wall`)."""

# ruff: noqa: S608 (nothing here comes from outside)
from __future__ import annotations

from clients.walls import BY_CLIENT

# An entry stands behind the same wall.
_BY_ENTRY = "EXISTS (SELECT 1 FROM exercises_entry entry WHERE entry.id = entry_id)"

TABLES = {
    "exercises_assignment": BY_CLIENT,
    "exercises_entry": BY_CLIENT,
    "exercises_entryfact": BY_CLIENT,
    "exercises_riskflag": BY_CLIENT,
    "exercises_progressevent": BY_CLIENT,
    "exercises_pinnedquote": BY_CLIENT,
    "exercises_standing": BY_CLIENT,
    "exercises_reply": _BY_ENTRY,
    "exercises_review": _BY_ENTRY,
    "exercises_score": _BY_ENTRY,
    "exercises_scalescore": (
        "EXISTS (SELECT 1 FROM exercises_score score WHERE score.id = score_id)"
    ),
    # The two it passes between.
    "exercises_smallshare": (
        "partner_id IN (SELECT id FROM exercises_partner partner "
        f"WHERE partner.user_id = counsel_reader() OR partner.{BY_CLIENT})"
    ),
}
