"""The page on which a programme is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from counsel.accounts.models import Counsellor
from counsel.accounts.roles import AnyUser, counsellor_of
from counsel.accounts.scoped_admin import ScopedAdmin
from counsel.common.errors import ConflictError, DomainError
from counsel.common.http import id_or_404
from exercises.access import programme_of
from exercises.desk.programme_forms import (
    ItemForm,
    Offered,
    ProgrammeForm,
    arranged,
    new_item,
    posted_anew,
    prefix,
    stored_item,
    typed_items,
)
from exercises.desk.programme_words import item_words
from exercises.models import Enrolment, ExerciseVersion, Programme, ProgrammeItem
from exercises.selectors.programmes import offered_to, state_of
from exercises.services.programme_writing import (
    LONGEST_PROGRAMME,
    problems,
    programme_change,
    programme_create,
)

ONE = "admin:exercises_programme_change"


@dataclass(frozen=True, slots=True)
class Row:
    """One exercise on the page. `words` say in short how it is given, as far as that is right."""

    form: ItemForm
    title: str
    words: str
    is_open: bool
    is_looked_at: bool


@dataclass
class Page:
    """What is on the page: what was stored, or what was posted last."""

    programme: Programme | None
    head: ProgrammeForm
    forms: Sequence[ItemForm]
    items: Sequence[dict[str, Any]]
    seen: str
    looked_at: int | None = None
    opened: int | None = None
    add_error: str = ""


class ProgrammeEditor(ScopedAdmin):
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return self._write(request, self._owner(request), None)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        owner = self._owner(request)
        return self._write(request, owner, programme_of(request.user, id_or_404(object_id)))

    def _owner(self, request: HttpRequest) -> Counsellor:
        counsellor = counsellor_of(request.user)
        if counsellor is None:
            raise PermissionDenied
        return counsellor

    def _write(
        self, request: HttpRequest, owner: Counsellor, programme: Programme | None
    ) -> HttpResponse:
        offered = {str(v.exercise_id): v for v in offered_to(owner)}
        if request.method != "POST":
            return self._shown(request, _stored(programme, offered), offered)
        act = request.POST.get("act", "save")
        if act != "save":
            return self._shown(request, _rearranged(request, programme, act, offered), offered)
        page = _posted(request, programme, offered)
        saved = self._saved(request, owner, page)
        if saved is None:
            return self._shown(request, page, offered, status=422)
        messages.success(request, gettext("Saved."))
        return redirect(ONE, saved.pk)

    def _saved(self, request: HttpRequest, owner: Counsellor, page: Page) -> Programme | None:
        """The programme, or None where a form of the page says why not."""
        # Each is asked, so that each says what is wrong with it.
        if not all([page.head.is_valid(), *(form.is_valid() for form in page.forms)]):
            return None
        items = [form.item() for form in page.forms]
        for problem in problems(owner, items):
            page.forms[problem.place].add_error(problem.field, problem.message)
        if any(form.errors for form in page.forms):
            return None
        fields = {**page.head.cleaned_data, "items": items}
        try:
            if page.programme is None:
                made = programme_create(owner=owner, **fields)
                self.log_addition(request, made, [{"added": {}}])
                return made
            programme_change(programme=page.programme, seen=page.seen, **fields)
            self.log_change(request, page.programme, [{"changed": {}}])
        except ConflictError as error:
            page.head.add_error(None, error.message)
            page.seen = state_of(page.programme) if page.programme else ""
        except DomainError as error:
            page.head.add_error(None, error.message)
        except ValidationError as error:
            page.head.add_error(None, error.messages)
        return None if page.head.errors else page.programme

    def _shown(
        self, request: HttpRequest, page: Page, offered: Offered, status: int = 200
    ) -> HttpResponse:
        rows = _rows(request, page, offered)
        programme = page.programme
        context = {
            **self.admin_site.each_context(request),
            "title": _("Programme") if programme else _("New programme"),
            "opts": self.opts,
            "page": page,
            "form": page.head,
            "rows": rows,
            "wrong": [row for row in rows if row.form.is_bound and row.form.errors],
            "offered": sorted(offered.values(), key=lambda version: version.title.casefold()),
            "is_full": len(rows) >= LONGEST_PROGRAMME,
            "in_it_now": programme and _in_it_now(programme, request.user),
            "may_delete": programme and self.has_delete_permission(request, programme),
        }
        return TemplateResponse(request, "desk/programmes/edit.html", context, status=status)


def _in_it_now(programme: Programme, user: AnyUser) -> int:
    return Enrolment.objects.visible_to(user).filter(programme=programme, ended_on=None).count()


def _stored(programme: Programme | None, offered: Offered) -> Page:
    if programme is None:
        return Page(None, ProgrammeForm(), [], [], "")
    items = [stored_item(item) for item in programme.items.all()]
    head = ProgrammeForm(initial={"title": programme.title, "summary": programme.summary})
    return Page(programme, head, _unbound(items, offered), items, state_of(programme))


def _posted(request: HttpRequest, programme: Programme | None, offered: Offered) -> Page:
    items = typed_items(request.POST)
    data = posted_anew(items)
    forms = [ItemForm(data, prefix=prefix(n), offered=offered) for n in range(len(items))]
    head = ProgrammeForm(request.POST)
    return Page(programme, head, forms, items, request.POST.get("seen", ""))


def _rearranged(
    request: HttpRequest, programme: Programme | None, act: str, offered: Offered
) -> Page:
    """The page as it was posted, one exercise more or less or elsewhere. Nothing is checked."""
    items, looked_at = arranged(typed_items(request.POST), act)
    opened, add_error = None, ""
    if act == "add":
        chosen = offered.get(request.POST.get("add", ""))
        if chosen is None:
            add_error = gettext("Choose the exercise to add.")
        elif len(items) < LONGEST_PROGRAMME:
            items = [*items, new_item(chosen, is_first=not items)]
            opened = looked_at = len(items) - 1
    typed = {name: request.POST.get(name, "") for name in ProgrammeForm.base_fields}
    return Page(
        programme,
        ProgrammeForm(initial=typed),
        _unbound(items, offered),
        items,
        request.POST.get("seen", ""),
        looked_at,
        opened,
        add_error,
    )


def _unbound(items: Sequence[dict[str, Any]], offered: Offered) -> list[ItemForm]:
    """Forms that show what was typed, and do not yet say what is wrong with it."""
    return [
        ItemForm(initial=item, prefix=prefix(place), offered=offered)
        for place, item in enumerate(items)
    ]


def _rows(request: HttpRequest, page: Page, offered: Offered) -> list[Row]:
    titles = _titles(request, page.items, offered)
    data = posted_anew(list(page.items))
    rows = []
    for place, (form, item) in enumerate(zip(page.forms, page.items, strict=True)):
        checked = form if form.is_bound else ItemForm(data, prefix=form.prefix, offered=offered)
        words = item_words(ProgrammeItem(**checked.item())) if checked.is_valid() else ""
        is_open = not words or place == page.opened
        title = titles.get(item["exercise"], gettext("An exercise that is not offered any more"))
        rows.append(Row(form, title, words, is_open, place == page.looked_at))
    return rows


def _titles(
    request: HttpRequest, items: Sequence[dict[str, Any]], offered: Offered
) -> dict[str, str]:
    """By the exercise's id; of what is put away too, of what is not this counsellor's never."""
    titles = {key: version.title for key, version in offered.items()}
    if all(item["exercise"] in titles for item in items):
        return titles
    older = ExerciseVersion.objects.visible_to(request.user).filter(
        exercise__put_away_at__isnull=False
    )
    for exercise_id, title in older.order_by("number").values_list("exercise", "title"):
        titles[str(exercise_id)] = title
    return titles
