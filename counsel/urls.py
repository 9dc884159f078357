from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from counsel.accounts.views import add_passkey, front, own_sign_ins, second_lock, second_step, start
from counsel.common.views import away, help_now, not_offered
from counsel.health_views import live, ready

# A database that is away, full or not to be written to is a pause, not our mistake.
handler500 = "counsel.common.views.went_wrong"

urlpatterns = [
    path("", front, name="front"),
    path("start/", start, name="start"),
    path("help/", help_now, name="help"),
    path("away/", away, name="away"),
    path("health/live", live, name="live"),
    path("health/ready", ready, name="ready"),
    # The address somebody signs in with is changed by the practice, after checking it.
    path("accounts/email/", not_offered),
    path("accounts/second-lock/", second_lock, name="second_lock"),
    path("accounts/2fa/authenticate/", second_step, name="second_step"),
    path("accounts/2fa/webauthn/add/", add_passkey, name="add_passkey"),
    path("accounts/sessions/", own_sign_ins, name="usersessions_list"),
    path("accounts/", include("allauth.urls")),
    path("mail-events/", include("counsel.reminders.event_urls")),
    path("admin/mailbox/", include("counsel.reminders.urls")),
    path("admin/", admin.site.urls),
    path("", include("clients.urls")),
    path("", include("sessions.urls")),
    path("", include("exercises.urls")),
    path("", include("counsel.records.urls")),
]

handler400 = "counsel.common.views.bad_request"
