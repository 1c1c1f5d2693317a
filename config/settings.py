"""Every setting of Candor on one page. Environment variables are listed in docs/operating.md; a test compares."""

import base64
import hashlib
import logging
import sys
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from csp.constants import NONCE, NONE, SELF

from lib.env import database_login, env_bool, env_int, env_list, env_str

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Where this installation lives -----------------------------------------------------------------------------------
LOCAL = env_bool("CANDOR_LOCAL")  # The run on a laptop: /dev/ pages exist, cookies travel over http.
CANDOR_URL = env_str("CANDOR_URL", "http://localhost:8000").rstrip("/")
DATA_DIR = Path(env_str("CANDOR_DATA", str(BASE_DIR / ".data")))
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", (urlsplit(CANDOR_URL).hostname or "localhost", "localhost", "127.0.0.1"))
CSRF_TRUSTED_ORIGINS = [CANDOR_URL]
CSRF_FAILURE_VIEW = "config.errors.csrf_failed"
DEBUG = False

# --- Secrets ---------------------------------------------------------------------------------------------------------
SECRET_KEY = env_str("SECRET_KEY")


def _derived(purpose: str) -> bytes:
    return hashlib.sha256(f"candor {purpose} {SECRET_KEY}".encode()).digest()


# Mailed links are made from this key; a new one ends every link that is out there.
LINK_KEY = bytes.fromhex(env_str("LINK_KEY")) or _derived("links")
# Fernet keys that seal what customers trust us with; the first seals, all of them open.
SEALING_KEYS = env_list("SEALING_KEYS") or [base64.urlsafe_b64encode(_derived("sealing")).decode()]

# --- What is installed -----------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "lib",
    "config",
    "businesses",
    "billing",
    "surveys",
    "invitations",
    "reviews",
    "trustscore",
    "integrations",
    "links",
    "widgets",
    "dashboard",
    "api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_standardized_errors",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.HookLane",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.NulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.DomainErrorMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "config.jinja.environment",
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
    {
        # Behind Jinja2, for what the libraries bring along.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

# --- PostgreSQL: one alias, two logins (lib.tenancy.as_owner swaps them for migrations) -----------------------------
_LOGIN = database_login("DATABASE_URL", env_str("DATABASE_URL", "postgresql://candor_app@localhost/candor"))
_OWNER = database_login(
    "DATABASE_OWNER_URL", env_str("DATABASE_OWNER_URL", "postgresql://candor_owner@localhost/candor")
)
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **_LOGIN,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5},
    }
}
DATABASE_OWNER = {key: _OWNER[key] for key in ("USER", "PASSWORD", "HOST", "PORT")}

# --- Valkey: cache, limits, and Celery's clockwork; nothing in it is missed when it is flushed ----------------------
REDIS_URL = env_str("REDIS_URL", "redis://localhost:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")

# --- Mail ------------------------------------------------------------------------------------------------------------
_SMTP = urlsplit(env_str("EMAIL_URL", "smtp://localhost:2525"))
EMAIL_HOST = _SMTP.hostname or "localhost"
EMAIL_PORT = _SMTP.port or 25
EMAIL_HOST_USER = _SMTP.username or ""
EMAIL_HOST_PASSWORD = _SMTP.password or ""
EMAIL_USE_TLS = _SMTP.scheme == "smtp+tls"
EMAIL_USE_SSL = _SMTP.scheme == "smtps"
EMAIL_TIMEOUT = env_int("EMAIL_TIMEOUT", 30)
MAIL_DOMAIN = env_str("MAIL_DOMAIN", urlsplit(CANDOR_URL).hostname or "localhost")
DEFAULT_FROM_EMAIL = env_str("MAIL_FROM", f"Candor <surveys@{MAIL_DOMAIN}>")

