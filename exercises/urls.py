from __future__ import annotations

from django.urls import path

from exercises.views import correcting, declining, entries, partners, practice, with_them
from exercises.views.autosave import autosave
from exercises.views.journal import journal
from exercises.views.progress import progress
from exercises.views.searching import searching

app_name = "exercises"

urlpatterns = [
    path("my/practice/<uuid:assignment_id>/", practice.begin, name="begin"),
    path("my/practice/<uuid:assignment_id>/not-today/", declining.could_not, name="could_not"),
    path("my/entries/", entries.entries, name="timeline"),
    path("my/entries/<uuid:entry_id>/", entries.entry, name="entry"),
    path("my/entries/<uuid:entry_id>/<int:number>/", practice.step, name="step"),
    path("my/entries/<uuid:entry_id>/autosave/", autosave, name="autosave"),
    path("my/entries/<uuid:entry_id>/finish/", practice.finish, name="finish"),
    path("my/entries/<uuid:entry_id>/helpful/", practice.helpful, name="helpful"),
    path("my/entries/<uuid:entry_id>/correct/", correcting.correct, name="correct"),
    path("my/entries/<uuid:entry_id>/why/", declining.change_why, name="change_why"),
    path("my/entries/<uuid:entry_id>/sharing/", entries.sharing, name="sharing"),
    path("my/entries/<uuid:entry_id>/discard/", entries.discard, name="discard"),
    path("my/entries/search/", searching, name="search"),
    path("my/journal/", journal, name="journal"),
    path("my/progress/", progress, name="progress"),
    # Somebody close to a client: the client's side, and theirs.
    path("my/close/", partners.partner, name="partner"),
    path("my/close/end/", partners.end, name="partner_end"),
    path("my/close/share/", partners.share, name="small_share"),
    path("my/close/share/<uuid:share_id>/back/", partners.take_back, name="small_share_back"),
    path("with/", with_them.home, name="with"),
    path("with/invitation/<str:token>/", with_them.invitation, name="with_invitation"),
    path("with/share/<uuid:share_id>/", with_them.share, name="with_share"),
    path("with/listening/<int:number>/", with_them.listening, name="with_listening"),
    path("with/<uuid:partner_id>/leave/", with_them.leave, name="with_leave"),
]
