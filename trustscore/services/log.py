"""Appending to the log: indexes and a business's numbers without a gap, under the lock, in the caller's transaction."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from trustscore.ledger.entries import (
    POLICY,
    SCORE,
    Fields,
    Happening,
    entry_text,
    happening_fields,
    policy_fields,
    score_fields,
)
from trustscore.models import LedgerEntry, LedgerHead
from trustscore.tlog.merkle import EMPTY_ROOT

# The columns to be found by are read from the entry itself, so that they cannot say anything else.
_STORE = """
    INSERT INTO trustscore_ledgerentry (index, business, seq, kind, review, day, event_id, entry)
    SELECT %s + place - 1, coalesce(told.business, ''), told.seq, told.kind, coalesce(told.review, ''), told.day, event,
        entry
    FROM unnest(%s::text[], %s::bigint[]) WITH ORDINALITY AS made (entry, event, place),
        json_to_record(entry::json) AS told (business text, seq bigint, kind text, review text, day integer)
"""


def log_head() -> LedgerHead:
    """How far the log is published; begins it, with its name for ever, where there is none. Needs the service scope."""
    head = LedgerHead.objects.first()
    if head is None:
        origin = f"{urlsplit(settings.CANDOR_URL).netloc}/ledger"
        # Two programs may begin at once; the log is that of whoever came first.
        LedgerHead.objects.bulk_create([LedgerHead(origin=origin, root=EMPTY_ROOT.hex())], ignore_conflicts=True)
        head = LedgerHead.objects.get()
    return head


def stored_size() -> int:
    """How many entries have their index, published or not."""
    newest = LedgerEntry.objects.order_by("-index").values_list("index", flat=True).first()
    return 0 if newest is None else newest + 1


def store_entries(entries: Sequence[str], events: Sequence[int | None], *, first: int) -> None:
    """Stores entries from the index `first` on, each with the review event that it was made from, if any."""
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [first, list(entries), list(events)])


class LogWriter:
    """A batch of entries in the making. Made and stored in one transaction that holds the lock.

    `day` is the day that the batch is logged on: never before the newest entry's.
    """

    def __init__(self, *, day: int) -> None:
        newest = LedgerEntry.objects.order_by("-index").first()
        self.next_index = newest.index + 1 if newest else 0
        self.day = max(day, newest.day) if newest else day
        self._numbers: dict[str, int] = {}
        self._entries: list[str] = []
        self._events: list[int | None] = []
        self.policy = self._policy()

    def number(self, businesses: Sequence[str]) -> None:
        """Learns at which `seq` these businesses go on, in one query."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, (SELECT max(seq) FROM trustscore_ledgerentry WHERE business = name)"
                " FROM unnest(%s::text[]) AS name",
                [list(businesses)],
            )
            self._numbers |= {business: 0 if seq is None else seq + 1 for business, seq in cursor.fetchall()}

    def happening(self, happening: Happening, *, event: int | None) -> None:
        """Adds what happened to a review."""
        self.add(happening.business, happening.kind, happening_fields(happening), event=event)

    def score(self, business: str, tenths: int | None) -> None:
        """Adds the score that everything before this entry makes, as of the day of the batch."""
        self.add(business, SCORE, score_fields(tenths=tenths, policy=self.policy, size=self.next_index))

    def add(self, business: str, kind: str, fields: Fields, *, event: int | None = None) -> None:
        """Adds an entry of a business whose numbers are known."""
        seq = self._numbers[business]
        self._numbers[business] = seq + 1
        self._append(entry_text(kind=kind, day=self.day, fields=fields, business=business, seq=seq), event)

    def store(self) -> int:
        """Writes what was added; returns how many."""
        store_entries(self._entries, self._events, first=self.next_index - len(self._entries))
        return len(self._entries)

    def _policy(self) -> int:
        """The index of the policy in force; where it is not this program's, that one comes first."""
        newest = LedgerEntry.objects.filter(kind=POLICY).order_by("-index").first()
        fields = policy_fields()
        if newest and newest.entry == entry_text(kind=POLICY, day=newest.day, fields=fields):
            return newest.index
        index = self.next_index
        self._append(entry_text(kind=POLICY, day=self.day, fields=fields), None)
        return index

    def _append(self, entry: str, event: int | None) -> None:
        self.next_index += 1
        self._entries.append(entry)
        self._events.append(event)
