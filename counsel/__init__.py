"""Counsel: practice management for counsellors."""

from __future__ import annotations

from counsel.celery import app as celery_app

__all__ = ["celery_app"]
