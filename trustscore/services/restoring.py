"""After the database was restored from a backup: what it has lost of the log is taken back from the published files.

The log goes on where it was, never from a smaller tree. What happened after the backup cannot be told any more: of a
review whose words or stars the backup does not hold, the log says that they are erased, by the service, as "lost".
"""

import json
from collections.abc import Iterator

from lib.tenancy import for_service
from trustscore.ledger.files import LogFiles
from trustscore.models import LedgerEntry, LedgerHead
from trustscore.services.lock import hold_lock
from trustscore.services.log import log_head, stored_size
from trustscore.tlog.merkle import leaf_hash
from trustscore.tlog.note import Verifier, check_signature, parse_checkpoint, parse_note
from trustscore.tlog.tiles import WIDTH, Tile


class LogDisagrees(Exception):
    """What is published and what is stored cannot both be the log; the message says why."""


def take_back_entries(files: LogFiles, verifier: Verifier) -> int:
    """Stores the published entries that the database does not have and moves the head there; returns how many.

    Everything is checked before anything is stored: the checkpoint's signature, the root of the tiles, each entry
    against its leaf, and the entries that both have. Raises NoteError, TileError and LogDisagrees.
    """
    note = files.note() or ""
    check_signature(parse_note(note), verifier)
    checkpoint = parse_checkpoint(parse_note(note))
    if files.root(checkpoint.size) != checkpoint.root:
        raise LogDisagrees("The published tiles do not lead to the root of the published checkpoint.")
    with for_service("take back what the database lost of the log") as now:
        hold_lock()
        head = log_head()
        if checkpoint.size <= head.size:
            return 0
        missing = _missing(files, checkpoint.size)
        LedgerEntry.objects.bulk_create(missing, batch_size=5000)
        LedgerHead.objects.update(size=checkpoint.size, root=checkpoint.root.hex(), note=note, published_at=now)
    return len(missing)


def _missing(files: LogFiles, size: int) -> list[LedgerEntry]:
    stored = stored_size()
    texts = LedgerEntry.objects.filter(index__lt=size).order_by("index").values_list("entry", flat=True)
    ours = texts.iterator()
    missing = []
    for index, text in enumerate(_published(files, size)):
        if index < stored:
            if next(ours) != text:
                raise LogDisagrees(f"Entry {index} is published, and the database has another in its place.")
        else:
            missing.append(_entry(index, text))
    return missing


def _published(files: LogFiles, size: int) -> Iterator[str]:
    for number in range((size + WIDTH - 1) // WIDTH):
        width = min(WIDTH, size - number * WIDTH)
        entries = files.bundle(number, width)
        if b"".join(leaf_hash(each) for each in entries) != files.tile(Tile(0, number, width)):
            raise LogDisagrees(f"The published entries from {number * WIDTH} on are not those of their tile.")
        yield from (each.decode() for each in entries)


def _entry(index: int, text: str) -> LedgerEntry:
    told = json.loads(text)
    return LedgerEntry(
        index=index,
        business=told.get("business", ""),
        seq=told.get("seq"),
        kind=told["kind"],
        review=told.get("review", ""),
        day=told["day"],
        entry=text,
    )
