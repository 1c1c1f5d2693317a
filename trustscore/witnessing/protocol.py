"""What a log sends to its witness (C2SP tlog-witness, add-checkpoint): pure, from values to bytes and back."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lib.errors import DomainError
from trustscore.tlog.merkle import HASH_SIZE
from trustscore.tlog.note import Checkpoint, Note, NoteError, parse_checkpoint, parse_note

MOST_PROOF_LINES = 63
# The proof has at most 63 lines of 45 bytes; the rest is room for a checkpoint with a hundred signatures.
MOST_BYTES = 16 * 1024
# The type of an answer that is nothing but the size which the witness knows.
SIZE_TYPE = "text/x.tlog.size"
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class NotReadable(DomainError):
    """The request is not what add-checkpoint takes; the message says which part."""

    status = 400
    code = "not_readable"


@dataclass(frozen=True)
class AddCheckpoint:
    """A signed checkpoint, and the proof that its tree begins with the tree of the first `old` entries."""

    old: int
    proof: Sequence[bytes]
    note: Note
    checkpoint: Checkpoint

    def encoded(self) -> bytes:
        """The request's body."""
        proof = "".join(f"{base64.b64encode(each).decode()}\n" for each in self.proof)
        return f"old {self.old}\n{proof}\n{self.note.encoded()}".encode()


def parse_add_checkpoint(body: bytes) -> AddCheckpoint:
    """The request in a body. Raises NotReadable."""
    try:
        head, separator, below = body.decode().partition("\n\n")
    except UnicodeDecodeError as error:
        raise NotReadable("The body is not text in UTF-8.") from error
    first, *proof = head.split("\n")
    old = parse_size(first.removeprefix("old "))
    if not separator or not first.startswith("old ") or old is None:
        raise NotReadable("The body is a line `old <size>`, the lines of the proof, an empty line and a checkpoint.")
    if len(proof) > MOST_PROOF_LINES:
        raise NotReadable(f"The proof has more than {MOST_PROOF_LINES} lines.")
    hashes = [_parse_hash(line) for line in proof]
    try:
        note = parse_note(below)
        checkpoint = parse_checkpoint(note)
    except NoteError as error:
        raise NotReadable(f"The checkpoint cannot be read: {error}.") from error
    if old > checkpoint.size:
        raise NotReadable(f"The old size is {old}, and the checkpoint's only {checkpoint.size}.")
    return AddCheckpoint(old, hashes, note, checkpoint)


def parse_size(text: str) -> int | None:
    """A size as the protocol writes it, in ASCII digits without leading zeros; None for anything else."""
    return int(text) if _SIZE.fullmatch(text) else None


def _parse_hash(line: str) -> bytes:
    try:
        found = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != HASH_SIZE:
        raise NotReadable("A line of the proof is not a hash of 32 bytes in base64.")
    return found
