"""How often somebody may do something, counted in Valkey; when it is flushed or away, nobody is held up."""

import hashlib
import ipaddress
from functools import cache

import structlog
from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from lib.errors import TooManyRequests

log = structlog.get_logger()


def take(*, what: str, who: str, at_most: str, message: str) -> None:
    """Counts one `what` by `who`, and raises TooManyRequests with `message` when that is more than `at_most`.

    `at_most` is written like "5/hour". `who` may be personal; only a hash of it is kept, until the window ends.
    """
    key = hashlib.sha256(who.encode(errors="surrogatepass")).hexdigest()
    try:
        within = _limiter().hit(_rate(at_most), what, key)
    except StorageError as error:
        log.warning("limit_not_counted", what=what, error=type(error).__name__)
        return
    if not within:
        raise TooManyRequests(message)


def client_address(request: HttpRequest) -> str:
    """Where the request comes from: the peer, or what a proxy in our own network says it is."""
    peer: str = request.META.get("REMOTE_ADDR", "")
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    return forwarded if forwarded and not _is_global(peer) else peer


def _is_global(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


@cache
def _rate(words: str) -> RateLimitItem:
    return parse(words)


@cache
def _limiter() -> FixedWindowRateLimiter:
    address = settings.REDIS_URL.replace("unix://", "redis+unix://", 1)
    return FixedWindowRateLimiter(storage_from_string(address, wrap_exceptions=True))
