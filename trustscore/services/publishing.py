"""Putting the log on show: tiles from the stored entries, then the signed checkpoint, then the scores under it.

Dying anywhere repeats the step from what is stored and writes the same bytes. Never is a smaller or a different tree
signed: what cannot be shown to continue the published one freezes the log, and says so.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from lib.tenancy import for_service
from trustscore.ledger.files import LogFiles
from trustscore.ledger.keys import KeyMissing, signing_keys
from trustscore.models import LedgerEntry, LedgerHead
from trustscore.services.lock import hold_lock
from trustscore.services.log import log_head, stored_size
from trustscore.services.restoring import LogDisagrees, take_back_entries
from trustscore.services.scores import show_scores
from trustscore.tlog.note import Checkpoint, Note, NoteError, Verifier, sign
from trustscore.tlog.tiles import WIDTH, TileError

log = structlog.get_logger()

# Another sequencer may append between our tiles and our checkpoint; then the tiles go on from there.
_TRIES = 20


@dataclass(frozen=True)
class _Stored:
    """The log as it is stored: the head, how many entries there are, and those that have no tile of their own yet."""

    head: LedgerHead
    size: int
    entries: list[bytes]


def publish_log() -> None:
    """Publishes every entry that is stored and not published, and puts the scores of those entries on show.

    Side effects in order: entry bundles and tiles; the head, moved from what it was (another's move makes us begin
    again), with the score snapshots in the same transaction; the checkpoint's file. Where the database is behind the
    published files the missing entries are taken back first. Where the two tell different stories the log is frozen,
    with the reason.
    """
    files = LogFiles(settings.LEDGER_DIR)
    for _ in range(_TRIES):
        stored = _stored()
        if stored is None:
            return
        try:
            if _publish(stored, files):
                return
        except (LogDisagrees, KeyMissing, NoteError, TileError) as problem:
            freeze_log(str(problem))
            return


def freeze_log(why: str) -> None:
    """Stops the log until a person has looked: nothing is taken up, nothing is signed."""
    log.error("ledger_frozen", why=why)
    with for_service("freeze the log"):
        LedgerHead.objects.filter(frozen="").update(frozen=why)


def thaw_log(*, by: str) -> None:
    """Lets the log go on, after a person has mended what froze it; it freezes again if they have not."""
    log.warning("ledger_thawed", by=by)
    with for_service("thaw the log"):
        LedgerHead.objects.update(frozen="")


def rebuild_log(*, by: str) -> None:
    """Writes the log's files anew from the database, on the word of a person that it is not older than they were.

    Raises LogDisagrees where its entries do not make the root that it has signed, and KeyMissing.
    """
    log.warning("ledger_rebuilt", by=by)
    with for_service("write the log's files anew"):
        head = log_head()
    files = LogFiles(settings.LEDGER_DIR)
    files.extend(old=0, new=head.size, entries=_all_entries(head.size))
    if files.root(head.size).hex() != head.root:
        raise LogDisagrees(f"The stored entries do not make the root of the {head.size} entries that was signed.")
    keys = signing_keys(settings.LEDGER_KEY_FILE, may_create=False)
    files.publish_key("\n".join(log_verifier(head, key).vkey for key in keys))
    files.publish(head.note, head.size)
    thaw_log(by=by)


def log_verifier(head: LedgerHead, key: Ed25519PrivateKey) -> Verifier:
    """The public key under the log's name."""
    return Verifier(head.origin, key.public_key().public_bytes_raw())


def _stored() -> _Stored | None:
    """What there is to publish; None when nothing is stored, or the log is frozen."""
    with for_service("publish the log"):
        head = log_head()
        size = stored_size()
        if head.frozen:
            return None
        first = head.size // WIDTH * WIDTH
        entries = LedgerEntry.objects.filter(index__gte=first, index__lt=size) if size > head.size else None
        texts = [] if entries is None else list(entries.order_by("index").values_list("entry", flat=True))
        return _Stored(head, size, [each.encode() for each in texts])


def _publish(stored: _Stored, files: LogFiles) -> bool:
    """One try; whether nothing is left to do."""
    head = stored.head
    if stored.size == head.size and (files.note() or "") == head.note:
        return True
    keys = signing_keys(settings.LEDGER_KEY_FILE, may_create=head.size == 0)
    if _is_behind(head, files):
        take_back_entries(files, [log_verifier(head, key) for key in keys])
        return False
    _write_tiles(stored, files)
    if stored.size > head.size:
        checkpoint = Checkpoint(head.origin, stored.size, files.root(stored.size))
        note = _signed(checkpoint, keys)
        if not _move_head(head, checkpoint, note):
            return False
        head.size, head.note = stored.size, note
    files.publish_key("\n".join(log_verifier(head, key).vkey for key in keys))
    files.publish(head.note, head.size)
    return True


def _signed(checkpoint: Checkpoint, keys: Sequence[Ed25519PrivateKey]) -> str:
    """The checkpoint's note, signed with the key in force and with older ones that verifiers may still remember."""
    notes = [sign(checkpoint.text, name=checkpoint.origin, key=key) for key in keys]
    return Note(checkpoint.text, tuple(note.signatures[0] for note in notes)).encoded()


def _is_behind(head: LedgerHead, files: LogFiles) -> bool:
    """Whether more is published than the database knows of, as after a restore from a backup.

    Raises LogDisagrees where what is published is neither the head, nor earlier, nor later.
    """
    shown = files.checkpoint()
    if shown is None:
        return False
    if shown.origin != head.origin:
        raise LogDisagrees(f"The published log is {shown.origin}, the database's is {head.origin}.")
    if shown.size > head.size:
        return True
    expected = head.root
    if shown.size < head.size:
        with suppress(TileError):
            expected = files.root(shown.size).hex()
    if shown.root.hex() != expected and shown.size:
        raise LogDisagrees(f"There are two trees of {shown.size} entries: the published one and the database's.")
    return False


def _write_tiles(stored: _Stored, files: LogFiles) -> None:
    """Writes the tiles of the new entries; where older ones are missing, all of them, from the stored entries.

    Raises LogDisagrees where the checkpoint is missing too: then nobody can tell how far the log was published.
    """
    head = stored.head
    try:
        files.extend(old=head.size, new=stored.size, entries=stored.entries)
        root = files.root(head.size)
    except TileError as missing:
        if head.size and files.note() is None:
            raise LogDisagrees(
                f"{head.size} entries were published and their files are gone. If the database came back from a backup "
                "they may be ahead of it, so nothing is written until you have looked."
            ) from missing
        files.extend(old=0, new=stored.size, entries=_all_entries(stored.size))
        root = files.root(head.size)
    if root.hex() != head.root:
        raise LogDisagrees(f"The tiles of the first {head.size} entries do not lead to the root that was signed.")


def _all_entries(size: int) -> list[bytes]:
    with for_service("write the log's files anew"):
        entries = LedgerEntry.objects.filter(index__lt=size).order_by("index")
        return [each.encode() for each in entries.values_list("entry", flat=True)]


def _move_head(head: LedgerHead, checkpoint: Checkpoint, note: str) -> bool:
    """Compare and swap, with the scores that this checkpoint logs; False when another was there before us."""
    with for_service("move the head of the log") as now:
        hold_lock()
        if stored_size() != checkpoint.size:
            return False
        moved = LedgerHead.objects.filter(size=head.size, root=head.root, frozen="").update(
            size=checkpoint.size, root=checkpoint.root.hex(), note=note, published_at=now
        )
        if moved:
            show_scores(head.size, checkpoint.size, note, now=now)
        return bool(moved)
