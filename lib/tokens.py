"""Tokens in mailed links: written again for a retry or a reminder, never kept, easily revoked.

A token is computed from its purpose, its row and a generation, so that the same link can be
mailed twice, and raising the generation revokes it. The database keeps only its hash.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from enum import StrEnum

_TOKEN_BYTES = 24
_LEAST_KEY_BYTES = 32


class Purpose(StrEnum):
    """What a link is for; a token of one purpose opens nothing of another."""

    ANSWER = "answer"
    REVIEW_EDIT = "review_edit"
    UNSUBSCRIBE = "unsubscribe"
    RECEIPT = "receipt"
    CONFIRM_REVIEW = "confirm_review"
    JOIN_TEAM = "join_team"


def token_for(*, key: bytes, purpose: Purpose, row: str, generation: int) -> str:
    """Return the token of a row: 24 bytes of HMAC-SHA256, as 32 characters of base64url.

    The parts are length-prefixed, so that no two different sets of them make the same message.
    Raises ValueError for a key under 32 bytes, an empty row or a negative generation.
    """
    if len(key) < _LEAST_KEY_BYTES:
        raise ValueError(f"the key of tokens has at least {_LEAST_KEY_BYTES} bytes, not {len(key)}")
    if not row:
        raise ValueError("a token belongs to a row")
    if generation < 0:
        raise ValueError(f"a generation is never negative, as {generation} is")
    parts = [part.encode() for part in ("candor-token/1", purpose.value, row, str(generation))]
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return urlsafe_b64encode(hmac.digest(key, message, "sha256")[:_TOKEN_BYTES]).decode()


def token_hash(token: str) -> str:
    """Return what the database keeps of a token, and finds it by: its SHA-256 in hex."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