# --- People ----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "businesses.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]  # Who wants no password signs in by mailed code.
ACCOUNT_ADAPTER = "businesses.account_adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "businesses.account_forms.LoginForm",
    "signup": "businesses.account_forms.SignupForm",
    "add_email": "businesses.account_forms.AddEmailForm",
    "change_password": "businesses.account_forms.ChangePasswordForm",
    "set_password": "businesses.account_forms.SetPasswordForm",
    "reset_password": "businesses.account_forms.ResetPasswordForm",
    "reset_password_from_key": "businesses.account_forms.ResetPasswordKeyForm",
    "request_login_code": "businesses.account_forms.RequestLoginCodeForm",
    "confirm_login_code": "businesses.account_forms.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "businesses.account_forms.ConfirmEmailVerificationCodeForm",
    "confirm_password_reset_code": "businesses.account_forms.ConfirmPasswordResetCodeForm",
    "reauthenticate": "businesses.account_forms.ReauthenticateForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True  # A change of password, address or second factor is told by mail.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(CANDOR_URL).scheme
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Candor"
MFA_ADAPTER = "businesses.account_adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "businesses.account_forms.AuthenticateForm",
    "reauthenticate": "businesses.account_forms.ReauthenticateWithCodeForm",
    "activate_totp": "businesses.account_forms.ActivateTOTPForm",
    "add_webauthn": "businesses.account_forms.AddWebAuthnForm",
    "edit_webauthn": "businesses.account_forms.EditWebAuthnForm",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/app/"

# --- Words and time --------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("sv", "Svenska")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# --- Files -----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env_str("MEDIA_ROOT", str(DATA_DIR / "media")))
# The transparency log: public files for any web server to serve, and the key that signs them, which no backup of the
# database holds.
LEDGER_DIR = Path(env_str("LEDGER_DIR", str(DATA_DIR / "ledger")))
LEDGER_KEY_FILE = Path(env_str("LEDGER_KEY_FILE", str(DATA_DIR / "ledger.key")))
# Witnesses (docs/witnessing.md): whom the log asks, whose logs are cosigned here, and the key for that.
LEDGER_POLICY_FILE = Path(env_str("LEDGER_POLICY_FILE", str(DATA_DIR / "ledger.policy")))
LEDGER_WITNESSED_FILE = Path(env_str("LEDGER_WITNESSED_FILE", str(DATA_DIR / "ledger.witnessed")))
LEDGER_WITNESS_KEY_FILE = Path(env_str("LEDGER_WITNESS_KEY_FILE", str(DATA_DIR / "witness.key")))
HASHED_STATIC = env_bool("HASHED_STATIC")  # After collectstatic; the local run serves the folders as they are.
STATIC_ROOT = Path(env_str("STATIC_ROOT", str(BASE_DIR / "staticfiles"))) if HASHED_STATIC else None
WHITENOISE_USE_FINDERS = not HASHED_STATIC
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- Money: without a key nobody is charged and everybody has all features -------------------------------------------
STRIPE_SECRET_KEY = env_str("STRIPE_SECRET_KEY")
STRIPE_WEBHOOK_SECRET = env_str("STRIPE_WEBHOOK_SECRET")
STRIPE_PRICE_TEAM = env_str("STRIPE_PRICE_TEAM")
STRIPE_PRICE_BUSINESS = env_str("STRIPE_PRICE_BUSINESS")
STRIPE_API_ADDRESS = env_str("STRIPE_API_ADDRESS")

# --- Security --------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        # Stripe's own pages, to which the buttons of the plan page lead on.
        "form-action": [SELF, "https://checkout.stripe.com", "https://billing.stripe.com"]
        if STRIPE_SECRET_KEY
        else [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT", not LOCAL)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env_int("SECURE_HSTS_SECONDS", 0 if LOCAL else 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = not LOCAL
SECURE_HSTS_PRELOAD = not LOCAL
SESSION_COOKIE_SECURE = not LOCAL
CSRF_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_AGE = 14 * 24 * 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# Outgoing calls reach public addresses only; a helpdesk in the same network needs this.
ALLOW_PRIVATE_ADDRESSES = env_bool("ALLOW_PRIVATE_ADDRESSES", LOCAL)

# --- API -------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "UNAUTHENTICATED_USER": None,
}
DRF_STANDARDIZED_ERRORS = {"EXCEPTION_HANDLER_CLASS": "api.errors.Handler"}
SPECTACULAR_SETTINGS = {"TITLE": "Candor", "VERSION": "1", "SERVE_INCLUDE_SCHEMA": False}

# --- Log -------------------------------------------------------------------------------------------------------------
LOG_LEVEL = env_str("LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"without_secrets": {"()": "lib.logs.WithoutSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_secrets"]}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
structlog.configure(
    wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[LOG_LEVEL]),
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])
        if LOCAL
        else structlog.processors.JSONRenderer(),
    ],
    # Not on standard output, which belongs to what a command says.
    logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
)
