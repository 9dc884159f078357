"""The portal's home is made of panels that the apps above bring along.

Each app registers its panels in `AppConfig.ready()`; a panel's context is asked for with the
client and the present moment, and a panel without anything to say returns an empty mapping.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from clients.models import Client


@dataclass(frozen=True)
class Panel:
    """`context` returns what `template` needs, or an empty mapping: then nothing is shown."""

    order: int
    template: str
    context: Callable[[Client, datetime], Mapping[str, object]]


@dataclass(frozen=True)
class FilledPanel:
    template: str
    context: Mapping[str, object]


_panels: list[Panel] = []


def register_panel(panel: Panel) -> None:
    if panel not in _panels:
        _panels.append(panel)


def filled_panels(client: Client, now: datetime) -> list[FilledPanel]:
    """The panels that have something to say, in order."""
    asked = [
        FilledPanel(panel.template, panel.context(client, now))
        for panel in sorted(_panels, key=lambda panel: panel.order)
    ]
    return [panel for panel in asked if panel.context]
