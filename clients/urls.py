from __future__ import annotations

from django.urls import path

from clients import (
    address_views,
    agreeing_views,
    consenting_views,
    device_views,
    message_views,
    plan_views,
    stop_views,
    views,
)

app_name = "clients"

urlpatterns = [
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("stop/<str:token>/", stop_views.stop, name="stop"),
    path("my/", views.home, name="home"),
    path("my/welcome/", views.welcome, name="welcome"),
    path("my/settings/", views.settings, name="settings"),
    path("my/settings/messages/", message_views.reaching, name="messages"),
    path("my/settings/messages/pause/", message_views.pause, name="messages_pause"),
    path("my/settings/messages/resume/", message_views.resume, name="messages_resume"),
    path("my/settings/messages/<slug:channel>/", address_views.address, name="address"),
    path("my/settings/messages/<slug:channel>/code/", address_views.code, name="address_code"),
    path("my/settings/messages/<slug:channel>/again/", address_views.again, name="address_again"),
    path(
        "my/settings/messages/<slug:channel>/forget/", address_views.forget, name="address_forget"
    ),
    path(
        "my/settings/messages/<slug:channel>/remove/", address_views.remove, name="address_remove"
    ),
    path("my/settings/devices/", device_views.devices, name="devices"),
    path("my/settings/devices/<uuid:device_id>/remove/", device_views.remove, name="device_remove"),
    path("my/settings/devices/<uuid:device_id>/test/", device_views.test, name="device_test"),
    path("sw.js", device_views.service_worker, name="service_worker"),
    path("manifest.webmanifest", device_views.manifest, name="manifest"),
    path("my/agreements/", consenting_views.agreements, name="agreements"),
    path("my/agreements/text/<uuid:document_id>/", consenting_views.say, name="agreement_say"),
    path("my/agreements/<uuid:request_id>/", agreeing_views.agreement, name="agreement"),
    path("my/plan/", plan_views.plan, name="plan"),
    path("my/plan/edit/", plan_views.edit, name="plan_edit"),
    path("my/plan/file/", plan_views.file, name="plan_file"),
    path("my/counsellor/", views.choose, name="choose"),
    path("my/record/cover/<uuid:cover_id>/end/", views.end_cover, name="cover_end"),
]
