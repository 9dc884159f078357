from __future__ import annotations

from django.urls import path, register_converter

from sessions import portal_views, views
from sessions.converters import StartConverter

register_converter(StartConverter, "start")

app_name = "booking"
urlpatterns = [
    path("c/<slug:slug>/", views.counsellor, name="counsellor"),
    path("c/<slug:slug>/<slug:service>/", views.times, name="times"),
    path("c/<slug:slug>/<slug:service>/<start:start>/", views.details, name="details"),
    path("booked/<str:token>/", views.booked, name="booked"),
    path("appointments/<str:token>/", portal_views.appointment, name="appointment"),
    path("appointments/<str:token>/calendar.ics", portal_views.appointment_file, name="calendar"),
    path("my/appointments/", portal_views.mine, name="mine"),
    path("my/appointments/<uuid:consultation_id>/cancel/", portal_views.cancel, name="cancel"),
]
