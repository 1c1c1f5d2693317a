"""What a stranger can check about one business without the whole log: its entries with their inclusion proofs."""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from businesses.models import Business
from lib.commitments import epoch_day
from trustscore.ledger.entries import POLICY
from trustscore.ledger.files import LogFiles
from trustscore.models import LedgerEntry, LedgerHead, ScoreSnapshot
from trustscore.scoring import PRIOR_STARS, PRIOR_WEIGHT
from trustscore.tlog.merkle import HashReader, prove_inclusion

Proved = dict[str, int | str | list[str]]
Shown = dict[str, int | str]


def head_on_show() -> LedgerHead | None:
    """The published head of the log; None before the first checkpoint. Readable by the public."""
    return LedgerHead.objects.filter(size__gt=0).first()


def ledger_of(business: Business, head: LedgerHead, files: LogFiles) -> dict[str, object]:
    """A business's entries and all policies with proofs under the head's checkpoint. Readable by the public."""
    read = files.reader(head.size)
    published = LedgerEntry.objects.filter(index__lt=head.size).order_by("index")
    return {
        "business": business.slug,
        "origin": head.origin,
        "checkpoint": head.note,
        "entries": _proved(published.filter(business=business.slug), head, read),
        "policies": _proved(published.filter(business="", kind=POLICY), head, read),
    }


def entries_of_review(business: Business, review: str, head: LedgerHead, files: LogFiles) -> list[Proved]:
    """The published entries about one review with their proofs. Readable by the public."""
    published = LedgerEntry.objects.filter(business=business.slug, review=review, index__lt=head.size)
    return _proved(published.order_by("index"), head, files.reader(head.size))


@dataclass(frozen=True)
class EntryProof:
    """Where what a review says stands in the log: the index of its entry, and the commitments to stars and words."""

    index: int
    core: str
    text: str


def entry_proofs(business: Business, reviews: Sequence[str]) -> dict[str, EntryProof]:
    """The proofs of these reviews by their ids, in one query; one that is not in the log yet is missing.

    Readable by the public.
    """
    rows = LedgerEntry.objects.filter(business=business.slug, review__in=reviews, kind__in=["submit", "edit"])
    told = ((index, json.loads(entry)) for index, entry in rows.order_by("index").values_list("index", "entry"))
    return {entry["review"]: EntryProof(index, entry["core"], entry["text"]) for index, entry in told}


def score_on_show(business: Business, head: LedgerHead, today: date) -> Shown:
    """The numbers behind the score on show, under the head's checkpoint (ledger.md, `score.json`).

    Head and snapshot move in one transaction, so the snapshot is what the entries of this checkpoint make.
    `as_of` is days since 1970-01-01 UTC; `tenths` is 0 without a score. Readable by the public.
    """
    snapshot = ScoreSnapshot.objects.filter(business=business).first()
    return {
        "business": business.slug,
        "as_of": epoch_day(snapshot.as_of if snapshot else today),
        "count": snapshot.count if snapshot else 0,
        "n": str(snapshot.numerator if snapshot else PRIOR_STARS),
        "d": str(snapshot.denominator if snapshot else PRIOR_WEIGHT),
        "tenths": (snapshot.tenths or 0) if snapshot else 0,
        "size": head.size,
        "checkpoint": head.note,
    }


def _proved(entries: Iterable[LedgerEntry], head: LedgerHead, read: HashReader) -> list[Proved]:
    return [
        {
            "index": each.index,
            "entry": each.entry,
            "proof": [base64.b64encode(hashed).decode() for hashed in prove_inclusion(each.index, head.size, read)],
        }
        for each in entries
    ]
