"""The only writers of this app, one module a subject."""

from __future__ import annotations
