"""The brief: what happened with a client since the last consultation, on one screen.

Of a private entry only the day counts, and only where the exercise was assigned and the client
lets it: no number, no feeling, no word. Private journal writing leaves no trace here at all.
"""

from __future__ import annotations

from counsel.desk.brief.assembling import Brief, brief_of
from counsel.desk.brief.spans import Choice, Span

__all__ = ["Brief", "Choice", "Span", "brief_of"]
