"""Asking one witness over HTTP (C2SP tlog-witness): the log's side. Nothing here touches the database.

What a witness answers is checked before it is believed: a cosignature must be valid under the key in the policy.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress

from lib.http import OutgoingError, Response, request
from trustscore.tlog.note import Checkpoint, Note, NoteError, Signature, cosigned_at, parse_note
from trustscore.witnessing.policy import Witness
from trustscore.witnessing.protocol import MOST_BYTES, SIZE_TYPE, AddCheckpoint, parse_size

# A witness that is slower keeps nobody waiting: the next round asks again.
SECONDS = 5.0

Proof = Callable[[int], Sequence[bytes]]


class WitnessFailed(Exception):
    """No cosignature came, for a reason that may pass; the message is a sentence for the operator."""


class WitnessRefuses(Exception):
    """The witness says that this log does not continue what it has seen; the message is a sentence for the operator."""


class WitnessIsAhead(WitnessRefuses):
    """The witness has seen `size` entries of this log, which is more than were shown to it now."""

    def __init__(self, size: int, ours: int) -> None:
        super().__init__(f"It has cosigned {size} entries of this log, which has only {ours} now.")
        self.size = size


def ask(witness: Witness, note: Note, checkpoint: Checkpoint, *, known: int, prove: Proof, private: bool) -> Signature:
    """The witness's cosignature of the checkpoint.

    `known` is what we believe it has cosigned last; where it says another size, it is asked once more with the proof
    from there. `prove` gives the proof from a size to the checkpoint, and `private` lets the address be one of this
    network. Raises WitnessFailed, WitnessRefuses and WitnessIsAhead.
    """
    old = min(known, checkpoint.size)
    answer = _post(witness, note, checkpoint, old, prove, private)
    told = _told_size(answer)
    if told is not None and told > checkpoint.size:
        raise WitnessIsAhead(told, checkpoint.size)
    if told is not None and told != old:
        old = told
        answer = _post(witness, note, checkpoint, old, prove, private)
    if answer.status == 200:
        return _cosignature(answer, witness, note)
    if _told_size(answer) is not None and old != checkpoint.size:
        raise WitnessFailed("It named a size and then another one: this log was shown to it twice at the same time.")
    raise _no(answer, checkpoint)


def _post(witness: Witness, note: Note, checkpoint: Checkpoint, old: int, prove: Proof, private: bool) -> Response:
    body = AddCheckpoint(old, prove(old), note, checkpoint).encoded()
    try:
        return request(
            method="POST",
            url=f"{witness.url}/add-checkpoint",
            headers={"Content-Type": "text/plain; charset=utf-8"},
            body=body,
            allow_private=private,
            total_seconds=SECONDS,
            max_bytes=MOST_BYTES,
        )
    except OutgoingError as error:
        raise WitnessFailed(str(error)) from error


def _told_size(answer: Response) -> int | None:
    """The size that the witness says it knows, if that is its answer."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if answer.status != 409 or kind != SIZE_TYPE:
        return None
    return parse_size(answer.body.decode(errors="replace").removesuffix("\n"))


def _cosignature(answer: Response, witness: Witness, note: Note) -> Signature:
    """The valid cosignature among the lines of an answer; lines of unknown keys mean nothing."""
    key = witness.verifier
    with suppress(NoteError, UnicodeDecodeError):
        for each in parse_note(f"{note.text}\n{answer.body.decode()}").signatures:
            if (each.name, each.key_hash) == (key.name, key.key_hash) and cosigned_at(Note(note.text, (each,)), [key]):
                return each
    raise WitnessFailed("It answered without a valid cosignature by the key in the policy.")


def _no(answer: Response, checkpoint: Checkpoint) -> WitnessFailed | WitnessRefuses:
    if answer.status == 409:
        return WitnessRefuses(f"It has cosigned another tree of {checkpoint.size} entries of this log.")
    if answer.status == 422:
        return WitnessRefuses("This log does not continue the tree that it has cosigned.")
    if answer.status == 404:
        return WitnessFailed("It does not know this log, or nobody answers at its address: ask its operator.")
    if answer.status == 403:
        return WitnessFailed("It knows this log under another key: give its operator the new one.")
    return WitnessFailed(f"It answered with status {answer.status}.")
