from __future__ import annotations

from django.contrib.admin import site
from django.urls import path

from counsel.reminders import views

app_name = "mailbox"
urlpatterns = [
    path("", site.admin_view(views.mail_list), name="list"),
    path("<slug:name>/", site.admin_view(views.mail_detail), name="mail"),
    path("<slug:name>/<int:number>/", site.admin_view(views.mail_file), name="file"),
]
