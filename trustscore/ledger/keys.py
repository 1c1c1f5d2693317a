"""The log's key: made once, kept in a file of its own and never in the database, so that no backup of one is both."""

import os
import re
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

_BLOCK = re.compile(rb"-----BEGIN [A-Z ]+-----.+?-----END [A-Z ]+-----\s*", re.DOTALL)


class KeyMissing(Exception):
    """The log has begun and its key is not where it was; the message says what to do."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The log's key is not at {path}. Put it back from where you keep it (docs/operating.md, Backups); "
            "a new key would be another log."
        )


def signing_keys(path: Path, *, may_create: bool) -> list[Ed25519PrivateKey]:
    """The keys in the file, the one in force first, then older ones that sign too; with `may_create`, a new one.

    Raises KeyMissing and ValueError.
    """
    if may_create and not path.exists():
        _create(path)
    try:
        blocks = _BLOCK.findall(path.read_bytes())
    except FileNotFoundError as error:
        raise KeyMissing(path) from error
    keys = [load_pem_private_key(block, password=None) for block in blocks]
    found = [key for key in keys if isinstance(key, Ed25519PrivateKey)]
    if not found or len(found) != len(keys):
        raise ValueError(f"What is in {path} are not Ed25519 keys.")
    return found


def _create(path: Path) -> None:
    """Two programs that start at once agree: the first to link its file wins, and both read that one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(unfinished, path)
    unfinished.unlink()
