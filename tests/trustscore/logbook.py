"""Whole public logs for tests, honest or not, in the files that a stranger downloads. No database, no Django.

The operator of such a log holds its key: whatever a story changes is signed all the same.
"""

import base64
import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lib.commitments import CommitmentKind, canonical, commit
from trustscore.ledger.files import LogFiles
from trustscore.scoring import PRIOR_STARS, PRIOR_WEIGHT, WEIGHTS_SHA256, Score, Tally, score, sums
from trustscore.tlog.merkle import prove_inclusion
from trustscore.tlog.note import Checkpoint, Verifier, sign

ORIGIN = "reviews.example/ledger"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
EPOCH = date(1970, 1, 1)
TODAY = int(time.time()) // 86400
LEADS_TO = {
    "publish": "published",
    "restore": "published",
    "hold": "held",
    "reject": "rejected",
    "remove": "removed",
    "withdraw": "withdrawn",
    "erase": "erased",
}

Entry = dict[str, Any]


@dataclass
class Told:
    """A review as the story has it."""

    business: str
    day: int
    stars: int
    status: str = "submitted"
    uncounted: bool = False
    versions: int = 0
    hidden: bool = False


@dataclass
class Logbook:
    """Entries and openings in the making. `shown` overrides what a business shows as its score."""

    entries: list[Entry] = field(default_factory=list)
    openings: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    reviews: dict[str, Told] = field(default_factory=dict)
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def policy(self, day: int, **fields: str) -> None:
        """The formula from here on."""
        told = {"formula": "score-1", "weights": WEIGHTS_SHA256} | fields
        self.entries.append({"v": 1, "kind": "policy", "day": day, **told})

    def add(self, kind: str, business: str, day: int, **fields: str | int) -> None:
        """Any entry of a business, with its next number."""
        seq = sum(1 for each in self.entries if each.get("business") == business)
        self.entries.append({"v": 1, "kind": kind, "day": day, "business": business, "seq": seq, **fields})

    def submit(
        self, business: str, review: str, stars: int, day: int, core: Mapping[str, str | int] | None = None
    ) -> None:
        """A review is handed in; `core` changes what its core says."""
        self.reviews[review] = Told(business, day, stars)
        self._version("submit", review, day, core or {})

    def edit(self, review: str, stars: int, day: int, core: Mapping[str, str | int] | None = None) -> None:
        """Its author changes it."""
        self.reviews[review].stars = stars
        self._version("edit", review, day, core or {})

    def happen(self, kind: str, review: str, day: int, *, reason: str = "", actor: str = "service") -> None:
        """Anything else that happens to it."""
        told = self.reviews[review]
        told.status = LEADS_TO.get(kind, told.status)
        told.uncounted = kind == "uncount" or (told.uncounted and kind != "count")
        fields: dict[str, str] = {"review": review}
        if kind not in {"withdraw", "uncount", "count", "hidetext"}:
            fields["actor"] = actor
        if kind != "withdraw":
            fields["reason"] = reason
        self.add(kind, told.business, day, **fields)
        if kind == "erase":
            opened = self.openings[told.business]
            opened[:] = [each for each in opened if each.get("review") != review]
        told.hidden = told.hidden or kind == "hidetext"

    def reply(self, review: str, body: str, day: int) -> None:
        """What the business answers."""
        told = self.reviews[review]
        value: dict[str, str | int] = {"business": told.business, "review": review, "body": body}
        opened = self._opened("reply", value, f"{review}{body}")
        self.openings[told.business].append({"review": review, "reply": opened})
        self.add("reply", told.business, day, review=review, reply=self._commit("reply", opened))

    def score(self, business: str, day: int, **fields: int) -> None:
        """The score that the reviews make."""
        of = self.made(business, day)
        policy = max(at for at, each in enumerate(self.entries) if each["kind"] == "policy")
        told = {"tenths": of.tenths if of else 0, "policy": policy, "size": len(self.entries)} | fields
        self.add("score", business, day, **told)

    def made(self, business: str, day: int) -> Score | None:
        """The score of a business's counted reviews as of a day."""
        counted = [
            (each.day, each.stars)
            for each in self.reviews.values()
            if each.business == business and each.status == "published" and not each.uncounted
        ]
        tallies = [Tally(_date(at), stars, count) for (at, stars), count in Counter(counted).items()]
        return score(sums(tallies, _date(day)))

    def write(self, folder: Path) -> None:
        """The files of the installation."""
        entries = [canonical(each) for each in self.entries]
        files = LogFiles(folder / "ledger")
        files.extend(old=0, new=len(entries), entries=entries)
        note = sign(Checkpoint(ORIGIN, len(entries), files.root(len(entries))).text, name=ORIGIN, key=KEY).encoded()
        files.publish_key(Verifier(ORIGIN, KEY.public_key().public_bytes_raw()).vkey)
        files.publish(note, len(entries))
        read = files.reader(len(entries))
        proved: dict[str, list[Any]] = {}
        for index, (each, raw) in enumerate(zip(self.entries, entries, strict=True)):
            proof = [base64.b64encode(hashed).decode() for hashed in prove_inclusion(index, len(entries), read)]
            told = {"index": index, "entry": raw.decode(), "proof": proof}
            proved.setdefault(each.get("business", ""), []).append(told)
        for business in self.openings:
            whole: dict[str, Any] = {"business": business, "origin": ORIGIN, "checkpoint": note}
            whole |= {"entries": proved.get(business, []), "policies": proved.get("", [])}
            self._write(folder, business, "ledger.json", json.dumps(whole))
            self._write(folder, business, "score.json", json.dumps(self._shown(business, note)))
            lines = (json.dumps(each, ensure_ascii=False) + "\n" for each in self.open_now(business))
            self._write(folder, business, "openings.jsonl", "".join(lines))

    def open_now(self, business: str) -> list[dict[str, Any]]:
        """The openings without the words that are not public now."""
        public = {review for review, told in self.reviews.items() if told.status == "published" and not told.hidden}
        return [
            each if each.get("review") in public else {name: each[name] for name in each if name != "text"}
            for each in self.openings[business]
        ]

    def _shown(self, business: str, note: str) -> dict[str, Any]:
        of = self.made(business, TODAY)
        told = {"business": business, "as_of": TODAY, "count": of.count if of else 0, "size": len(self.entries)}
        told |= {"n": str(of.numerator if of else PRIOR_STARS), "d": str(of.denominator if of else PRIOR_WEIGHT)}
        return told | {"tenths": of.tenths if of else 0, "checkpoint": note} | self.shown.get(business, {})

    def _version(self, kind: str, review: str, day: int, changes: Mapping[str, str | int]) -> None:
        told = self.reviews[review]
        told.versions += 1
        core: dict[str, Any] = {"business": told.business, "review": review, "subject": "service", "stars": told.stars}
        core |= {"source": "ticket", "experienced": 0, "day": told.day, **changes}
        told.day = int(core["day"])
        text = {"business": told.business, "review": review, "title": "", "body": f"Words {told.versions} of {review}"}
        text |= {"name": "D. Ö.", "media": ""}
        opened: dict[str, Any] = {
            "review": review,
            "core": self._opened("core", core, f"{review}{told.versions}"),
            "text": self._opened("text", text, f"{review}{told.versions}"),
        }
        told.hidden = False
        for each in self.openings.setdefault(told.business, []):
            if each.get("review") == review:
                each.pop("text", None)
        self.openings[told.business].append(opened)
        commitments = {each: self._commit(each, opened[each]) for each in ("core", "text")}
        self.add(kind, told.business, day, review=review, **commitments)
        if kind == "submit":
            self.receipts[review] = self._receipt(told.business, review, day, commitments) | {
                "core": opened["core"],
                "text": opened["text"],
            }

    def _receipt(self, business: str, review: str, day: int, commitments: dict[str, str]) -> dict[str, Any]:
        lines = ("candor-receipt/1", ORIGIN, business, review, commitments["core"], commitments["text"], str(day))
        return {"note": sign("".join(f"{line}\n" for line in lines), name=ORIGIN, key=KEY).encoded()}

    @staticmethod
    def _opened(kind: str, value: dict[str, Any], seed: str) -> dict[str, Any]:
        return {"salt": f"{kind}{seed}".encode().ljust(32, b".")[:32].hex(), "value": value}

    @staticmethod
    def _commit(kind: str, opened: dict[str, Any]) -> str:
        return commit(CommitmentKind(kind), bytes.fromhex(opened["salt"]), opened["value"])

    @staticmethod
    def _write(folder: Path, business: str, name: str, text: str) -> None:
        target = folder / "b" / business / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def _date(day: int) -> date:
    return EPOCH + timedelta(days=day)


