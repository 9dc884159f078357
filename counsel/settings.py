"""All settings, from the environment. `docs/operate.md` explains each variable."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from counsel import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("COUNSEL_VAR", str(BASE_DIR / "var")))

# --- Secrets and hosts -------------------------------------------------------------------
DEBUG = env.flag("COUNSEL_DEBUG", default=False)
SECRET_KEY = env.text("COUNSEL_SECRET_KEY")
if len(SECRET_KEY) < 40:
    raise ImproperlyConfigured("COUNSEL_SECRET_KEY must have at least 40 characters")
# Clinical text has its own keyring: rotating SECRET_KEY must never make it unreadable.
CONTENT_KEYS = env.content_keys("COUNSEL_CONTENT_KEYS")
BASE_URL = env.text("COUNSEL_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.words("COUNSEL_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
HTTPS = BASE_URL.startswith("https://")
PRACTICE_NAME = env.text("COUNSEL_PRACTICE_NAME", "Counsel")
HELP_LINES_FILE = Path(
    env.text("COUNSEL_HELP_LINES_FILE", str(BASE_DIR / "counsel" / "help_lines.toml"))
)
# Whose numbers stand first on "Get help now": codes of `counsel/help_countries.toml`.
HELP_COUNTRIES = [code.upper() for code in env.words("COUNSEL_HELP_COUNTRIES")]
# Where "Leave quickly" leads; without it, to an empty page of ours.
LEAVE_TO = env.address("COUNSEL_LEAVE_TO")

# --- Applications ------------------------------------------------------------------------
INSTALLED_APPS = [
    "counsel.desk.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "counsel.common",
    "counsel.accounts",
    "counsel.audit",
    "counsel.keys",
    "counsel.reminders",
    "clients",
    "sessions",
    "exercises",
    "counsel.desk",
    "counsel.records",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "counsel.common.middleware.RequestIdMiddleware",
    "counsel.common.middleware.Utf8Middleware",
    "counsel.common.middleware.PublicHelpMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "counsel.accounts.log_off.LogOffMiddleware",
    "counsel.common.wall.WallMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "counsel.accounts.gate.SecondLockMiddleware",
    "counsel.common.middleware.ReaderZoneMiddleware",
    "counsel.common.middleware.PrivateCacheMiddleware",
    "counsel.common.middleware.SealedMiddleware",
    "counsel.audit.middleware.NotRecordedMiddleware",
]

ROOT_URLCONF = "counsel.urls"
WSGI_APPLICATION = "counsel.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "counsel.common.context.practice",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Database, cache, files --------------------------------------------------------------
DATABASES = {
    "default": env.database(env.text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'counsel.sqlite3'}"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL", "")
# Rate limits and used sign-in codes live in the cache, so all processes must share it.
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "cache",
            # Django's 300 would push a used code out after a few hundred strangers' tries.
            "OPTIONS": {"MAX_ENTRIES": 10_000},
        }
    )
}

# Who was erased, so that an old backup brings nobody back: best on a disk of its own.
TOMBSTONES_FILE = Path(env.text("COUNSEL_TOMBSTONES", str(VAR_DIR / "tombstones.jsonl")))

STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("COUNSEL_STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- People and sign-in ------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
# The e-mail address is unique ignoring case, by the constraint accounts_user_email_once.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
ACCOUNT_LOGOUT_REDIRECT_URL = "front"

ACCOUNT_ADAPTER = "counsel.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "counsel.accounts.forms.LoginForm",
    "request_login_code": "counsel.accounts.forms.RequestLoginCodeForm",
    "confirm_login_code": "counsel.accounts.forms.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "counsel.accounts.forms.ConfirmEmailVerificationCodeForm",
    "reauthenticate": "counsel.accounts.forms.ReauthenticateForm",
    "change_password": "counsel.accounts.forms.ChangePasswordForm",
    "set_password": "counsel.accounts.forms.SetPasswordForm",
    "reset_password": "counsel.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "counsel.accounts.forms.ResetPasswordKeyForm",
    "confirm_password_reset_code": "counsel.accounts.forms.ConfirmPasswordResetCodeForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Codes, never links: nothing to click in a mail, and nothing a mail scanner could use up.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
# Mail may be slow: seconds, for codes of each kind.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Seconds for which somebody need not prove again who they are.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_SESSION_REMEMBER = True
# A sign-in nobody uses ends after so long; every one ends after 12 hours (staff) or 7 days.
STAFF_IDLE_MINUTES = env.between("COUNSEL_STAFF_IDLE_MINUTES", 15, least=2, most=60)
CLIENT_IDLE_MINUTES = env.between("COUNSEL_CLIENT_IDLE_MINUTES", 60, least=5, most=240)
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Beside allauth's own: bookings by visitors, from one connection and for one e-mail address; and
# how often one connection has an address written to, and a time kept, that may not be theirs.
# Codes to an address for messages: for one client, and to one mailbox or number. Notifications
# that a client has sent to their own devices to see them.
ACCOUNT_RATE_LIMITS = {
    "book": "20/10m/ip,10/h/key",
    "ask": "10/h/ip,30/d/ip",
    "address": "6/h/key,15/d/key",
    "notify": "6/10m/user",
    # Mail providers stop mails for many people from one address, so each link counts by itself.
    "stop": "20/h/key",
    "stop_unknown": "30/10m/ip",
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
MFA_ADAPTER = "counsel.accounts.second_step.SecondStepAdapter"
MFA_FORMS = {"add_webauthn": "counsel.accounts.second_step.AddPasskeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = PRACTICE_NAME
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("COUNSEL_TRUSTED_PROXIES", 0)

# --- Language and time -------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["counsel.formats"]
TIME_ZONE = "UTC"
USE_TZ = True

# --- Mail --------------------------------------------------------------------------------
_mail = env.mail(env.text("COUNSEL_MAIL_URL", f"files://{VAR_DIR / 'mail'}"))
EMAIL_BACKEND: str = _mail.pop("EMAIL_BACKEND")
ANYMAIL: dict[str, Any] = _mail.pop("ANYMAIL", {})
globals().update(_mail)
EMAIL_TIMEOUT = 20
# What a provider must send along when it tells what became of a mail; without it nobody may.
_webhook_secret = env.webhook_secret("COUNSEL_WEBHOOK_SECRET")
ANYMAIL["REQUESTS_TIMEOUT"] = EMAIL_TIMEOUT
if _webhook_secret:
    ANYMAIL["WEBHOOK_SECRET"] = _webhook_secret
# Neither the sender's name nor the host of the links may say what the mail is about.
DEFAULT_FROM_EMAIL = env.text("COUNSEL_MAIL_FROM", "Appointments <appointments@localhost>")

# --- Texts and notifications -------------------------------------------------------------
# Without an address to hand them to there are no texts, without a key no notifications.
SMS_URL = env.bridge("COUNSEL_SMS_URL")
SMS_TOKEN = env.text("COUNSEL_SMS_TOKEN", "" if not SMS_URL else None)
SMS_FROM = env.text("COUNSEL_SMS_FROM", "")
VAPID_KEY = env.vapid_key("COUNSEL_VAPID_KEY")
VAPID_CONTACT = env.contact("COUNSEL_VAPID_CONTACT") if VAPID_KEY else ""

# Told after each run of the sender that all is well; who watches it hears when nothing runs.
PING_URL = env.bridge("COUNSEL_PING_URL")
# Whoever shows it reads at /health/ready which part does not work; without it nobody does.
HEALTH_TOKEN = env.text("COUNSEL_HEALTH_TOKEN", "")
if HEALTH_TOKEN and len(HEALTH_TOKEN) < 20:
    raise ImproperlyConfigured("COUNSEL_HEALTH_TOKEN must have at least 20 characters")

# --- Celery ------------------------------------------------------------------------------
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    # What a lost worker had fetched and not begun goes to another; see the three in Celery's
    # manual: each must say the same.
    CELERY_VISIBILITY_TIMEOUT = 300
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "visibility_timeout": CELERY_VISIBILITY_TIMEOUT,
        "socket_keepalive": True,
    }
    CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": CELERY_VISIBILITY_TIMEOUT}
else:
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "broker"),
        "data_folder_out": str(VAR_DIR / "broker"),
        "control_folder": str(VAR_DIR / "broker" / "control"),
    }
# A worker waits for its broker for ever: one that gave up would send nothing any more.
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
# Below the reminders' lease, so that a stuck worker never overlaps the one that takes over.
CELERY_TASK_TIME_LIMIT = 240
CELERY_TASK_SOFT_TIME_LIMIT = 210
# For a worker that is told to quit at once (SIGQUIT): a message is finished first.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30.0
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    # A tick that waited longer than a minute is worth nothing: the next one does its work.
    "reminders": {
        "task": "counsel.reminders.tasks.tick",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    # What time alone brings about is written by another task: a slow one delays no mail.
    "plans": {
        "task": "counsel.reminders.tasks.plan",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    # Each calendar is read every quarter of an hour; a new one, or one asked for, at once.
    "calendars": {
        "task": "sessions.tasks.calendars_fetch",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    # Whose time has come is erased within a day of it.
    "erasures": {
        "task": "counsel.records.tasks.erase",
        "schedule": 12 * 3600.0,
        "options": {"expires": 12 * 3600},
    },
}

# --- Browser walls -----------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
# Nothing leaves for other sites. Not "no-referrer": under it browsers send "Origin: null" with
# our own forms, and the CSRF check refuses every one.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
# Asked from inside, past the proxy that speaks https.
SECURE_REDIRECT_EXEMPT = [r"^health/(live|ready)$"]
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
)
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 7 * 24 * 3600
CSRF_TRUSTED_ORIGINS = [BASE_URL] if HTTPS else []
# Words that were sent with a token gone stale come back to whoever wrote them.
CSRF_FAILURE_VIEW = "counsel.common.keeps_words.csrf_failure"

# --- Logs: what happened, never what was written -----------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "counsel.common.logs.QuietFormatter",
            "fmt": "{asctime} {levelname} {name} {message}",
            "style": "{",
            "with_words": DEBUG,
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Django's own would mail a whole request, with all that was typed, to the administrators.
    "loggers": {
        "django": {"handlers": []},
        # Its warnings name whole addresses, and whoever knows a calendar's can read it.
        "urllib3": {"level": "ERROR"},
        # Of each PDF they tell every step; their warnings quote what stands in it.
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
}
