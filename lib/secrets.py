"""Secrets at rest: sealed with the newest key, opened with any key still listed.

The keys are `SEALING_KEYS` of the settings, newest first. To rotate, put a new one in front, seal
everything again with `reseal`, then take the old one away. PostgreSQL's driver hands sealed bytes
back as a memoryview.
"""

from base64 import urlsafe_b64encode
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_LEAST_KEY_LENGTH = 32


class SealBroken(Exception):
    """No listed key opens this secret: a key was taken away too early, or the bytes are damaged."""


def seal(text: str, *, keys: Sequence[str] | None = None) -> bytes:
    """Encrypt a secret with the newest key; without `keys`, with those of the settings."""
    return _fernet(keys).encrypt(text.encode())


def open_sealed(sealed: bytes | memoryview, *, keys: Sequence[str] | None = None) -> str:
    """Decrypt a secret with whichever key it was sealed with. Raises SealBroken."""
    try:
        return _fernet(keys).decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise SealBroken("no listed key opens this secret") from None


def reseal(sealed: bytes | memoryview, *, keys: Sequence[str] | None = None) -> bytes:
    """Seal a secret again with the newest key, so that older keys can go. Raises SealBroken."""
    try:
        return _fernet(keys).rotate(bytes(sealed))
    except InvalidToken:
        raise SealBroken("no listed key opens this secret") from None


def _fernet(keys: Sequence[str] | None) -> MultiFernet:
    """Raises ValueError where there is no key, or one too short to be a secret."""
    given = settings.SEALING_KEYS if keys is None else keys
    if not given:
        raise ValueError("SEALING_KEYS is empty: nothing can be sealed")
    return MultiFernet([Fernet(_derived(key)) for key in given])


def _derived(key: str) -> bytes:
    # Any long random string will do as a key, so that an operator needs no special tool for one.
    if len(key) < _LEAST_KEY_LENGTH:
        raise ValueError(f"each of SEALING_KEYS has at least {_LEAST_KEY_LENGTH} characters")
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"candor sealing/1")
    return urlsafe_b64encode(derivation.derive(key.encode()))
