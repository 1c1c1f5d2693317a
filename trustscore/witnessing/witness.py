"""The witness: cosigns a checkpoint of a log it knows, if the tree continues the last one that it cosigned.

What it has cosigned last stands in a row, which one request at a time holds, and in a file beside the published log,
so that not even a witness whose database was restored from a backup cosigns two different trees.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db.models import F

from lib.errors import DomainError, NotFound
from lib.tenancy import for_service
from trustscore.ledger.files import LogFiles
from trustscore.ledger.keys import KeyMissing, signing_keys
from trustscore.models import LedgerHead, WitnessedLog
from trustscore.tlog.merkle import EMPTY_ROOT, ProofError, check_consistency
from trustscore.tlog.note import COSIGNATURE, Note, NoteError, Verifier, check_signature, cosign
from trustscore.witnessing.policy import PolicyError, read_witnessed
from trustscore.witnessing.protocol import AddCheckpoint, parse_add_checkpoint

log = structlog.get_logger()


class NotSigned(DomainError):
    """No key that is known for this log has signed the checkpoint."""

    status = 403
    code = "not_signed"

    def __init__(self) -> None:
        super().__init__("The checkpoint is not signed by a key that this witness knows for the log.")


class OtherSize(DomainError):
    """The witness cosigned this log at another size than the client says; `size` is where the proof must begin."""

    status = 409
    code = "other_size"

    def __init__(self, size: int) -> None:
        super().__init__(f"The last checkpoint that this witness cosigned has {size} entries.")
        self.size = size


class TwoTrees(DomainError):
    """The log has signed two different trees of one size, which is a fork and can be proved to anybody."""

    status = 409
    code = "two_trees"

    def __init__(self, size: int) -> None:
        super().__init__(f"This witness has cosigned another tree of {size} entries.")


class NotContinued(DomainError):
    """The proof does not lead from the tree that was cosigned last to the new one."""

    status = 422
    code = "not_continued"

    def __init__(self, why: ProofError) -> None:
        super().__init__(f"The checkpoint does not continue the one that this witness cosigned: {why}.")


class WitnessNotReady(DomainError):
    """This installation cannot cosign now. Its operator finds the reason in the log of the program."""

    status = 503
    code = "not_ready"

    def __init__(self) -> None:
        super().__init__("This witness cannot cosign at the moment; its operator can see why.")


@dataclass(frozen=True)
class _Signer:
    name: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.key.public_key().public_bytes_raw(), COSIGNATURE)


def cosign_checkpoint(body: bytes) -> str:
    """Cosigns the checkpoint in the body of a request; returns the signature line.

    In one transaction that holds the log's row: the old size and the proof are compared with what was cosigned last,
    and the new checkpoint is kept, in the file and in the row. Only then is the cosignature handed out, with the
    database's time, never before that of an earlier one. Where the log has signed two trees of one size the proof of
    it, both notes, is kept for the operator. Raises NotReadable, NotFound, NotSigned, OtherSize, TwoTrees, NotContinued
    and WitnessNotReady.
    """
    asked = parse_add_checkpoint(body)
    _check_signed(asked.note, _keys_of(asked.checkpoint.origin))
    try:
        return _cosign(asked)
    except TwoTrees:
        _keep_proof_of_fork(asked)
        raise


def _cosign(asked: AddCheckpoint) -> str:
    files = LogFiles(settings.LEDGER_DIR)
    with for_service("witness a checkpoint") as now:
        signer = _signer()
        if signer is None:
            raise WitnessNotReady
        row = _held(asked.checkpoint.origin, files)
        _check_continues(row, asked)
        row.size, row.root, row.note = asked.checkpoint.size, asked.checkpoint.root.hex(), asked.note.encoded()
        row.cosigned_at = max(now, row.cosigned_at or now)
        files.keep_witnessed(row.origin, row.note)
        row.save()
    signed = cosign(asked.note, name=signer.name, key=signer.key, at=int(row.cosigned_at.timestamp()))
    return signed.signatures[-1].line


def _keep_proof_of_fork(asked: AddCheckpoint) -> None:
    log.error("witnessed_log_forked", origin=asked.checkpoint.origin, size=asked.checkpoint.size)
    with for_service("keep the proof that a log forked") as now:
        row = WitnessedLog.objects.filter(origin=asked.checkpoint.origin, forked_at=None)
        row.update(forked_at=now, fork=asked.note.encoded(), before_fork=F("note"))


def witness_vkey() -> str:
    """The key of this installation as a witness, in one line; made at the first call. Raises NotFound, WitnessNotReady.

    The name is that of the log, which never changes, and "/witness".
    """
    with for_service("tell the witness's key"):
        signer = _signer()
    if signer is None:
        raise NotFound("The witness begins with this installation's own log, within seconds of the first start.")
    return signer.verifier.vkey


def _keys_of(origin: str) -> Sequence[Verifier]:
    try:
        keys = read_witnessed(settings.LEDGER_WITNESSED_FILE).get(origin)
    except PolicyError as problem:
        log.error("witness_cannot_cosign", why=str(problem))
        raise WitnessNotReady from problem
    if keys is None:
        raise NotFound("This witness does not know a log of that origin.")
    return keys


def _check_signed(note: Note, keys: Sequence[Verifier]) -> None:
    for key in keys:
        with suppress(NoteError):
            check_signature(note, key)
            return
    raise NotSigned


def _signer() -> _Signer | None:
    """The name and key to cosign with; None before there is a log. A key is made where nothing was cosigned yet."""
    head = LedgerHead.objects.first()
    if head is None:
        return None
    path = settings.LEDGER_WITNESS_KEY_FILE
    try:
        key = signing_keys(path, may_create=not WitnessedLog.objects.exists())[0]
    except (KeyMissing, ValueError) as problem:
        log.error("witness_cannot_cosign", why=f"The witness's key is not at {path}, or is no Ed25519 key.")
        raise WitnessNotReady from problem
    return _Signer(f"{head.origin}/witness", key)


def _held(origin: str, files: LogFiles) -> WitnessedLog:
    """The log's row, held to the end of the transaction, with the later of what the row and the file know."""
    WitnessedLog.objects.bulk_create([WitnessedLog(origin=origin, root=EMPTY_ROOT.hex())], ignore_conflicts=True)
    row = WitnessedLog.objects.select_for_update().get(origin=origin)
    kept = files.witnessed(origin)
    if kept is not None and kept.size > row.size:
        log.warning("witness_was_restored", origin=origin, row=row.size, file=kept.size)
        row.size, row.root = kept.size, kept.root.hex()
    return row


def _check_continues(row: WitnessedLog, asked: AddCheckpoint) -> None:
    new, old_root = asked.checkpoint, bytes.fromhex(row.root)
    if asked.old != row.size:
        raise OtherSize(row.size)
    if new.size == row.size and new.root != old_root:
        raise TwoTrees(row.size)
    try:
        check_consistency(asked.proof, old=row.size, new=new.size, old_root=old_root, new_root=new.root)
    except ProofError as why:
        raise NotContinued(why) from why
