"""Commitments of the ledger (`candor-ledger/1`): what is said is fixed, and can still be forgotten.

A commitment is a salted hash of a review's contents. Whoever holds the salt and the value can
show that nothing was changed; once both are erased, the hash means nothing to anybody.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

SALT_BYTES = 32

_LEDGER = b"candor-ledger/1 "
_EPOCH = date(1970, 1, 1)
_KEY = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
# JSON of other languages keeps whole numbers exactly only up to here (RFC 8785, RFC 7493).
_LARGEST_INTEGER = (1 << 53) - 1
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class CommitmentKind(StrEnum):
    """What a commitment is about; part of the hash, so that none can pass for another."""

    CORE = "core"
    TEXT = "text"
    REPLY = "reply"
    ASKED = "asked"


def canonical(value: Mapping[str, str | int]) -> bytes:
    """Return the one JSON text of a flat object of strings and whole numbers, as UTF-8.

    Keys are sorted, there are no spaces, and nothing is escaped that need not be (a subset of
    RFC 8785). Raises ValueError for everything that two machines might write differently:
    floats, booleans, null, nested values, numbers beyond 2^53, half a surrogate pair, and keys
    other than lower-case ASCII words.
    """
    for key, item in value.items():
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} is not a lower-case ASCII word, so it cannot be a key")
        if type(item) is int:
            if abs(item) > _LARGEST_INTEGER:
                raise ValueError(f"{key} is beyond 2^53: {item}")
        elif not isinstance(item, str):
            raise ValueError(f"{key} must be a string or a whole number, not {type(item).__name__}")
    return _ENCODER.encode(dict(value)).encode()


def commit(kind: CommitmentKind, salt: bytes, value: Mapping[str, str | int]) -> str:
    """Return the commitment to a value as hex: SHA-256 over the kind, the salt and its JSON.

    Raises ValueError for a salt of another length than `SALT_BYTES`, and what `canonical` raises.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    return hashlib.sha256(_LEDGER + kind.encode() + b"\n" + salt + canonical(value)).hexdigest()


def new_salt() -> bytes:
    """Return a fresh random salt."""
    return secrets.token_bytes(SALT_BYTES)


def epoch_day(day: date) -> int:
    """Return the number of days since 1970-01-01 of a UTC date.

    Raises TypeError for a datetime, whose day depends on a time zone that only its owner knows.
    """
    if isinstance(day, datetime):
        raise TypeError("give the UTC date, not a datetime")
    return (day - _EPOCH).days


def date_of(day: int) -> date:
    """Return the UTC date that is so many days after 1970-01-01."""
    return _EPOCH + timedelta(days=day)
