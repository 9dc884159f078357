"""Answers of a measure become a score, and one that asks for it raises a flag.

Nothing here may cost an entry: what cannot be scored is kept without values, and is scored
later from the same answers. Log lines hold ids and kinds of errors, never an answer.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from clients.models import Client, Sharing
from exercises.models import Entry, ExerciseVersion, ScaleScore, Score
from exercises.scoring.catalogue import instruments
from exercises.scoring.facts import Instrument
from exercises.scoring.rules import Scored, raw_answers, score
from exercises.selectors.measures import instrument_of, is_always_shared, risk_in
from exercises.services.flags import flag_raise
from exercises.services.standing import standing_touch

logger = logging.getLogger(__name__)

# Of answers for which no facts were there: those of the first version count as newer.
NO_FACTS = 0


def sharing_kept(*, client: Client, version: ExerciseVersion, wished: str) -> Sharing:
    """How an entry is shared when it is handed in: as wished, unless an item asks to be read.

    Who took back that their counsellor reads what they write shares nothing else. The client may
    take any entry back afterwards.
    """
    if is_always_shared(version):
        return Sharing.SHARED
    return sharing_allowed(client, wished)


def sharing_allowed(client: Client, wished: str) -> Sharing:
    return Sharing.PRIVATE if client.sharing_off_at is not None else Sharing(wished)


@transaction.atomic
def score_make(*, entry: Entry, now: datetime) -> Score | None:
    """Score a measure that was just handed in, and raise the flag it asks for.

    None for an exercise that is no measure. Doing it again changes nothing.
    """
    if not entry.version.scoring or entry.outcome != Entry.Outcome.DONE:
        return None
    made, is_new = Score.objects.get_or_create(
        entry=entry,
        defaults={"instrument": entry.version.scoring, "scoring_version": NO_FACTS},
    )
    row: Score = made
    if not is_new:
        return row
    if not _flagged(entry, now):
        row.flag_pending = True
        row.save(update_fields=["flag_pending"])
    _reckon(row)
    return row


def flags_keep(now: datetime) -> None:
    """Look once more at what was handed in while flags could not be raised.

    Raises RuntimeError where it still fails: the desk then says that planning does not run.
    """
    pending = Score.objects.across_caseloads("the sweep that misses no flag")
    left = 0
    for row in pending.filter(flag_pending=True).select_related("entry__version", "entry__client"):
        if not _flagged(row.entry, now):
            left += 1
        else:
            row.flag_pending = False
            row.save(update_fields=["flag_pending"])
            standing_touch(client_id=row.entry.client_id)
    if left:
        raise RuntimeError(f"{left} entries are not looked at for a flag")


def _flagged(entry: Entry, now: datetime) -> bool:
    """Whether it has been seen to: a flag where one is asked for. A fault costs nothing else."""
    try:
        with transaction.atomic():
            if risk_in(entry):
                flag_raise(entry=entry, now=now)
    except Exception as error:  # whatever it is, the entry is kept
        logger.critical("entry %s: not looked at for a flag: %s", entry.pk, type(error).__name__)
        return False
    return True


def scores_renew() -> int:
    """Score again, from the answers, what was scored by other facts than there are now.

    Returns how many. Flags are about what was handed in, and stay as they are.
    """
    current = Q()
    for instrument in instruments().values():
        current |= Q(instrument=instrument.key, scoring_version=instrument.version)
    everybodys = Score.objects.across_caseloads("scoring facts are the same for everybody")
    known = everybodys.filter(instrument__in=instruments().keys())
    stale = known.exclude(current).select_related("entry__version")
    return sum(_renew(row) for row in stale)


@transaction.atomic
def _renew(row: Score) -> int:
    # Held, so that two who renew at once write one set of values.
    Score.objects.these(row).select_for_update().get()
    row.scales.all().delete()
    _reckon(row)
    standing_touch(client_id=row.entry.client_id)
    return 1


def _reckon(row: Score) -> None:
    """Write what the answers say by the facts as they are now, or that they say nothing."""
    instrument = instrument_of(row.entry.version)
    row.raw, row.missing, row.prorated = {}, 0, False
    if instrument is not None:
        row.scoring_version = instrument.version
        found = _scored(row, instrument)
        if found is not None:
            row.missing, row.prorated = found.missing, found.prorated
            ScaleScore.objects.bulk_create(_values(row, found))
    else:
        logger.error("score %s: no facts for the instrument %s", row.pk, row.instrument)
    row.save(update_fields=["raw", "missing", "prorated", "scoring_version"])


def _scored(row: Score, instrument: Instrument) -> Scored | None:
    try:
        raw = raw_answers(instrument, row.entry.answers)
        found = score(instrument, raw)
    except ValueError:
        # Its text names the item, so it stays out of the log.
        logger.error("score %s: these answers cannot be scored", row.pk)
        return None
    row.raw = {str(item): points for item, points in raw.items()}
    return found


def _values(row: Score, found: Scored) -> Iterator[ScaleScore]:
    for scale in found.scales:
        # By its digits: a mean is a float, and its column is not.
        yield ScaleScore(score=row, scale=scale.key, value=str(scale.value))
