"""The instruments whose scoring facts come with Counsel: `exercises/scoring/data/*.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from exercises.schema import SchemaError
from exercises.scoring.facts import Instrument
from exercises.scoring.parsing import parse_instrument

DATA = Path(__file__).parent / "data"


@cache
def instruments() -> Mapping[str, Instrument]:
    """Every instrument under its key. Raises SchemaError, naming the file, for a wrong one."""
    read = (read_instrument(path) for path in sorted(DATA.glob("*.toml")))
    return MappingProxyType({instrument.key: instrument for instrument in read})


def instrument(key: str) -> Instrument:
    """Raises KeyError where there is no instrument of that key."""
    return instruments()[key]


def read_instrument(path: Path) -> Instrument:
    """Read one file; its name is the instrument's key."""
    try:
        found = parse_instrument(tomllib.loads(path.read_text(encoding="utf-8")))
    except SchemaError as error:
        raise SchemaError([f"{path.name}: {problem}" for problem in error.problems]) from error
    except ValueError as error:  # not UTF-8, or not TOML
        raise SchemaError([f"{path.name}: {error}"]) from error
    if found.key != path.stem:
        raise SchemaError([f"{path.name}: 'key' should be the name of the file"])
    return found
