"""Pages of a list that may be very long: nobody waits for a number they do not read."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpRequest

if TYPE_CHECKING:
    _Paginator = Paginator[Any]
else:
    _Paginator = Paginator

# So many rows beyond the page that is looked at are counted, and no more.
COUNTED_AHEAD = 1_000
# Whoever asks for a later page than this gets this one: no list is read so far.
LAST_PAGE = 10_000


class ShortSightedPaginator(_Paginator):
    """Counts as far as one may want to go from here. Each page leads further."""

    def __init__(self, rows: Any, per_page: int, *args: Any, page: int = 1, **kwargs: Any) -> None:
        super().__init__(rows, per_page, *args, **kwargs)
        self.most = page * int(per_page) + COUNTED_AHEAD

    @cached_property
    def counted(self) -> int:
        rows: Any = self.object_list
        counted: int = rows.order_by().values("pk")[: self.most + 1].count()
        return counted

    @cached_property
    def count(self) -> int:
        return min(self.counted, self.most)

    @property
    def there_is_more(self) -> bool:
        """Whether `count` is not all."""
        return self.counted > self.most


def page_asked_for(request: HttpRequest) -> int:
    try:
        return min(max(int(request.GET.get("p", 1)), 1), LAST_PAGE)
    except ValueError:
        return 1
