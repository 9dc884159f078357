"""Reading an instrument's scoring facts from plain data, as a TOML file gives them.

Pure: values in, an `Instrument` out. Everything that is wrong is told at once, with its
place. A number without a source is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext

from exercises.schema import Table
from exercises.scoring.facts import (
    Band,
    BandSet,
    Cluster,
    Cutoff,
    Direction,
    Instrument,
    Method,
    Missing,
    ReliableChange,
    RiskItem,
    Rule,
    Scale,
)
from exercises.scoring.loinc import is_loinc

MAX_ITEMS = 100
MAX_ANSWER = 100
MAX_MULTIPLIER = 100
MAX_REPORTED = MAX_ITEMS * MAX_ANSWER * MAX_MULTIPLIER
MAX_VERSION = 10_000
MAX_LABEL = 120
MAX_TEXT = 1_000
MAX_TABLES = 40


@dataclass(frozen=True, slots=True)
class _Basis:
    """What the scales are checked against."""

    items: int
    lowest: int
    highest: int
    method: Method
    multiplier: int
    direction: Direction

    def reported(self, answer: int, items: int) -> int:
        return answer * self.multiplier * (items if self.method is Method.SUM else 1)


def parse_instrument(data: object) -> Instrument:
    """Read the scoring facts of an instrument; raise SchemaError with every problem."""
    table = Table(data, "", [])
    table.refuse_problems()
    basis = _basis(table)
    table.refuse_problems()  # nothing below can be judged without these
    scale_tables = table.tables("scales", gettext("scale"), MAX_TABLES, by_key=True)
    instrument = Instrument(
        key=table.key("key"),
        name=table.text("name", MAX_LABEL, required=True),
        version=table.whole("version", 1, MAX_VERSION, required=True) or 1,
        validated=table.flag("validated"),
        measures=table.text("measures", MAX_TEXT, required=True),
        items=basis.items,
        values=tuple(range(basis.lowest, basis.highest + 1)),
        reverse=table.wholes("reverse", 1, basis.items),
        reverse_source=table.text("reverse_source", MAX_TEXT),
        direction=basis.direction,
        method=basis.method,
        multiplier=basis.multiplier,
        scoring_source=table.text("scoring_source", MAX_TEXT, required=True),
        missing=_missing(table),
        scales=tuple(_scale(scale, basis) for scale in scale_tables),
        risk_items=tuple(
            _risk_item(risk, basis) for risk in table.tables("risk", gettext("risk"), MAX_TABLES)
        ),
        rules=tuple(
            _rule(rule, basis)
            for rule in table.tables("rules", gettext("rule"), MAX_TABLES, by_key=True)
        ),
        loinc=table.text("loinc", MAX_LABEL),
        item_loinc=table.texts("item_loinc"),
        ignored_loinc=table.texts("ignored_loinc"),
        loinc_source=table.text("loinc_source", MAX_TEXT),
        licence=table.text("licence", MAX_TEXT, required=True),
        licence_source=table.text("licence_source", MAX_TEXT, required=True),
        copyright=table.text("copyright", MAX_TEXT, required=True),
        redistributable=table.flag("redistributable"),
        wording=table.text("wording", MAX_TEXT, required=True),
    )
    table.note_unknown_names()
    if table.sound:
        for problem in _instrument_problems(instrument):
            table.note(problem)
    table.note_repeated((s.key for s in instrument.scales), gettext("two scales have the key '%s'"))
    table.refuse_problems()
    return instrument


def _basis(table: Table) -> _Basis:
    basis = _Basis(
        items=table.whole("items", 1, MAX_ITEMS, required=True) or 1,
        lowest=table.whole("lowest", 0, MAX_ANSWER, required=True) or 0,
        highest=table.whole("highest", 0, MAX_ANSWER, required=True) or 0,
        method=table.one_of("method", Method) or Method.SUM,
        multiplier=table.whole("multiplier", 1, MAX_MULTIPLIER, default=1) or 1,
        direction=table.one_of("direction", Direction) or Direction.HIGHER_IS_WORSE,
    )
    if table.sound and basis.lowest >= basis.highest:
        table.note(gettext("'lowest' must be below 'highest'"))
    return basis


def _missing(table: Table) -> Missing:
    return Missing(
        most=table.whole("max_missing", 0, MAX_ITEMS, required=True) or 0,
        source=table.text("missing_source", MAX_TEXT, required=True),
    )


def _scale(table: Table, basis: _Basis) -> Scale:
    items = table.wholes("items", 1, basis.items) or tuple(range(1, basis.items + 1))
    set_tables = table.tables("band_sets", gettext("band set"), MAX_TABLES, by_key=True)
    scale = Scale(
        key=table.key("key"),
        label=table.text("label", MAX_LABEL, required=True),
        items=items,
        source=table.text("source", MAX_TEXT, required=True),
        direction=table.one_of("direction", Direction, required=False) or basis.direction,
        minimum=basis.reported(basis.lowest, len(items)),
        maximum=basis.reported(basis.highest, len(items)),
        band_sets=tuple(_band_set(item) for item in set_tables),
        cutoffs=tuple(
            _cutoff(item) for item in table.tables("cutoffs", gettext("cut-off"), MAX_TABLES)
        ),
        change=ReliableChange(
            amount=table.whole("change", 1, MAX_REPORTED),
            source=table.text("change_source", MAX_TEXT, required=True),
        ),
    )
    table.note_unknown_names()
    if table.sound and scale.band_sets and basis.method is Method.MEAN:
        table.note(gettext("bands need whole scores, and a mean is none"))
    for band_table, band_set in zip(set_tables, scale.band_sets, strict=True):
        if band_table.sound and table.sound:
            for problem in _band_problems(band_set, scale):
                band_table.note(problem)
    if table.sound and not all(scale.minimum <= c.at <= scale.maximum for c in scale.cutoffs):
        table.note(gettext("a cut-off lies outside the scale"))
    return scale


def _band_set(table: Table) -> BandSet:
    band_set = BandSet(
        key=table.key("key"),
        label=table.text("label", MAX_LABEL, required=True),
        source=table.text("source", MAX_TEXT, required=True),
        bands=tuple(_band(item) for item in table.tables("bands", gettext("band"), MAX_TABLES)),
    )
    table.note_unknown_names()
    return band_set


def _band(table: Table) -> Band:
    band = Band(
        low=table.whole("low", 0, MAX_REPORTED, required=True) or 0,
        high=table.whole("high", 0, MAX_REPORTED, required=True) or 0,
        label=table.text("label", MAX_LABEL, required=True),
    )
    table.note_unknown_names()
    return band


def _cutoff(table: Table) -> Cutoff:
    cutoff = Cutoff(
        at=table.whole("at", 0, MAX_REPORTED, required=True) or 0,
        label=table.text("label", MAX_LABEL, required=True),
        source=table.text("source", MAX_TEXT, required=True),
    )
    table.note_unknown_names()
    return cutoff


def _risk_item(table: Table, basis: _Basis) -> RiskItem:
    risk = RiskItem(
        item=table.whole("item", 1, basis.items, required=True) or 1,
        above=table.whole("above", basis.lowest, basis.highest - 1, required=True) or 0,
        source=table.text("source", MAX_TEXT, required=True),
    )
    table.note_unknown_names()
    return risk


def _rule(table: Table, basis: _Basis) -> Rule:
    clusters = table.tables("clusters", gettext("cluster"), MAX_TABLES, by_key=True)
    rule = Rule(
        key=table.key("key"),
        label=table.text("label", MAX_LABEL, required=True),
        at_least=table.whole("at_least", basis.lowest, basis.highest, required=True) or 0,
        clusters=tuple(_cluster(item, basis) for item in clusters),
        source=table.text("source", MAX_TEXT, required=True),
    )
    table.note_unknown_names()
    if not clusters:
        table.note(gettext("needs 'clusters' of items"))
    return rule


def _cluster(table: Table, basis: _Basis) -> Cluster:
    items = table.wholes("items", 1, basis.items)
    if not items:
        table.note(gettext("needs 'items'"))
    cluster = Cluster(
        key=table.key("key"),
        label=table.text("label", MAX_LABEL, required=True),
        items=items,
        needed=table.whole("needed", 1, len(items) or MAX_ITEMS, required=True) or 1,
    )
    table.note_unknown_names()
    return cluster


def _band_problems(band_set: BandSet, scale: Scale) -> Iterator[str]:
    """Bands stand in order and cover the whole scale, without a gap or an overlap."""
    expected = scale.minimum
    for band in band_set.bands:
        if band.low != expected or band.high < band.low:
            problem = gettext("the band '%(band)s' should begin at %(low)s and not end before it")
            yield problem % {"band": band.label, "low": expected}
            return
        expected = band.high + 1
    if expected != scale.maximum + 1:
        yield gettext("the bands should end at %(maximum)s") % {"maximum": scale.maximum}


def _instrument_problems(instrument: Instrument) -> Iterator[str]:
    if not instrument.scales:
        yield gettext("an instrument needs at least one scale")
    elif instrument.missing.most >= min(len(scale.items) for scale in instrument.scales):
        yield gettext("'max_missing' must be below the number of items of every scale")
    if instrument.reverse and not instrument.reverse_source:
        yield gettext("'reverse' needs 'reverse_source'")
    codes = (instrument.loinc, *instrument.item_loinc, *instrument.ignored_loinc)
    given = [code for code in codes if code]
    if given and not instrument.loinc_source:
        yield gettext("LOINC codes need 'loinc_source'")
    if instrument.item_loinc and len(instrument.item_loinc) != instrument.items:
        yield gettext("'item_loinc' should name one code for each item")
    if len(set(given)) < len(given):
        yield gettext("a LOINC code is there twice")
    for code in given:
        if not is_loinc(code):
            yield gettext("'%(code)s' is not a LOINC code") % {"code": code}
