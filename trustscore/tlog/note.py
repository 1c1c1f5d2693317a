"""Signed notes, checkpoints and cosignatures of C2SP: signed-note, tlog-checkpoint, tlog-cosignature.

A note is text and signature lines. Keys travel as `name+hash+key` in one line (vkey).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from trustscore.tlog.merkle import HASH_SIZE

ED25519 = 0x01
COSIGNATURE = 0x04
_DASH = "\N{EM DASH} "
_KEY_HASH_SIZE = 4
_TIME_SIZE = 8
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
# What PostgreSQL can count to; no tree comes near it.
_LARGEST_SIZE = 2**63 - 1


class NoteError(ValueError):
    """A note is not well formed, or not signed by whom it should be; the message says which."""


@dataclass(frozen=True)
class Verifier:
    """A public key with the name it signs under. `kind` is ED25519 for logs, COSIGNATURE for witnesses."""

    name: str
    key: bytes
    kind: int = ED25519

    @property
    def key_hash(self) -> bytes:
        """SHA-256(name ‖ newline ‖ kind ‖ key), the first four bytes."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.key).digest()[:_KEY_HASH_SIZE]

    @property
    def vkey(self) -> str:
        """The key in one line, for people to hand on."""
        encoded = base64.b64encode(bytes([self.kind]) + self.key).decode()
        return f"{self.name}+{self.key_hash.hex()}+{encoded}"


@dataclass(frozen=True)
class Signature:
    """A line under a note: who, by which key, and the signature's bytes (with a time before them in a cosignature)."""

    name: str
    key_hash: bytes
    value: bytes

    @property
    def line(self) -> str:
        """The line as it stands under a note."""
        return f"{_DASH}{self.name} {base64.b64encode(self.key_hash + self.value).decode()}\n"


@dataclass(frozen=True)
class Note:
    """A text that ends with a newline, and the lines under it. Nothing is verified yet."""

    text: str
    signatures: tuple[Signature, ...]

    def encoded(self) -> str:
        """The note as it travels."""
        return f"{self.text}\n{''.join(each.line for each in self.signatures)}"


@dataclass(frozen=True)
class Checkpoint:
    """A log's promise: under `origin`, so many entries have this root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def parse_vkey(vkey: str) -> Verifier:
    """The verifier in a vkey line. Raises NoteError."""
    name, _, rest = vkey.strip().partition("+")
    key_hash, _, encoded = rest.partition("+")
    raw = _base64(encoded, "a key")
    if len(raw) != 33 or raw[0] not in {ED25519, COSIGNATURE}:
        raise NoteError("this key is of a kind that is not known here")
    verifier = Verifier(name, raw[1:], raw[0])
    if not name or verifier.key_hash.hex() != key_hash:
        raise NoteError("the key's name and hash do not belong to it")
    return verifier


def parse_note(encoded: str) -> Note:
    """A note from how it travels. Raises NoteError."""
    text, separator, below = encoded.rpartition("\n\n")
    if not separator or not below.endswith("\n"):
        raise NoteError("a note is a text, an empty line and signatures")
    return Note(text + "\n", tuple(_parse_signature(line) for line in below[:-1].split("\n")))


def _parse_signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not name:
        raise NoteError("a signature line begins with a dash and a name")
    raw = _base64(encoded, "a signature")
    if len(raw) <= _KEY_HASH_SIZE:
        raise NoteError("a signature is too short")
    return Signature(name, raw[:_KEY_HASH_SIZE], raw[_KEY_HASH_SIZE:])


def sign(text: str, *, name: str, key: Ed25519PrivateKey) -> Note:
    """The note that a log signs. Raises NoteError for a text without a final newline."""
    if not text.endswith("\n"):
        raise NoteError("a note's text ends with a newline")
    verifier = Verifier(name, key.public_key().public_bytes_raw())
    return Note(text, (Signature(name, verifier.key_hash, key.sign(text.encode())),))


def cosign(note: Note, *, name: str, key: Ed25519PrivateKey, at: int) -> Note:
    """The note with a witness's cosignature of `at`, seconds since 1970-01-01 UTC."""
    verifier = Verifier(name, key.public_key().public_bytes_raw(), COSIGNATURE)
    value = at.to_bytes(_TIME_SIZE, "big") + key.sign(_cosigned(note.text, at))
    return Note(note.text, (*note.signatures, Signature(name, verifier.key_hash, value)))


def check_signature(note: Note, verifier: Verifier) -> None:
    """Raises NoteError unless the note carries a valid signature by this key."""
    for each in note.signatures:
        if (each.name, each.key_hash) == (verifier.name, verifier.key_hash):
            _check(note, each, verifier)
            return
    raise NoteError(f"the note is not signed by {verifier.name}")


def cosigned_at(note: Note, witnesses: Sequence[Verifier]) -> dict[str, int]:
    """Which of these witnesses cosigned the note, and when in seconds since 1970-01-01 UTC.

    Raises NoteError for a cosignature of theirs that is not valid.
    """
    times = {}
    for witness in witnesses:
        for each in note.signatures:
            if (each.name, each.key_hash) == (witness.name, witness.key_hash):
                _check(note, each, witness)
                times[witness.name] = int.from_bytes(each.value[:_TIME_SIZE], "big")
    return times


def _check(note: Note, signature: Signature, verifier: Verifier) -> None:
    message, value = note.text.encode(), signature.value
    if verifier.kind == COSIGNATURE:
        message, value = _cosigned(note.text, int.from_bytes(value[:_TIME_SIZE], "big")), value[_TIME_SIZE:]
    try:
        Ed25519PublicKey.from_public_bytes(verifier.key).verify(value, message)
    except InvalidSignature as error:
        raise NoteError(f"the signature of {verifier.name} is not valid") from error


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def parse_checkpoint(note: Note) -> Checkpoint:
    """The checkpoint that a note's text is. Raises NoteError."""
    lines = note.text.split("\n")
    if len(lines) < 4 or not lines[0] or not _SIZE.fullmatch(lines[1]) or int(lines[1]) > _LARGEST_SIZE:
        raise NoteError("a checkpoint is an origin, a size and a root, a line each")
    root = _base64(lines[2], "a root")
    if len(root) != HASH_SIZE:
        raise NoteError("a checkpoint's root has 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root)


def _base64(encoded: str, what: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError(f"{what} is not written in base64") from error
