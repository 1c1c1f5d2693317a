"""What stories about the log begin with: the published files as a stranger reads them."""

import json
from pathlib import Path

from django.conf import settings

from trustscore.ledger.files import LogFiles
from trustscore.tlog.merkle import check_consistency, prove_consistency
from trustscore.tlog.note import Checkpoint, check_signature, parse_checkpoint, parse_note, parse_vkey
from trustscore.tlog.tiles import WIDTH


def published() -> tuple[Checkpoint, list[dict[str, str | int]]]:
    """The signed checkpoint, its signature and root checked, and the entries under it."""
    folder: Path = settings.LEDGER_DIR
    files = LogFiles(folder)
    note = parse_note((folder / "checkpoint").read_text())
    check_signature(note, parse_vkey((folder / "key").read_text()))
    checkpoint = parse_checkpoint(note)
    assert files.root(checkpoint.size) == checkpoint.root
    entries = []
    for number in range((checkpoint.size + WIDTH - 1) // WIDTH):
        entries += files.bundle(number, min(WIDTH, checkpoint.size - number * WIDTH))
    return checkpoint, [json.loads(entry) for entry in entries]


def assert_continues(old: Checkpoint, new: Checkpoint) -> None:
    """Fails unless the new tree begins with the old one."""
    proof = prove_consistency(old.size, new.size, LogFiles(settings.LEDGER_DIR).reader(new.size))
    check_consistency(proof, old=old.size, new=new.size, old_root=old.root, new_root=new.root)
