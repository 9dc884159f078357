from __future__ import annotations

from django.urls import path, register_converter

from sessions.converters import StartConverter
from sessions.views import appointments, booking, embed, holding, moving, public, talking, waiting
from sessions.views.feeds import feed, my_feed

register_converter(StartConverter, "start")

app_name = "booking"
urlpatterns = [
    path("c/<slug:slug>/", public.counsellor, name="counsellor"),
    path("c/<slug:slug>/embed/", embed.counsellor, name="embed"),
    path("c/<slug:slug>/<slug:service>/", public.times, name="times"),
    path("c/<slug:slug>/<slug:service>/embed/", embed.service, name="embed_service"),
    path("c/<slug:slug>/<slug:service>/<start:start>/", booking.details, name="details"),
    path("c/<slug:slug>/<slug:service>/waiting/", waiting.join, name="waiting_join"),
    path("waiting/<str:token>/", waiting.place, name="waiting"),
    path("offer/<str:token>/", waiting.offer, name="offer"),
    path("asked/<str:token>/", holding.asked, name="asked"),
    path("held/<str:token>/", holding.held, name="hold"),
    path("booked/<str:token>/", booking.booked, name="booked"),
    path("appointments/<str:token>/", appointments.appointment, name="appointment"),
    path("appointments/<str:token>/calendar.ics", appointments.appointment_file, name="calendar"),
    path("appointments/<str:token>/undo/", appointments.undo, name="undo_mailed"),
    path("appointments/<str:token>/move/", moving.mailed_times, name="move_mailed"),
    path("appointments/<str:token>/move/<start:start>/", moving.mailed_time, name="move_mailed_to"),
    path("calendar/<str:secret>.ics", feed, name="feed"),
    path("my/appointments/", appointments.mine, name="mine"),
    path("my/appointments/talk/", talking.talk, name="talk"),
    path("my/appointments/calendar/", my_feed, name="my_feed"),
    path("my/appointments/<uuid:consultation_id>/cancel/", appointments.cancel, name="cancel"),
    path("my/appointments/<uuid:consultation_id>/undo/", appointments.undo_own, name="undo"),
    path("my/appointments/<uuid:consultation_id>/move/", moving.own_times, name="move"),
    path(
        "my/appointments/<uuid:consultation_id>/move/<start:start>/",
        moving.own_time,
        name="move_to",
    ),
]
