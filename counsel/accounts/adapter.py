"""How allauth behaves here: nobody signs up by themselves, and links use our own address."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Clients come by invitation, staff are added by a manager."""
        return False
