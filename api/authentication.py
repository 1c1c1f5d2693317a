"""Signing in to the API by a key: `Authorization: Bearer cnd_<key id>_<secret>`."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import timedelta

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from api.queries import key_by_id
from api.services import note_key_use
from businesses.models import ApiKey, Business
from lib.limits import client_address, take
from lib.tenancy import for_service

KEY = re.compile(r"cnd_([a-z0-9]{1,16})_([0-9a-f]{16,64})")
FAILED_ATTEMPTS = "30/minute"
# The time of last use is for people; to the minute is enough, and most calls then write nothing.
USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class KeyHolder:
    """Whoever holds a key: acts for one business, within the key's scopes."""

    key: ApiKey
    business: Business
    is_authenticated: bool = True


class ApiKeyAuthentication(BaseAuthentication):
    """Unknown, revoked and expired keys look the same."""

    def authenticate(self, request: Request) -> tuple[KeyHolder, ApiKey] | None:
        """The holder of the key in the header; None without such a header."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        key = self._key(token.strip())
        if key is None:
            take(
                what="api-sign-in",
                who=client_address(request),
                at_most=FAILED_ATTEMPTS,
                message="Too many calls with a key that does not work. Wait a minute.",
            )
            raise AuthenticationFailed("This key does not work: unknown, revoked or expired.")
        return KeyHolder(key=key, business=key.business), key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 says about how to sign in."""
        return "Bearer"

    def _key(self, token: str) -> ApiKey | None:
        parts = KEY.fullmatch(token)
        if parts is None:
            return None
        with for_service("whose API key is this?") as now:
            key = key_by_id(parts[1])
            given = hashlib.sha256(parts[2].encode()).hexdigest()
            if key is None or not hmac.compare_digest(given, key.secret_hash):
                return None
            if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
                return None
            if key.last_used_at is None or now - key.last_used_at >= USE_NOTED_EVERY:
                note_key_use(key=key, now=now)
            return key
