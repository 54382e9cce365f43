"""All settings, in one file. What an operator may change is read from the environment (docs/operating.md).

KVARTER_HOME          folder for database, secret key and collected files (default: ./var)
KVARTER_DATABASE_URL  postgres://user:password@host:port/name (default: SQLite in KVARTER_HOME)
KVARTER_ANSWERS_URL   the database of answers to surveys, apart from the other (default: the same server's, with
                      _answers behind its name; or SQLite in KVARTER_HOME)
KVARTER_SURVEY_KEY_FILE  file with the key that seals who is asked in a survey (default: KVARTER_HOME/survey-key)
KVARTER_WAVE_KEYS     folder with the keys of open waves, which must be in no backup (default: KVARTER_HOME/wave-keys)
KVARTER_PRODUCTION    1 turns on secure cookies, hashed file names
KVARTER_HOSTS         names the site answers to, separated by commas
KVARTER_ADDRESS       the site's public address, used in mail, calendars and documents
KVARTER_SECRET_KEY    signing key (default: made once and kept in KVARTER_HOME)
KVARTER_MAIL_URL      smtp://user:password@host:port, smtps:// for implicit TLS; folder: writes it to a folder
                      (default: folder: for practice; production does not start without a choice)
KVARTER_MAIL_FROM     sender of the site's mail
KVARTER_STATBANK_URL  address of Statistics Denmark's StatBank API; without it no request goes out (default: none)
KVARTER_MAP_TILES     address of raster tiles under the map, with {z}, {x} and {y} (default: none, nothing is fetched)
KVARTER_MAP_CREDIT    who made the tiles, which is shown on the map (default: none)
KVARTER_PROXIES       how many proxies stand in front, each adding to X-Forwarded-For (default: 1 with https, else 0)
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote

from csp.constants import NONE, SELF

from kvarter.config.home import answers_address, database, mail_server, secret_key, survey_key, survey_key_file
from kvarter.config.masking import mask_codes
from kvarter.config.private import make_private

PACKAGE = Path(__file__).resolve().parent.parent
CHECKOUT = PACKAGE.parent.parent
HOME = Path(os.environ.get("KVARTER_HOME", "var")).resolve()
make_private(HOME)
mask_codes()
PRODUCTION = os.environ.get("KVARTER_PRODUCTION") == "1"

DEBUG = False
SECRET_KEY = os.environ.get("KVARTER_SECRET_KEY") or secret_key(HOME)
ALLOWED_HOSTS = [name for name in os.environ.get("KVARTER_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if name]
ADDRESS = os.environ.get("KVARTER_ADDRESS", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}").rstrip("/")
CSRF_TRUSTED_ORIGINS = [ADDRESS]
_DATABASE_URL = os.environ.get("KVARTER_DATABASE_URL", "")
DATABASES = {
    "default": database(_DATABASE_URL, HOME),
    "answers": database(os.environ.get("KVARTER_ANSWERS_URL") or answers_address(_DATABASE_URL), HOME, "answers"),
}
DATABASE_ROUTERS = ["kvarter.surveys.answers.router.AnswersApart"]
SURVEY_KEY_FILE = survey_key_file(HOME)
SURVEY_KEY = survey_key(SURVEY_KEY_FILE)
WAVE_KEYS = Path(os.environ.get("KVARTER_WAVE_KEYS") or HOME / "wave-keys").resolve()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "kvarter.journal",
    "kvarter.people",
    "kvarter.places",
    "kvarter.agreements",
    "kvarter.surveys",
    "kvarter.surveys.answers",
    "kvarter.evidence",
    "kvarter.web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rules",
    "csp",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "kvarter.web.middleware.RefusalMiddleware",
]
ROOT_URLCONF = "kvarter.config.urls"
WSGI_APPLICATION = "kvarter.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kvarter.web.context.shell",
            ]
        },
    }
]
STATBANK_URL = os.environ.get("KVARTER_STATBANK_URL", "")
MAP_TILES = os.environ.get("KVARTER_MAP_TILES", "")
MAP_CREDIT = os.environ.get("KVARTER_MAP_CREDIT", "")
FORM_RENDERER = "kvarter.web.forms_look.KvarterRenderer"

# What all workers must know together, as how often someone tried to sign in, is in the database; laid-out passages of
# sealed versions are quickest in each worker's own memory.
CACHE_TABLE = "kvarter_cache"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": CACHE_TABLE,
        # With Django's 300, someone who tries from many addresses would push out what is counted of the others.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "template_fragments": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

# Danish first: a path without prefix is Danish whatever the browser asks for, /en/ is English.
LANGUAGE_CODE = "da"
LANGUAGES = [("da", "Dansk"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = "kvarter.config.formats"
USE_TZ = True
TIME_ZONE = "Europe/Copenhagen"

FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700  # of collected files too
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static" if PRODUCTION else None  # collected for production alone
# A wheel carries the front-end packages inside; a checkout has them from `npm ci`.
_FRONT_END = [
    (name, (PACKAGE / "frontend" / name, CHECKOUT / "node_modules" / package / "dist"))
    for name, package in (("dkfds", "dkfds"), ("maplibre", "maplibre-gl"))
]
STATICFILES_DIRS = [(name, folder) for name, places in _FRONT_END for folder in places if folder.is_dir()]
# Fonts with letters that Typst has none of, in the same two places.
_FONTS = (PACKAGE / "frontend" / "fonts", CHECKOUT / "node_modules" / "@expo-google-fonts" / "vazirmatn")
FONT_FOLDERS = [folder / "400Regular" for folder in _FONTS if folder.is_dir()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # the import review shows every clause of a long agreement as a form

# Accounts: nobody signs up; one is invited, and signs in by a code sent by mail or by a password.
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my_tasks"
LOGOUT_REDIRECT_URL = "front"
ACCOUNT_ADAPTER = "kvarter.people.accounts.InvitationOnly"
ACCOUNT_FORMS = {
    "login": "kvarter.people.account_forms.LoginForm",
    "reset_password": "kvarter.people.account_forms.ResetPasswordForm",
    "request_login_code": "kvarter.people.account_forms.RequestLoginCodeForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # what the login form asks for follows from this too
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION = "none"  # the invitation itself went to the address
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Kvarter"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION and ADDRESS.startswith("https://")
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("KVARTER_PROXIES", "1" if SESSION_COOKIE_SECURE else "0"))
SECURE_HSTS_SECONDS = 31_536_000 if SESSION_COOKIE_SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SESSION_COOKIE_SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

_MAIL = mail_server(os.environ.get("KVARTER_MAIL_URL", ""))
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if _MAIL.hostname
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = HOME / "mail"
EMAIL_HOST = _MAIL.hostname or ""
EMAIL_PORT = _MAIL.port or (465 if _MAIL.scheme == "smtps" else 25)
EMAIL_HOST_USER = unquote(_MAIL.username or "")
EMAIL_HOST_PASSWORD = unquote(_MAIL.password or "")
EMAIL_USE_SSL = _MAIL.scheme == "smtps"
EMAIL_USE_TLS = _MAIL.scheme == "smtp" and bool(_MAIL.username)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("KVARTER_MAIL_FROM", "kvarter@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
