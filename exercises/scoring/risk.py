"""Which risk items were answered so that somebody should look at once.

Pure: values in, values out. Says nothing about who is at risk: an item answered with the
lowest value, or left out, is no answer to that.
"""

from __future__ import annotations

from collections.abc import Mapping

from exercises.scoring.facts import Instrument, RiskItem
from exercises.scoring.rules import raw_answers


def risk_answered(instrument: Instrument, answers: Mapping[str, object]) -> tuple[int, ...]:
    """The numbers of the risk items answered above their line, in an entry's answers.

    Each item is read by itself, so that a fault in another answer hides nothing. An answer that
    cannot be read asks to be looked at too.
    """
    return tuple(
        risk.item for risk in instrument.risk_items if _is_above(instrument, risk, answers)
    )


def _is_above(instrument: Instrument, risk: RiskItem, answers: Mapping[str, object]) -> bool:
    key = f"item{risk.item}"
    try:
        raw = raw_answers(instrument, {key: answers.get(key)})
    except ValueError:
        return True
    return raw.get(risk.item, risk.above) > risk.above
