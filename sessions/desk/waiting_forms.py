from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from sessions.desk.for_whom import ForWhomForm
from sessions.forms.waiting import WishForm


class PutOnListForm(WishForm, ForWhomForm):
    """Wishes are by the client's clock."""

    field_order = ("client", "service", "weekdays", "earliest", "latest")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["weekdays"].label = _("Days that suit")
        self.fields["weekdays"].help_text = _("By the client's clock. None chosen: any day.")
