from __future__ import annotations

from django.urls import path

from counsel.records import correction_views, forget_views, views

app_name = "records"
urlpatterns = [
    path("my/record/", views.record, name="record"),
    path("my/record/corrections/", correction_views.corrections, name="corrections"),
    path("my/record/pages/", views.pages, name="pages"),
    path("my/record/download/", views.download, name="download"),
    path("my/record/forget/", forget_views.forget, name="forget"),
    path("my/record/forget/ask/", forget_views.ask, name="forget_ask"),
    path("my/record/forget/undo/", forget_views.undo, name="forget_undo"),
    path("forgotten/", forget_views.forgotten, name="forgotten"),
]
