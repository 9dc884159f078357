from __future__ import annotations

from django.urls import path, register_converter

from sessions.converters import StartConverter
from sessions.views import appointments, booking, public

register_converter(StartConverter, "start")

app_name = "booking"
urlpatterns = [
    path("c/<slug:slug>/", public.counsellor, name="counsellor"),
    path("c/<slug:slug>/<slug:service>/", public.times, name="times"),
    path("c/<slug:slug>/<slug:service>/<start:start>/", booking.details, name="details"),
    path("booked/<str:token>/", booking.booked, name="booked"),
    path("appointments/<str:token>/", appointments.appointment, name="appointment"),
    path("appointments/<str:token>/calendar.ics", appointments.appointment_file, name="calendar"),
    path("my/appointments/", appointments.mine, name="mine"),
    path("my/appointments/<uuid:consultation_id>/cancel/", appointments.cancel, name="cancel"),
]
