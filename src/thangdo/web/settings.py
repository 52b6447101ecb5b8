"""Django's settings, made from the one `Configuration`; nothing here reads the environment itself."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from thangdo.web.configuration import read
from thangdo.web.database_url import database

CONFIGURATION = read()
WEB = Path(__file__).resolve().parent

DEBUG = False
# Without a key a process invents one: sessions then end with it. `serve` and the demo write one beside their data.
SECRET_KEY = CONFIGURATION.secret_key or secrets.token_urlsafe(64)
ALLOWED_HOSTS = list(CONFIGURATION.hosts)
ROOT_URLCONF = "thangdo.web.urls"
WSGI_APPLICATION = "thangdo.web.wsgi.application"
DATABASES = {"default": database(CONFIGURATION.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "thangdo.web.ledger",
    "thangdo.web.accounts",
    "thangdo.web.registry",
    "thangdo.web.rounds",
    "thangdo.web.background",
    "thangdo.web.portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "thangdo.web.accounts.reader_language.ReaderLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "thangdo.web.guard.GuardMiddleware",
]

# Jinja2 draws the 2,000 cells of the appraisal matrix several times faster than Django's own templates.
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [WEB / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "thangdo.web.pages.environment",
            "autoescape": True,
            "context_processors": ["thangdo.web.pages.page_context"],
        },
    },
]

# --- people
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["thangdo.web.accounts.sign_in.PasswordBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "/"

# --- cookies and headers
SESSION_ENGINE = "thangdo.web.accounts.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_NAME = "__Host-thangdo" if CONFIGURATION.is_https else "thangdo"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if CONFIGURATION.is_https else "csrf"
CSRF_FAILURE_VIEW = "thangdo.web.portal.failures.stale_form"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIGURATION.is_https
SECURE_HSTS_SECONDS = 31_536_000 if CONFIGURATION.is_https else 0
SECURE_SSL_REDIRECT = CONFIGURATION.is_https
SECURE_REDIRECT_EXEMPT = [r"^song$"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
if CONFIGURATION.is_behind_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
    }
}

# --- language and time
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [WEB / "locale"]
LANGUAGE_COOKIE_NAME = "lang"
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

# --- files
STATIC_URL = "/static/"
# Tokens and fonts are reporting's: pages, published sites and documents look alike.
STATICFILES_DIRS = [WEB / "static", ("type", WEB.parent / "reporting" / "assets")]
# Served from the package itself with a short life: no build step stands between an upgrade and its pages.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600
EVIDENCE_ROOT = CONFIGURATION.evidence
PUBLISHED_ROOT = CONFIGURATION.published
MEGABYTE = 1 << 20
EVIDENCE_LIMIT_BYTES = 50 * MEGABYTE
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * MEGABYTE
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_MAX_MEMORY_SIZE = MEGABYTE

# --- work in the background and mail
WORK_ROOT = CONFIGURATION.root / "work"
WORK_LIMIT_BYTES = 300 * MEGABYTE
_mail = urlsplit(CONFIGURATION.mail_url)
# Without a mail server each mail is a file an operator can look at; nothing leaves the machine.
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if CONFIGURATION.mail_url else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = CONFIGURATION.root / "mail"
EMAIL_HOST = _mail.hostname or ""
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_PORT = _mail.port or (465 if EMAIL_USE_SSL else 25)
EMAIL_USE_TLS = EMAIL_PORT == 587 and not EMAIL_USE_SSL
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = CONFIGURATION.mail_from
# What a mail's links begin with.
PUBLIC_ADDRESS = (
    f"{'https' if CONFIGURATION.is_https else 'http'}://{CONFIGURATION.hosts[0]}" if CONFIGURATION.hosts else ""
)

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
