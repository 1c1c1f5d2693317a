"""What stories about the log begin with: the published files as a stranger reads them."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.conf import settings

from lib.commitments import date_of
from lib.tenancy import for_service
from reviews.models import Review, ReviewEvent, ReviewVersion, UntreatedEvent
from trustscore.ledger.files import LogFiles
from trustscore.models import LedgerEntry, LedgerHead, ScoreSnapshot
from trustscore.scoring import Tally, score, sums
from trustscore.tlog.merkle import check_consistency, prove_consistency
from trustscore.tlog.note import Checkpoint, check_signature, parse_checkpoint, parse_note, parse_vkey
from trustscore.tlog.tiles import WIDTH

Entry = dict[str, str | int]

_VISIBLE = {"publish": True, "restore": True, "hold": False, "reject": False, "remove": False, "withdraw": False}


def published() -> tuple[Checkpoint, list[Entry]]:
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


def assert_log_is_whole() -> list[Entry]:
    """Fails unless the published log says all that happened, once, and every score in it and on show follows from it.

    Returns its entries.
    """
    checkpoint, entries = published()
    with for_service("a test"):
        head = LedgerHead.objects.get()
        assert head.frozen == ""
        assert (head.size, head.root) == (checkpoint.size, checkpoint.root.hex())
        assert not UntreatedEvent.objects.exists()
        logged = LedgerEntry.objects.exclude(event=None).values_list("event_id", flat=True)
        assert Counter(logged) == Counter(ReviewEvent.objects.values_list("pk", flat=True))
        stars = _stars()
        shown = dict(ScoreSnapshot.objects.values_list("business__slug", "logged_tenths"))
    assert [each["seq"] for each in sorted(entries, key=_place) if "seq" in each] == _gapless(entries)
    assert [each["day"] for each in entries] == sorted(each["day"] for each in entries)
    last = {}
    for number, each in enumerate(entries):
        if each["kind"] == "score":
            before = [entry for entry in entries[: int(each["size"])] if entry.get("business") == each["business"]]
            assert int(each["size"]) <= number
            assert each["tenths"] == _tenths(before, stars, date_of(int(each["day"]))), each
            last[each["business"]] = each["tenths"]
    assert shown == last
    return entries


def _place(entry: Entry) -> tuple[str, int]:
    return str(entry.get("business", "")), int(entry.get("seq", 0))


def _gapless(entries: Sequence[Entry]) -> list[int]:
    counts = Counter(str(each["business"]) for each in entries if "seq" in each)
    return [seq for business in sorted(counts) for seq in range(counts[business])]


def _stars() -> dict[tuple[str, int], tuple[date, int]]:
    """The day and the stars of every version of every review that is not erased."""
    days = {each.pk: (each.public_id, each.submitted_at.date()) for each in Review.objects.all()}
    rows = ReviewVersion.objects.exclude(stars=None).values_list("review_id", "number", "stars")
    return {(days[review][0], number): (days[review][1], stars or 0) for review, number, stars in rows}


def _tenths(entries: Sequence[Entry], stars: dict[tuple[str, int], tuple[date, int]], day: date) -> int:
    """The score that these entries of one business make: ledger.md's replay, with the versions as they are kept."""
    versions: Counter[str] = Counter()
    visible: dict[str, bool] = defaultdict(bool)
    counted: dict[str, bool] = defaultdict(lambda: True)
    for each in entries:
        kind, review = str(each["kind"]), str(each.get("review", ""))
        versions[review] += kind in {"submit", "edit"}
        visible[review] = _VISIBLE.get(kind, visible[review]) and kind != "erase"
        counted[review] = {"uncount": False, "count": True}.get(kind, counted[review])
    counts = Counter(stars[review, versions[review]] for review in versions if visible[review] and counted[review])
    of = score(sums((Tally(on, value, count) for (on, value), count in counts.items()), day))
    return of.tenths if of else 0
