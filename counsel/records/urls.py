from __future__ import annotations

from django.urls import path

from counsel.records import views

app_name = "records"
urlpatterns = [
    path("my/record/", views.record, name="record"),
    path("my/record/pages/", views.pages, name="pages"),
    path("my/record/download/", views.download, name="download"),
]
