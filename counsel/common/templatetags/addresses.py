"""Addresses that clients and strangers gave, as staff read them."""

from __future__ import annotations

from django import template

from counsel.common.lookalikes import spelt_out

register = template.Library()

register.filter("spelt_out", spelt_out)
