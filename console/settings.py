"""Every setting of the console, from the environment; production is the default (docs/settings.md)."""

import base64
import binascii
import os
import stat
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from console.first_start import BASE_DIR, data_dir, key_file

VERSION = "0.1.0"
env = environ.FileAwareEnv()


def secret(name: str) -> str:
    """Return the secret `name` from `NAME`, the file `NAME_FILE`, or the key that `manage.py up` made.

    Raises ImproperlyConfigured, which names the setting and never its value.
    """
    path = os.environ.get(f"{name}_FILE") or ("" if os.environ.get(name) else str(key_file(name)))
    if path and Path(path).is_file():
        if stat.S_IMODE(Path(path).stat().st_mode) & stat.S_IROTH:
            raise ImproperlyConfigured(f"{name}: the key file is readable by everyone; chmod 600 it.")
        value = Path(path).read_text().strip()
    else:
        value = os.environ.get(name, "")
    if len(value) < 32:
        raise ImproperlyConfigured(
            f"{name} is not set, or is shorter than 32 characters. Set {name} or {name}_FILE, or start with `make run`."
        )
    return value


def encryption_keys(text: str) -> list[bytes]:
    """Return the AES-256 keys of `ENCRYPTION_KEYS`: comma-separated URL-safe base64 of 32 bytes each, newest first."""
    try:
        keys = [base64.urlsafe_b64decode(part.strip()) for part in text.split(",") if part.strip()]
    except (ValueError, binascii.Error):
        keys = []
    if not keys or any(len(key) != 32 for key in keys):
        raise ImproperlyConfigured("ENCRYPTION_KEYS: each key must be URL-safe base64 of exactly 32 bytes.")
    return keys


# Where things are
DATA_DIR = data_dir()
DATA_DIR.mkdir(parents=True, exist_ok=True)
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
DEBUG = env.bool("DEBUG", default=False)
SECURE = env.bool("SECURE", default=False)
DEMO = env.bool("DEMO", default=False)
SIMULATOR_URL = env.str("SIMULATOR_URL", default="")
SIMULATOR_KEY = env.str("SIMULATOR_KEY", default="")
LOCAL_MODEL_URL = env.str("LOCAL_MODEL_URL", default="")
LOCAL_MODEL_KEY = env.str("LOCAL_MODEL_KEY", default="")

# Secrets
SECRET_KEY = secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ENCRYPTION_KEYS = encryption_keys(secret("ENCRYPTION_KEYS"))
if secret("ENCRYPTION_KEYS") == SECRET_KEY:
    raise ImproperlyConfigured("ENCRYPTION_KEYS must not be the SECRET_KEY.")

# Web
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "console.urls"
ASGI_APPLICATION = "console.asgi.application"
INSTALLED_APPS = [
    "console",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "servestatic.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "template_partials",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "console.middleware.ResponseHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "console.middleware.HealthMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "console.middleware.FetchMetadataMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "console.middleware.AuditSceneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "console.middleware.UpstreamErrorMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "console.context.frame",
            ],
            "builtins": ["console.templatetags.console_ui", "template_partials.templatetags.partials"],
        },
    }
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# Database: SQLite in DATA_DIR, or DATABASE_URL
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'console.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["CONN_MAX_AGE"] = (
        None  # a file that is closed by its last reader is tidied up at once
    )
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA journal_size_limit=27103364",
    }
else:
    DATABASES["default"]["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=10)}
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Broker and cache: files in DATA_DIR, or REDIS_URL
REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": env.cache_url("REDIS_URL")
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(DATA_DIR / "cache"),
    }
}

# Accounts
AUTH_USER_MODEL = "console.User"
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
LOGIN_REDIRECT_URL = "overview"
ACCOUNT_ADAPTER = "console.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = f"{'__Host-' if SECURE else ''}console-session-{PORT}"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_NAME = f"{'__Host-' if SECURE else ''}console-csrf-{PORT}"
CSRF_FAILURE_VIEW = "console.views.errors.csrf_failure"

# Browser security
if SECURE:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
SILENCED_SYSTEM_CHECKS = ["security.W008"]  # TLS ends at the reverse proxy, which also redirects http

# Static files
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "console.static_storage.Storage"},
}
SERVESTATIC_AUTOREFRESH = DEBUG
SERVESTATIC_USE_FINDERS = DEBUG

# Uploads
UPLOAD_QUOTA = env.int("UPLOAD_QUOTA", default=10 * 1024**3)
UPLOAD_QUOTA_PER_WORKSPACE = env.int("UPLOAD_QUOTA_PER_WORKSPACE", default=UPLOAD_QUOTA)
UPLOAD_QUOTA_PER_PERSON = env.int("UPLOAD_QUOTA_PER_PERSON", default=5 * 1024**3)

# Language and time
LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# Playground
PLAYGROUND_MAX_PANES = 8
PLAYGROUND_RUNS_PER_USER = env.int("PLAYGROUND_RUNS_PER_USER", default=16)
PLAYGROUND_RUNS = env.int("PLAYGROUND_RUNS", default=400)

# Logs: one line a record on standard error
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "console.logs.LineFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "httpx": {"level": "WARNING"},
        "azure": {"level": "WARNING"},
        "azure_genai_prices": {"level": "WARNING"},
        "msal": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
        "kombu": {"level": "ERROR"},
        "uvicorn": {"level": "WARNING"},
    },
}
