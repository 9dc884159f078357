"""Every address of Counsel, and how it answers whom. A new address is a new line here.

A row: the route as the resolver spells it, the answers to a GET, and, for a route with
parameters, the address of the first caseload's own object (`{client.pk}` and the like are
filled in from `tests.caseloads.Caseload`). The answers, in this order:

    anonymous, the client, another client, the counsellor, another counsellor, the manager

`in` is a redirect to the sign-in page, `302` any other redirect. Strangers to an object get
404, roles that may never come here 403, addresses that only take a POST 405.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

VISITORS = (
    "anonymous",
    "client",
    "another client",
    "counsellor",
    "another counsellor",
    "manager",
)


@dataclass(frozen=True)
class Row:
    route: str
    answers: tuple[str, ...]
    at: str


def row(route: str, answers: str, at: str | None = None) -> Row:
    return Row(route, tuple(answers.split()), route if at is None else at)


def pages(
    model: str, key: str, *, listed: str, add: str, change: str, delete: str
) -> Iterator[Row]:
    """The six addresses Django gives each model of the desk.

    Answers for the counsellor, another counsellor and the manager; clients never come here.
    `change` also answers for the history, where nobody sees more than on the page itself.
    """
    own = f"admin/{model}/<path:object_id>/"
    for route, answers in (
        (f"admin/{model}/", listed),
        (f"admin/{model}/add/", add),
        (f"{own}change/", change),
        (f"{own}history/", change),
        (f"{own}delete/", delete),
        (own, "302 302 302"),
    ):
        yield row(route, f"in 403 403 {answers}", route.replace("<path:object_id>", key))


# A link from a mail is itself the key: who holds it may cancel with it, book, or accept.
POSSESSION_IS_ENOUGH = {
    "appointments/<str:token>/",
    "appointments/<str:token>/move/<start:start>/",
    "asked/<str:token>/",
    "held/<str:token>/",
    "invitation/<str:token>/",
    "offer/<str:token>/",
    "stop/<str:token>/",
    "waiting/<str:token>/",
}

ROWS = [
    # --- For everybody ---------------------------------------------------------------------
    row("", "200 200 200 200 200 200"),
    row("help/", "200 200 200 200 200 200"),
    row("away/", "200 200 200 200 200 200"),
    row("health/live", "200 200 200 200 200 200"),
    # Nothing sends here.
    row("health/ready", "503 503 503 503 503 503"),
    row("sw.js", "200 200 200 200 200 200"),
    row("manifest.webmanifest", "200 200 200 200 200 200"),
    row("start/", "in 302 302 302 302 302"),
    row("c/<slug:slug>/", "200 200 200 200 200 200", "c/{counsellor.slug}/"),
    row("c/<slug:slug>/embed/", "200 200 200 200 200 200", "c/{counsellor.slug}/embed/"),
    row(
        "c/<slug:slug>/<slug:service>/embed/",
        "200 200 200 200 200 200",
        "c/{counsellor.slug}/{service.slug}/embed/",
    ),
    row(
        "c/<slug:slug>/<slug:service>/",
        "200 200 200 200 200 200",
        "c/{counsellor.slug}/{service.slug}/",
    ),
    row(
        "c/<slug:slug>/<slug:service>/<start:start>/",
        "200 200 200 200 200 200",
        "c/{counsellor.slug}/{service.slug}/20300114T1000Z/",
    ),
    row(
        "c/<slug:slug>/<slug:service>/waiting/",
        "200 200 200 200 200 200",
        "c/{counsellor.slug}/{service.slug}/waiting/",
    ),
    row("waiting/<str:token>/", "200 200 200 200 200 200", "waiting/{place}/"),
    row("offer/<str:token>/", "200 200 200 200 200 200", "offer/{offered}/"),
    row("asked/<str:token>/", "200 200 200 200 200 200", "asked/{asked}/"),
    row("held/<str:token>/", "200 200 200 200 200 200", "held/{held}/"),
    row("booked/<str:token>/", "200 200 200 200 200 200", "booked/{booked}/"),
    row("appointments/<str:token>/", "200 200 200 200 200 200", "appointments/{appointment}/"),
    row(
        "appointments/<str:token>/calendar.ics",
        "200 200 200 200 200 200",
        "appointments/{appointment}/calendar.ics",
    ),
    row(
        "appointments/<str:token>/undo/",
        "405 405 405 405 405 405",
        "appointments/{undoing}/undo/",
    ),
    row(
        "appointments/<str:token>/move/",
        "200 200 200 200 200 200",
        "appointments/{moving}/move/",
    ),
    row(
        "appointments/<str:token>/move/<start:start>/",
        "200 200 200 200 200 200",
        "appointments/{moving}/move/20300114T1000Z/",
    ),
    row("calendar/<str:secret>.ics", "200 200 200 200 200 200", "calendar/{feed_secret}.ics"),
    row("stop/<str:token>/", "200 200 200 200 200 200", "stop/{stop}/"),
    row("invitation/<str:token>/", "200 200 200 200 200 200", "invitation/{invitation}/"),
    # --- Signing in --------------------------------------------------------------------------
    row("accounts/login/", "200 302 302 302 302 302"),
    row("accounts/logout/", "302 200 200 200 200 200"),
    row("accounts/inactive/", "200 200 200 200 200 200"),
    row("accounts/signup/", "200 302 302 302 302 302"),
    row("accounts/reauthenticate/", "in 200 200 200 200 200"),
    row("accounts/email/", "404 404 404 404 404 404"),
    row("accounts/confirm-email/", "302 302 302 302 302 302"),
    row("accounts/password/change/", "in 200 200 200 200 200"),
    row("accounts/password/set/", "in 302 302 302 302 302"),
    row("accounts/password/reset/", "200 200 200 200 200 200"),
    row("accounts/password/reset/confirm/", "302 302 302 302 302 302"),
    row("accounts/password/reset/complete/", "302 302 302 302 302 302"),
    row("accounts/password/reset/done/", "200 200 200 200 200 200"),
    row("accounts/login/code/", "200 302 302 302 302 302"),
    row("accounts/login/code/confirm/", "302 302 302 302 302 302"),
    row("accounts/2fa/", "in 200 200 200 200 200"),
    row("accounts/second-lock/", "in 302 302 302 302 302"),
    row("accounts/2fa/authenticate/", "302 302 302 302 302 302"),
    row("accounts/2fa/reauthenticate/", "in 302 302 302 302 302"),
    row("accounts/2fa/totp/activate/", "in 302 302 302 302 302"),
    row("accounts/2fa/totp/deactivate/", "in 404 404 404 404 404"),
    row("accounts/2fa/recovery-codes/", "in 404 404 404 404 404"),
    row("accounts/2fa/recovery-codes/generate/", "in 302 302 302 302 302"),
    row("accounts/2fa/recovery-codes/download/", "in 404 404 404 404 404"),
    row("accounts/2fa/webauthn/", "in 200 200 200 200 200"),
    row("accounts/2fa/webauthn/add/", "in 302 302 302 302 302"),
    row("accounts/2fa/webauthn/reauthenticate/", "in 302 302 302 302 302"),
    row(
        "accounts/2fa/webauthn/keys/<int:pk>/remove/",
        "in 302 302 302 302 302",
        "accounts/2fa/webauthn/keys/1/remove/",
    ),
    row(
        "accounts/2fa/webauthn/keys/<int:pk>/edit/",
        "in 302 302 302 302 302",
        "accounts/2fa/webauthn/keys/1/edit/",
    ),
    row("accounts/2fa/webauthn/login/", "302 302 302 302 302 302"),
    row("accounts/sessions/", "in 200 200 200 200 200"),
    # --- The portal: staff are nobody's client -------------------------------------------------
    row("my/", "in 200 200 404 404 404"),
    row("my/welcome/", "in 200 200 404 404 404"),
    row("my/settings/", "in 200 200 404 404 404"),
    row("my/settings/messages/", "in 200 200 404 404 404"),
    row("my/settings/messages/pause/", "405 405 405 405 405 405"),
    row("my/settings/messages/resume/", "405 405 405 405 405 405"),
    row(
        "my/settings/messages/<slug:channel>/",
        "in 200 200 404 404 404",
        "my/settings/messages/email/",
    ),
    *(
        row(
            f"my/settings/messages/<slug:channel>/{act}/",
            "405 405 405 405 405 405",
            f"my/settings/messages/email/{act}/",
        )
        for act in ("code", "again", "forget", "remove")
    ),
    row("my/settings/devices/", "in 200 200 404 404 404"),
    *(
        row(
            f"my/settings/devices/<uuid:device_id>/{act}/",
            "405 405 405 405 405 405",
            f"my/settings/devices/{{device.pk}}/{act}/",
        )
        for act in ("remove", "test")
    ),
    row("my/plan/", "in 200 200 404 404 404"),
    row("my/plan/edit/", "in 200 200 404 404 404"),
    row("my/plan/file/", "in 200 200 404 404 404"),
    row("my/counsellor/", "405 405 405 405 405 405"),
    row("my/appointments/", "in 200 200 404 404 404"),
    row("my/appointments/talk/", "in 200 200 404 404 404"),
    row("my/appointments/calendar/", "in 200 200 404 404 404"),
    row(
        "my/appointments/<uuid:consultation_id>/cancel/",
        "405 405 405 405 405 405",
        "my/appointments/{consultation.pk}/cancel/",
    ),
    row(
        "my/appointments/<uuid:consultation_id>/undo/",
        "405 405 405 405 405 405",
        "my/appointments/{consultation.pk}/undo/",
    ),
    row(
        "my/appointments/<uuid:consultation_id>/move/",
        "in 200 404 404 404 404",
        "my/appointments/{consultation.pk}/move/",
    ),
    row(
        "my/appointments/<uuid:consultation_id>/move/<start:start>/",
        "in 200 404 404 404 404",
        "my/appointments/{consultation.pk}/move/20300114T1000Z/",
    ),
    row(
        "my/practice/<uuid:assignment_id>/",
        "in 200 404 404 404 404",
        "my/practice/{assignment.pk}/",
    ),
    row(
        "my/practice/<uuid:assignment_id>/not-today/",
        "in 200 404 404 404 404",
        "my/practice/{assignment.pk}/not-today/",
    ),
    row("my/journal/", "in 200 200 404 404 404"),
    row("my/progress/", "in 200 200 404 404 404"),
    row("my/entries/", "in 200 200 404 404 404"),
    row("my/entries/search/", "in 200 200 404 404 404"),
    row("my/entries/<uuid:entry_id>/", "in 200 404 404 404 404", "my/entries/{private.pk}/"),
    row(
        "my/entries/<uuid:entry_id>/<int:number>/",
        "in 200 404 404 404 404",
        "my/entries/{draft.pk}/1/",
    ),
    row(
        "my/entries/<uuid:entry_id>/autosave/",
        "405 405 405 405 405 405",
        "my/entries/{draft.pk}/autosave/",
    ),
    row(
        "my/entries/<uuid:entry_id>/finish/",
        "in 302 404 404 404 404",
        "my/entries/{draft.pk}/finish/",
    ),
    row(
        "my/entries/<uuid:entry_id>/helpful/",
        "405 405 405 405 405 405",
        "my/entries/{private.pk}/helpful/",
    ),
    row(
        "my/entries/<uuid:entry_id>/correct/",
        "in 200 404 404 404 404",
        "my/entries/{private.pk}/correct/",
    ),
    # Only of those who said that they couldn't; this entry was done.
    row(
        "my/entries/<uuid:entry_id>/why/",
        "in 404 404 404 404 404",
        "my/entries/{private.pk}/why/",
    ),
    row(
        "my/entries/<uuid:entry_id>/sharing/",
        "405 405 405 405 405 405",
        "my/entries/{private.pk}/sharing/",
    ),
    row(
        "my/entries/<uuid:entry_id>/discard/",
        "405 405 405 405 405 405",
        "my/entries/{draft.pk}/discard/",
    ),
    row(
        "my/agreements/<uuid:request_id>/",
        "in 200 404 404 404 404",
        "my/agreements/{asking.pk}/",
    ),
    row("my/agreements/", "in 200 200 404 404 404"),
    row(
        "my/agreements/text/<uuid:document_id>/",
        "405 405 405 405 405 405",
        "my/agreements/text/{asking.document.pk}/",
    ),
    row("my/record/", "in 200 200 404 404 404"),
    row(
        "my/record/cover/<uuid:cover_id>/end/",
        "405 405 405 405 405 405",
        "my/record/cover/{cover.pk}/end/",
    ),
    row("my/record/forget/", "in 200 200 404 404 404"),
    row("my/record/forget/ask/", "405 405 405 405 405 405"),
    row("my/record/forget/undo/", "405 405 405 405 405 405"),
    row("forgotten/", "200 200 200 200 200 200"),
    row("my/record/corrections/", "in 200 200 404 404 404"),
    row("my/record/pages/", "in 200 200 404 404 404"),
    row("my/record/download/", "405 405 405 405 405 405"),
    # --- Somebody close to a client: nobody here is the first client's ------------------------
    row("my/close/", "in 200 200 404 404 404"),
    row("my/close/end/", "405 405 405 405 405 405"),
    row("my/close/share/", "in 200 200 404 404 404"),
    row(
        "my/close/share/<uuid:share_id>/back/",
        "405 405 405 405 405 405",
        "my/close/share/{small_share.pk}/back/",
    ),
    row("with/", "in 404 404 404 404 404"),
    row(
        "with/invitation/<str:token>/",
        "200 200 200 200 200 200",
        "with/invitation/{partner_invitation}/",
    ),
    row(
        "with/share/<uuid:share_id>/",
        "in 404 404 404 404 404",
        "with/share/{small_share.pk}/",
    ),
    row("with/listening/<int:number>/", "in 404 404 404 404 404", "with/listening/1/"),
    row(
        "with/<uuid:partner_id>/leave/",
        "405 405 405 405 405 405",
        "with/{tie.pk}/leave/",
    ),
    # --- The desk --------------------------------------------------------------------------------
    row("admin/", "in 403 403 200 200 200"),
    row("admin/login/", "in 403 403 302 302 302"),
    row("admin/logout/", "in 403 403 200 200 200"),
    row("admin/password_change/", "in 403 403 302 302 302"),
    row("admin/your-page/", "in 403 403 200 200 403"),
    row("admin/practice/", "in 403 403 403 403 200"),
    row("admin/practice/export/", "in 403 403 403 403 405"),
    # --- What a colleague lends to the first counsellor, and whom they offer -----------------
    row(
        "admin/staff/<uuid:user_id>/sign-in/",
        "in 403 403 403 403 200",
        "admin/staff/{counsellor.user_id}/sign-in/",
    ),
    *(
        row(
            f"admin/staff/<uuid:user_id>/sign-in/{act}/",
            "in 403 403 405 405 405",
            f"admin/staff/{{counsellor.user_id}}/sign-in/{act}/",
        )
        for act in ("end", "lock")
    ),
    row("admin/odd-access/", "in 403 403 403 403 200"),
    row(
        "admin/odd-access/<uuid:finding_id>/review/",
        "in 403 403 405 405 405",
        "admin/odd-access/{client.pk}/review/",
    ),
    row("admin/staff/sign-out/", "in 403 403 403 403 302"),
    row("admin/emergency/", "in 403 403 200 200 200"),
    row("admin/emergency/open/", "in 403 403 405 405 405"),
    row(
        "admin/emergency/<uuid:access_id>/review/",
        "in 403 403 405 405 405",
        "admin/emergency/{emergency.pk}/review/",
    ),
    row("admin/cover/", "in 403 403 200 200 403"),
    *(
        row(
            f"admin/cover/<uuid:client_id>/{page}",
            "in 403 403 200 404 404",
            f"admin/cover/{{lent.client_id}}/{page}",
        )
        for page in ("", "entries/", "notes/")
    ),
    row(
        "admin/cover/<uuid:client_id>/entries/<uuid:entry_id>/",
        "in 403 403 200 404 404",
        "admin/cover/{lent.client_id}/entries/{lent.pk}/",
    ),
    row(
        "admin/cover/<uuid:client_id>/measures/<instrument:key>/",
        "in 403 403 200 404 404",
        "admin/cover/{lent.client_id}/measures/ed001844d2/",
    ),
    row(
        "admin/handover/<uuid:handover_id>/",
        "in 403 403 200 404 403",
        "admin/handover/{offer.pk}/",
    ),
    *(
        row(
            f"admin/clients/client/<uuid:client_id>/{page}/",
            "in 403 403 200 404 403",
            f"admin/clients/client/{{client.pk}}/{page}/",
        )
        for page in ("agreements", "cover", "handover", "plan", "reach")
    ),
    row(
        "admin/clients/client/<uuid:client_id>/cover/<uuid:cover_id>/end/",
        "in 403 403 405 405 403",
        "admin/clients/client/{client.pk}/cover/{cover.pk}/end/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/agreements/<uuid:request_id>/take-back/",
        "in 403 403 405 405 403",
        "admin/clients/client/{client.pk}/agreements/{asking.pk}/take-back/",
    ),
    row("admin/erasing/", "in 403 403 200 200 200"),
    row("admin/corrections/", "in 403 403 200 200 403"),
    row(
        "admin/corrections/<uuid:correction_id>/",
        "in 403 403 200 404 403",
        "admin/corrections/{correction.pk}/",
    ),
    row(
        "admin/erasing/<uuid:client_id>/",
        "in 403 403 200 404 200",
        "admin/erasing/{client.pk}/",
    ),
    *(
        row(
            f"admin/erasing/<uuid:client_id>/{act}/",
            "in 403 403 405 405 405",
            f"admin/erasing/{{client.pk}}/{act}/",
        )
        for act in ("ask", "undo", "hold")
    ),
    row(
        "admin/erasing/<uuid:client_id>/hold/<uuid:hold_id>/lift/",
        "in 403 403 405 405 405",
        "admin/erasing/{client.pk}/hold/{legal_hold.pk}/lift/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/handover/<uuid:handover_id>/take-back/",
        "in 403 403 405 405 403",
        "admin/clients/client/{client.pk}/handover/{handover.pk}/take-back/",
    ),
    row("admin/measures/", "in 403 403 200 200 403"),
    row("admin/measures/<slug:key>/", "in 403 403 200 200 403", "admin/measures/phq-9/"),
    row(
        "admin/measures/<slug:key>/import/",
        "in 403 403 405 405 403",
        "admin/measures/phq-9/import/",
    ),
    row(
        "admin/measures/<slug:key>/words/", "in 403 403 200 200 403", "admin/measures/phq-9/words/"
    ),
    # Everybody at the desk reads the words of our messages; the manager writes them.
    row("admin/letters/", "in 403 403 200 200 200"),
    row(
        "admin/letters/<str:key>/<str:language>/",
        "in 403 403 200 200 200",
        "admin/letters/consultation_reminder/en-gb/",
    ),
    row(
        "admin/letters/<str:key>/<str:language>/preview/",
        "in 403 403 200 200 200",
        "admin/letters/consultation_reminder/en-gb/preview/",
    ),
    row(
        "admin/letters/<str:key>/<str:language>/ours/",
        "in 403 403 403 403 405",
        "admin/letters/consultation_reminder/en-gb/ours/",
    ),
    row("admin/autocomplete/", "in 403 403 403 403 403"),
    row("admin/jsi18n/", "in 403 403 200 200 200"),
    row("admin/mailbox/", "in 403 403 404 404 404"),
    row("admin/mailbox/<slug:name>/", "in 403 403 404 404 404", "admin/mailbox/mail/"),
    row(
        "admin/mailbox/<slug:name>/<int:number>/",
        "in 403 403 404 404 404",
        "admin/mailbox/mail/1/",
    ),
    row("admin/<app_label>/", "in 403 403 200 200 404", "admin/clients/"),
    row("admin/(?P<url>.*)$", "in 403 403 404 404 404", "admin/nowhere/"),
    row("admin/clients/client/assign/", "in 403 403 405 405 403"),
    row("admin/clients/client/find/", "in 403 403 302 302 403"),
    row("admin/clients/client/rest/", "in 403 403 405 405 403"),
    row("admin/clients/client/views/", "in 403 403 200 200 403"),
    row(
        "admin/clients/client/views/<uuid:view_id>/remove/",
        "in 403 403 405 405 403",
        "admin/clients/client/views/{kept_view.pk}/remove/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/record/",
        "in 403 403 200 404 403",
        "admin/clients/client/{client.pk}/record/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/record/download/",
        "in 403 403 405 405 403",
        "admin/clients/client/{client.pk}/record/download/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/record/withhold/<str:kind>/<uuid:item_id>/",
        "in 403 403 200 404 403",
        "admin/clients/client/{client.pk}/record/withhold/note/{note.pk}/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/record/withheld/<uuid:withholding_id>/lift/",
        "in 403 403 405 405 403",
        "admin/clients/client/{client.pk}/record/withheld/{withheld.pk}/lift/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/assign/",
        "in 403 403 200 404 403",
        "admin/clients/client/{client.pk}/assign/",
    ),
    row(
        # Its own counsellor is asked once more who they are.
        "admin/clients/client/<uuid:client_id>/brief/",
        "in 403 403 302 404 403",
        "admin/clients/client/{client.pk}/brief/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/messages/",
        "in 403 403 200 404 403",
        "admin/clients/client/{client.pk}/messages/",
    ),
    row("admin/reminders/reminder/find/", "in 403 403 302 302 403"),
    row("admin/reminders/reminder/health/", "in 403 403 200 200 200"),
    row(
        "admin/reminders/reminder/health/<slug:channel>/mended/",
        "in 403 403 403 403 405",
        "admin/reminders/reminder/health/email/mended/",
    ),
    *(
        row(
            f"admin/reminders/reminder/<uuid:reminder_id>/{page}/",
            "in 403 403 200 404 403",
            f"admin/reminders/reminder/{{reminder.pk}}/{page}/",
        )
        for page in ("message", "mail", "again")
    ),
    row(
        "admin/clients/client/<uuid:client_id>/talked/",
        "in 403 403 405 405 403",
        "admin/clients/client/{client.pk}/talked/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/entries/<uuid:entry_id>/pin/",
        "in 403 403 405 405 403",
        "admin/clients/client/{client.pk}/entries/{shared.pk}/pin/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/invite/",
        "in 403 403 405 405 403",
        "admin/clients/client/{client.pk}/invite/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/talk/settle/",
        "in 403 403 405 405 403",
        "admin/clients/client/{client.pk}/talk/settle/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/programme/",
        "in 403 403 200 404 403",
        "admin/clients/client/{client.pk}/programme/",
    ),
    row(
        "admin/exercises/programme/<uuid:pk>/give/",
        "in 403 403 200 404 403",
        "admin/exercises/programme/{programme.pk}/give/",
    ),
    row(
        "admin/exercises/programme/<uuid:pk>/do/<slug:change>/",
        "in 403 403 405 405 405",
        "admin/exercises/programme/{programme.pk}/do/copy/",
    ),
    *pages(
        "exercises/programme",
        "{programme.pk}",
        listed="200 200 403",
        add="200 200 403",
        change="200 404 403",
        delete="403 404 403",
    ),
    row(
        "admin/exercises/enrolment/<uuid:pk>/release/<uuid:assignment_id>/",
        "in 403 403 405 405 405",
        "admin/exercises/enrolment/{enrolment.pk}/release/{waiting_assignment.pk}/",
    ),
    row(
        "admin/exercises/enrolment/<uuid:pk>/end/",
        "in 403 403 200 404 403",
        "admin/exercises/enrolment/{enrolment.pk}/end/",
    ),
    *pages(
        "exercises/enrolment",
        "{enrolment.pk}",
        listed="200 200 403",
        add="403 403 403",
        change="200 404 403",
        delete="403 403 403",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/entries/<uuid:entry_id>/",
        "in 403 403 200 404 403",
        "admin/clients/client/{client.pk}/entries/{shared.pk}/",
    ),
    row(
        "admin/clients/client/assign/exercise/",
        "in 403 403 200 404 403",
        "admin/clients/client/assign/exercise/?exercise={version.pk}",
    ),
    row("admin/exercises/assignment/asked/", "in 403 403 405 405 403"),
    *(
        row(
            f"admin/exercises/assignment/<uuid:pk>/{change}/",
            "in 403 403 200 404 403",
            f"admin/exercises/assignment/{{assignment.pk}}/{change}/",
        )
        for change in ("edit", "pause")
    ),
    row(
        "admin/exercises/assignment/<uuid:pk>/do/<slug:change>/",
        "in 403 403 405 405 405",
        "admin/exercises/assignment/{assignment.pk}/do/resume/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/entries/<uuid:entry_id>/response/",
        "in 403 403 405 405 403",
        "admin/clients/client/{client.pk}/entries/{measured.pk}/response/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/measures/<instrument:key>/",
        "in 403 403 200 404 403",
        "admin/clients/client/{client.pk}/measures/ed001844d2/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/progress/",
        "in 403 403 200 404 403",
        "admin/clients/client/{client.pk}/progress/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/progress/events/<uuid:event_id>/",
        "in 403 403 405 405 403",
        "admin/clients/client/{client.pk}/progress/events/{noted.pk}/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/together/",
        "in 403 403 200 404 403",
        "admin/clients/client/{client.pk}/together/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/together/<instrument:key>/",
        "in 403 403 200 404 403",
        "admin/clients/client/{client.pk}/together/ed001844d2/",
    ),
    row(
        "admin/exercises/riskflag/<uuid:pk>/close/",
        "in 403 403 405 405 405",
        "admin/exercises/riskflag/{flag.pk}/close/",
    ),
    *pages(
        "exercises/riskflag",
        "{flag.pk}",
        listed="200 200 403",
        add="403 403 403",
        change="200 404 403",
        delete="403 403 403",
    ),
    row(
        "admin/exercises/assignment/<uuid:pk>/withdraw/",
        "in 403 403 200 404 403",
        "admin/exercises/assignment/{assignment.pk}/withdraw/",
    ),
    *pages(
        "clients/client",
        "{client.pk}",
        listed="200 200 403",
        add="200 200 403",
        change="200 404 403",
        delete="403 403 403",
    ),
    *pages(
        "exercises/assignment",
        "{assignment.pk}",
        listed="200 200 403",
        add="403 403 403",
        change="200 404 403",
        delete="403 403 403",
    ),
    *pages(
        "exercises/entry",
        "{private.pk}",
        listed="200 200 403",
        add="403 403 403",
        change="404 404 403",
        delete="403 403 403",
    ),
    row("admin/exercises/exercise/import/", "in 403 403 200 200 403"),
    *(
        row(
            f"admin/exercises/exercise/<uuid:pk>/{page}/",
            "in 403 403 200 404 403",
            f"admin/exercises/exercise/{{version.exercise_id}}/{page}/",
        )
        for page in ("edit", "download")
    ),
    row(
        "admin/exercises/exercise/<uuid:pk>/do/<slug:change>/",
        "in 403 403 405 405 405",
        "admin/exercises/exercise/{version.exercise_id}/do/copy/",
    ),
    row(
        "admin/exercises/exercise/<uuid:pk>/preview/<slug:which>/<int:number>/",
        "in 403 403 200 404 403",
        "admin/exercises/exercise/{version.exercise_id}/preview/draft/1/",
    ),
    *pages(
        "exercises/exercise",
        "{version.exercise_id}",
        listed="200 200 403",
        add="200 200 403",
        change="200 404 403",
        delete="403 403 403",
    ),
    row("admin/consultations/consultation/calendar/", "in 403 403 200 200 403"),
    row(
        "admin/consultations/consultation/<uuid:pk>/move/",
        "in 403 403 200 404 403",
        "admin/consultations/consultation/{consultation.pk}/move/",
    ),
    row(
        "admin/consultations/consultation/<uuid:pk>/swap/",
        "in 403 403 200 404 403",
        "admin/consultations/consultation/{consultation.pk}/swap/",
    ),
    row(
        "admin/consultations/consultation/<uuid:pk>/do/<slug:change>/",
        "in 403 403 405 405 405",
        "admin/consultations/consultation/{consultation.pk}/do/cancel/",
    ),
    *pages(
        "consultations/consultation",
        "{consultation.pk}",
        listed="200 200 403",
        add="200 200 403",
        change="200 404 403",
        delete="403 403 403",
    ),
    *(
        row(
            f"admin/consultations/series/<uuid:pk>/{change}/",
            "in 403 403 200 404 403",
            f"admin/consultations/series/{{series.pk}}/{change}/",
        )
        for change in ("move", "cancel")
    ),
    *pages(
        "consultations/series",
        "{series.pk}",
        listed="200 200 403",
        add="200 200 403",
        change="200 404 403",
        delete="403 403 403",
    ),
    *pages(
        "consultations/waitingentry",
        "{waiting.pk}",
        listed="200 200 403",
        add="200 200 403",
        change="200 404 403",
        delete="403 403 403",
    ),
    *pages(
        "consultations/service",
        "{service.pk}",
        listed="200 200 403",
        add="200 200 403",
        change="200 404 403",
        delete="403 403 403",
    ),
    *pages(
        "consultations/clientservice",
        "{agreement.pk}",
        listed="200 200 403",
        add="200 200 403",
        change="200 404 403",
        delete="200 404 403",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/notes/",
        "in 403 403 200 404 403",
        "admin/clients/client/{client.pk}/notes/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/notes/<uuid:consultation_id>/",
        "in 403 403 200 404 403",
        "admin/clients/client/{client.pk}/notes/{consultation.pk}/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/notes/<uuid:consultation_id>/autosave/",
        "405 405 405 405 405 405",
        "admin/clients/client/{client.pk}/notes/{consultation.pk}/autosave/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/process-notes/",
        "in 403 403 200 404 403",
        "admin/clients/client/{client.pk}/process-notes/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/process-notes/<uuid:note_id>/",
        "in 403 403 200 404 403",
        "admin/clients/client/{client.pk}/process-notes/{process_note.pk}/",
    ),
    row(
        "admin/clients/client/<uuid:client_id>/process-notes/<uuid:note_id>/autosave/",
        "405 405 405 405 405 405",
        "admin/clients/client/{client.pk}/process-notes/{process_note.pk}/autosave/",
    ),
    *pages(
        "consultations/consultationnote",
        "{note.pk}",
        listed="200 200 403",
        add="403 403 403",
        change="302 404 403",
        delete="403 403 403",
    ),
    *pages(
        "consultations/notetemplate",
        "{note_format.pk}",
        listed="200 200 200",
        add="403 403 200",
        change="200 200 200",
        delete="403 403 403",
    ),
    row("admin/consultations/availabilityrule/copy/", "in 403 403 200 200 403"),
    row("admin/consultations/availabilityrule/clock/", "in 403 403 200 200 403"),
    *pages(
        "consultations/availabilityrule",
        "{rule.pk}",
        listed="200 200 403",
        add="200 200 403",
        change="200 404 403",
        delete="200 404 403",
    ),
    *pages(
        "consultations/availabilityexception",
        "{exception.pk}",
        listed="302 302 403",
        add="200 200 403",
        change="200 404 403",
        delete="200 404 403",
    ),
    row("admin/consultations/importedcalendar/feed/", "in 403 403 405 405 405"),
    row(
        "admin/consultations/importedcalendar/<uuid:pk>/do/<slug:change>/",
        "in 403 403 405 405 405",
        "admin/consultations/importedcalendar/{imported.pk}/do/off/",
    ),
    row(
        "admin/consultations/importedcalendar/<uuid:pk>/remove/",
        "in 403 403 200 404 403",
        "admin/consultations/importedcalendar/{imported.pk}/remove/",
    ),
    *pages(
        "consultations/importedcalendar",
        "{imported.pk}",
        listed="200 200 403",
        add="200 200 403",
        change="200 404 403",
        delete="403 403 403",
    ),
    *pages(
        "reminders/reminder",
        "{reminder.pk}",
        listed="200 200 200",
        add="403 403 403",
        change="200 404 200",
        delete="403 403 403",
    ),
    *pages(
        "accounts/counsellor",
        "{counsellor.pk}",
        listed="200 200 200",
        add="403 403 200",
        change="200 404 200",
        delete="403 403 403",
    ),
    *pages(
        "accounts/practice",
        "1",
        listed="403 403 302",
        add="403 403 200",
        change="403 403 404",
        delete="403 403 403",
    ),
    *pages(
        "accounts/user",
        "{counsellor.user_id}",
        listed="403 403 200",
        add="403 403 200",
        change="403 403 200",
        delete="403 403 403",
    ),
    *pages(
        "audit/accessevent",
        "{event.pk}",
        listed="403 403 200",
        add="403 403 403",
        change="403 403 200",
        delete="403 403 403",
    ),
]
