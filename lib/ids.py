"""Public ids: what stands in addresses and in the ledger instead of a row's number."""

import secrets

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # Without l, o, 0 and 1, which people mix up when they read aloud.


def new_public_id() -> str:
    """Sixteen characters with 80 bits of chance."""
    return "".join(secrets.choice(ALPHABET) for _ in range(16))