def honest() -> Logbook:
    """Two businesses in a week: reviews published, edited, superseded, held, removed, withdrawn, erased, answered."""
    book, day = Logbook(), TODAY - 12
    book.policy(day)
    for business in ("acme", "globex"):
        for number, stars in enumerate((5, 4, 1, 5)):
            book.submit(business, f"{business}{number}", stars, day)
            book.happen("publish", f"{business}{number}", day)
        book.score(business, day)
    book.submit("acme", "acme-old", 5, day + 1, {"source": "imported"})
    book.happen("uncount", "acme-old", day + 1, reason="imported")
    book.happen("publish", "acme-old", day + 1)
    book.edit("acme1", 3, day + 1)
    book.score("acme", day + 1)
    book.reply("acme2", "We were short of hands.", day + 2)
    book.happen("hold", "acme3", day + 2, reason="not-genuine")
    book.score("acme", day + 2)
    book.happen("publish", "acme3", day + 5)
    book.score("acme", day + 5)
    book.happen("remove", "globex0", day + 5, reason="advertising")
    book.happen("withdraw", "globex1", day + 5)
    book.happen("hidetext", "globex2", day + 5, reason="personal-data")
    book.score("globex", day + 5)
    book.happen("erase", "globex3", day + 6, actor="author")
    book.score("globex", day + 6)
    book.policy(day + 6)
    # Handed in before midnight, logged after it.
    book.submit("globex", "globex-late", 2, day + 7, {"day": day + 6})
    book.happen("publish", "globex-late", day + 7)
    book.score("globex", day + 7)
    return book
