#!/usr/bin/env python3
"""Checks a Candor log from outside: that no review was changed or vanished unseen, and every score that was shown.

    python3 verify.py https://host [--business CODE] [--state FILE] [--mirror DIR] [--receipt FILE] [--json]

It needs nothing but Python 3.9 and trusts nobody: it reads the signed checkpoint and every entry under it, makes the
Merkle root from the entries, replays each business (or the one named) by the rules of `candor-ledger/1`, opens what
must be open, and recomputes every score ever logged and the one on show. Exit 0: all agrees. 1: something is wrong,
and a message names it. 2: it could not look. Whether a review is genuine it cannot know.

--state remembers the log and finds one that was rewritten in between. --mirror keeps a copy that any web server can
serve. --receipt looks for what an author was promised. --witnesses FILE demands cosignatures (lines `witness <vkey>`
and `quorum <n>`).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

SECONDS, PATIENCE, LOOKS = 20, 4, 4  # Of a download; between two looks; looks until what is live is called wrong.
LARGEST_FILE, LARGEST_OPENINGS = 1 << 25, 1 << 30
WEIGHTS = "126d3a8a3c42b8f07b6cdf76d964367cea8fdee884561e089fc59c23a5094801"
REASONS = {"harmful", "illegal", "personal-data", "advertising", "not-genuine", "wrong-business"}
REASONS |= {"conflict-of-interest", "court-order"}
UNCOUNTED = {"superseded", "incentivised", "insider", "product", "imported"}
ANY = "submitted published held rejected removed withdrawn"
# What each kind of entry says beside v, kind, day and (but a policy) business and seq; for what happens to a review
# also the states from which it may come, the state it leads to (none: it stays), and the reasons it may have.
KINDS: dict[str, Any] = {
    "policy": ("formula weights",),
    "asked": ("asked",),
    "score": ("tenths policy size",),
    "submit": ("review core text", "", "submitted", {""}),
    "publish": ("review actor reason", "submitted held", "published", {""}),
    "hold": ("review actor reason", "submitted published", "held", REASONS),
    "reject": ("review actor reason", "submitted held", "rejected", REASONS),
    "remove": ("review actor reason", "published", "removed", REASONS),
    "restore": ("review actor reason", "removed rejected", "published", REASONS | {""}),
    "withdraw": ("review", "published held removed", "withdrawn", {""}),
    "erase": ("review actor reason", ANY, "erased", REASONS | {"", "lost"}),
    "edit": ("review core text", "published held", "", {""}),
    "hidetext": ("review reason", "published held", "", REASONS),
    "reply": ("review reply", "published", "", {""}),
    "uncount": ("review reason", ANY, "", UNCOUNTED),
    "count": ("review reason", ANY, "", UNCOUNTED),
}
NUMBERS = {"v", "day", "seq", "tenths", "policy", "size"}


class Wrong(Exception):
    """The log, or what is shown of it, is not what it should be; the message says what and where."""


class CannotLook(Exception):
    """There is nothing to check here, or it cannot be reached."""


def sha256(*parts: bytes) -> bytes:
    """SHA-256 of the parts, one after the other."""
    return hashlib.sha256(b"".join(parts)).digest()


def merkle_root(leaves: list[bytes]) -> bytes:
    """The root of RFC 6962, 2.1: pairs are hashed level by level, an odd one moves up as it is."""
    row = leaves or [sha256()]
    while len(row) > 1:
        row = [sha256(b"\x01", *row[at : at + 2]) if at + 1 < len(row) else row[at] for at in range(0, len(row), 2)]
    return row[0]


# --- Signatures: Ed25519 of RFC 8032, 5.1, on -x² + y² = 1 + Dx²y² modulo P; a point is X, Y, Z and T = XY/Z ----------
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def point_add(p: Any, q: Any) -> Any:
    """The sum of two points (5.1.4)."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    return (b - a) * (d - c) % P, (d + c) * (b + a) % P, (d - c) * (d + c) % P, (b - a) * (b + a) % P


def point_times(number: int, point: Any) -> Any:
    """A point added to itself so many times."""
    total = (0, 1, 1, 0)
    while number:
        total = point_add(total, point) if number & 1 else total
        point, number = point_add(point, point), number >> 1
    return total


def point_decoded(raw: bytes) -> Any:
    """The point of 32 bytes (5.1.3), or None."""
    y, sign = int.from_bytes(raw, "little") & ((1 << 255) - 1), raw[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or x * x % P != square or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def ed25519_verifies(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is the key's (5.1.7)."""
    if len(key) != 32 or len(signature) != 64:
        return False
    public, nonce, s = point_decoded(key), point_decoded(signature[:32]), int.from_bytes(signature[32:], "little")
    if public is None or nonce is None or s >= ORDER:
        return False
    base = point_decoded((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    p, q = point_times(s, base), point_add(nonce, point_times(challenge, public))
    return bool((p[0] * q[2] - q[0] * p[2]) % P == 0 == (p[1] * q[2] - q[1] * p[2]) % P)


def unbase64(text: str) -> bytes:
    """The bytes of strict base64."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Wrong("something that should be base64 is not") from None


def parse_vkey(line: str) -> tuple[str, bytes]:
    """The name and the key, its kind before it, of a key line (C2SP signed-note)."""
    name, _, rest = line.strip().partition("+")
    key_hash, _, encoded = rest.partition("+")
    raw = unbase64(encoded)
    if not name or len(raw) != 33 or sha256(name.encode(), b"\n", raw)[:4].hex() != key_hash:
        raise Wrong("a key line is not well formed")
    return name, raw


def signed_text(note: str, vkey: str, what: str) -> str:
    """The text of a note that this key signed, or cosigned (kind 4, C2SP tlog-cosignature)."""
    text, _, below = note.rpartition("\n\n")
    name, raw = parse_vkey(vkey)
    for words in (line.split(" ") for line in below.split("\n")):
        signature = unbase64(words[2]) if len(words) == 3 and words[1] == name else b""
        if signature[:4] == sha256(name.encode(), b"\n", raw)[:4]:
            message, value = (text + "\n").encode(), signature[4:]
            if raw[0] == 4:
                at, value = int.from_bytes(value[:8], "big"), value[8:]
                message = f"cosignature/v1\ntime {at}\n".encode() + message
            if ed25519_verifies(raw[1:], message, value):
                return text + "\n"
    raise Wrong(f"{what} is not signed by {name}")


def parse_checkpoint(note: str, vkey: str) -> tuple[int, bytes]:
    """The size and root that the log of this key signed."""
    lines, name = signed_text(note, vkey, "the checkpoint").split("\n"), parse_vkey(vkey)[0]
    if len(lines) < 4 or lines[0] != name or not (lines[1].isascii() and lines[1].isdigit()) or len(lines[1]) > 15:
        raise Wrong(f"the checkpoint is not one of the log {name}")
    return int(lines[1]), unbase64(lines[2])


# --- Entries, commitments, scores ------------------------------------------------------------------------------------
def canonical(value: Any) -> bytes:
    """The one JSON text of a flat object (a subset of RFC 8785)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")


def parse_entry(raw: bytes, index: int) -> dict[str, Any]:
    """The entry, if it is canonical JSON with exactly the fields of its kind."""
    try:
        entry: dict[str, Any] = json.loads(raw)
        fields = {"v", "kind", "day", *KINDS[entry["kind"]][0].split()}
        fields |= set() if entry["kind"] == "policy" else {"business", "seq"}
        types = all(type(entry[name]) is (int if name in NUMBERS else str) for name in fields)
        sound = types and set(entry) == fields and entry["v"] == 1 and canonical(entry) == raw
    except (ValueError, KeyError, TypeError, RecursionError):
        sound = False
    if not sound:
        raise Wrong(f"entry {index} is not an entry of candor-ledger/1")
    return entry


def commitment(kind: str, opened: Any) -> str:
    """SHA-256("candor-ledger/1 " ‖ kind ‖ newline ‖ salt ‖ canonical(value)) of an opening; "" of a broken one."""
    try:
        salt, value = bytes.fromhex(opened["salt"]), opened["value"]
        plain = len(salt) == 32 and all(type(each) in (str, int) for each in value.values())
        return sha256(b"candor-ledger/1 ", kind.encode(), b"\n", salt, canonical(value)).hex() if plain else ""
    except (KeyError, TypeError, ValueError, AttributeError):
        return ""


def weights() -> list[int]:
    """W(age) of score.md: 2^32, halved every 182.5 days, in integers; held against the published hash."""
    with localcontext() as exact:
        exact.prec = 60
        powers = [Decimal(2) ** (32 - Decimal(k) / 365) for k in range(365)]
        roots = [int(power.quantize(Decimal(1), rounding=ROUND_HALF_UP)) for power in powers]
    if hashlib.sha256("\n".join(map(str, roots)).encode()).hexdigest() != WEIGHTS:
        raise CannotLook("this computer's arithmetic is not what it should be")
    return [roots[2 * age % 365] >> (2 * age // 365) for age in range(5841)]


class Score:
    """What counts at one entry: for each day its reviews, their stars together, and how many of them were erased."""

    table = weights()

    def __init__(self) -> None:
        self.days: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
        self.erased = 0

    def add(self, day: int, stars: int, by: int) -> None:  # Of an erased review, whose stars nobody knows, they are 0.
        for place, change in enumerate((by, by * stars, 0 if stars else by)):
            self.days[day][place] += change
        self.erased += 0 if stars else by

    def sums(self, as_of: int, unknown: int) -> tuple[int, int, int]:  # Count, N, D; erased ones with `unknown` stars.
        count, n, d, last = 0, 49 << 31, 7 << 32, len(self.table)
        for day, (reviews, stars, erased) in self.days.items():
            if reviews and 0 <= as_of - day < last:
                weight = self.table[as_of - day]
                count, n, d = count + reviews, n + (stars + unknown * erased) * weight, d + reviews * weight
        return count, n, d

    def tenths(self, as_of: int, unknown: int) -> int:
        count, n, d = self.sums(as_of, unknown)
        return (20 * n + d) // (2 * d) if count else 0


# --- The replay of one business --------------------------------------------------------------------------------------
class Review:
    """A review as the entries tell it; `counts` is what it adds to the score: core, day and stars, or nothing."""

    def __init__(self, entry: dict[str, Any]) -> None:
        self.id, self.day, self.state, self.held = entry["review"], entry["day"], "", 0
        self.versions: list[tuple[str, str]] = []
        self.uncounted, self.reply, self.hidden, self.counts = "", "", False, ()
        self.ever_counted: set[str] = set()


class Replay:
    """One business, entry by entry, held to the rules. `opened` has kind and value of each opened commitment."""

    def __init__(self, code: str, opened: dict[str, Any], policies: list[int], today: int) -> None:
        self.code, self.opened, self.policies, self.today = code, opened, policies, today
        self.reviews: dict[str, Review] = {}
        self.score, self.changed, self.logged, self.seq = Score(), -1, -1, 0

    def wrong(self, index: int, what: str) -> Wrong:
        return Wrong(f"{self.code}, entry {index}: {what}")

    def run(self, entries: list[tuple[int, dict[str, Any]]], shown: dict[str, Any]) -> None:
        wanted = [(entry["size"], index, entry) for index, entry in entries if entry["kind"] == "score"]
        wanted = sorted([*wanted, (shown["size"], sys.maxsize, shown)], key=lambda each: each[:2], reverse=True)
        erased = {entry["review"] for _, entry in entries if entry["kind"] == "erase"}
        for index, entry in entries:
            while wanted and wanted[-1][0] <= index:  # A score of the entries before this one.
                self.compare(*wanted.pop()[1:])
            if entry["seq"] != self.seq:
                raise self.wrong(index, f"it is number {entry['seq']} of its business, and number {self.seq} is due")
            self.seq += 1
            if entry["kind"] == "score":
                self.check_score(index, entry)
            elif entry["kind"] != "asked":
                self.happen(index, entry, erased)
        while wanted:
            self.compare(*wanted.pop()[1:])
        self.check_end()

    def happen(self, index: int, entry: dict[str, Any], erased: set[str]) -> None:
        kind, review = entry["kind"], self.reviews.get(entry["review"]) or Review(entry)
        self.check_step(index, entry, review)
        self.reviews[review.id] = review
        review.state = KINDS[kind][2] or review.state
        review.held = entry["day"] if kind == "hold" else review.held
        review.reply = entry["reply"] if kind == "reply" else review.reply
        review.hidden = kind == "hidetext" or (review.hidden and kind != "edit")
        if kind in ("uncount", "count"):
            review.uncounted = entry["reason"] if kind == "uncount" else ""
        if kind in ("submit", "edit"):
            review.versions.append((entry["core"], entry["text"]))
            self.check_core(index, review, review.id in erased)
        self.count(index, review, review.id in erased)

    def check_step(self, index: int, entry: dict[str, Any], review: Review) -> None:
        kind, days = entry["kind"], entry["day"] - review.held
        _, origins, target, reasons = KINDS[kind]
        legal = review.state in origins.split() if review.state else kind == "submit"
        if not legal or (kind in ("uncount", "count") and (kind == "count") != bool(review.uncounted)):
            state = review.state or "not there"
            raise self.wrong(index, f"{kind} of review {review.id}, which is {state}: an illegal transition")
        if review.state == "held" and target and days > 3:
            raise self.wrong(index, f"review {review.id} was held for {days} days, and 3 are allowed")
        if entry.get("reason", "") not in reasons or entry.get("actor", "service") not in (
            "service",
            "author",
            "court",
        ):
            raise self.wrong(index, f"{kind} of review {review.id}: reason or actor is not in the closed list")

    def core(self, number: str) -> Any:
        kind, value = self.opened.get(number, ("", None))
        return value if kind == "core" else None

    def check_core(self, index: int, review: Review, erased: bool) -> None:
        core = self.core(review.versions[-1][0])
        if core is None:
            return
        first = self.core(review.versions[0][0]) or core
        if erased:
            raise self.wrong(index, f"review {review.id} was erased, and its opening is still there")
        if set(core) != {"business", "review", "subject", "stars", "source", "experienced", "day"}:
            raise self.wrong(index, f"the core of review {review.id} is not one of candor-ledger/1")
        if (core["business"], core["review"]) != (self.code, review.id) or core["stars"] not in range(1, 6):
            raise self.wrong(index, f"the core of review {review.id} is not its own")
        if core["day"] not in (review.day, review.day - 1):
            raise self.wrong(index, f"review {review.id} is of day {core['day']}, logged on {review.day}: backdated")
        if {**core, "stars": 0} != {**first, "stars": 0}:
            raise self.wrong(index, f"an edit of review {review.id} changed more than its stars and words")

    def count(self, index: int, review: Review, erased: bool) -> None:
        now: Any = ()
        if review.state == "published" and not review.uncounted:
            number = review.versions[-1][0]
            core = self.core(number)
            if core is None and not erased:
                raise Wrong(f"{self.code}: the core of review {review.id} does not open: changed or deleted")
            if core and (core["subject"] != "service" or core["source"] not in ("ticket", "order", "organic")):
                raise self.wrong(index, f"review {review.id} counts, and is {core['source']} about {core['subject']}")
            now = (number, core["day"], core["stars"]) if core else (number, review.day, 0)
            review.ever_counted.add(number)
        if now[1:] != review.counts[1:] or (now != review.counts and not now[2]):
            self.changed = index
            for counts, by in ((review.counts, -1), (now, 1)):
                if counts:
                    self.score.add(counts[1], counts[2], by)
        review.counts = now

    def check_score(self, index: int, entry: dict[str, Any]) -> None:
        if entry["size"] > index:
            raise self.wrong(index, f"a score of {entry['size']} entries, which were not there yet")
        if entry["policy"] != max((at for at in self.policies if at < index), default=-1):
            raise self.wrong(index, f"a score under the policy of entry {entry['policy']}, which was not in force")
        self.logged = max(self.logged, entry["size"])

    def compare(self, index: int, entry: dict[str, Any]) -> None:
        on_show = index == sys.maxsize
        where, as_of = ("the score on show", entry["as_of"]) if on_show else (f"entry {index}", entry["day"])
        low = high = self.score.tenths(as_of, 1)
        if self.score.erased:
            high = self.score.tenths(as_of, 5)
        if not low <= entry["tenths"] <= high:
            made = f"{low / 10}" if low == high else f"between {low / 10} and {high / 10}"
            raise Wrong(f"{self.code}, {where}: it says {entry['tenths'] / 10}, and the reviews make {made}")
        if on_show and not self.score.erased and (entry["count"], entry["n"], entry["d"]) != self.score.sums(as_of, 0):
            raise Wrong(f"{self.code}, {where}: its exact numbers are not those that the reviews make")

    def check_end(self) -> None:
        if self.changed >= max(self.logged, 0):
            raise self.wrong(self.changed, "what counts changed, and no score was logged after it")
        for review in self.reviews.values():
            if review.state == "held" and (days := self.today - review.held) > 3:
                raise Wrong(f"{self.code}: review {review.id} is held for {days} days, and 3 are allowed")
            needed = [("core", core) for core, _ in review.versions if core in review.ever_counted]
            if review.state == "published":
                needed += [] if review.hidden else [("text", review.versions[-1][1])]
                needed += [("reply", review.reply)] if review.reply else []
            for kind, number in needed if review.state != "erased" else ():
                if self.opened.get(number, ("",))[0] != kind:
                    raise Wrong(f"{self.code}: the {kind} of review {review.id} does not open: changed or deleted")


# --- Reading a site --------------------------------------------------------------------------------------------------
class Site:
    """An installation, or a mirror of one; keeps a copy of what it reads in the folder `mirror`, if one is named."""

    def __init__(self, address: str, mirror: str) -> None:
        self.address, self.mirror = address.rstrip("/"), mirror

    def read(self, *paths: str, most: int = LARGEST_FILE) -> bytes:  # The first of these files that is there.
        problem = ""
        for path in paths:
            try:
                with urllib.request.urlopen(f"{self.address}/{path}", timeout=SECONDS) as answer:
                    if urllib.parse.urlsplit(answer.url).netloc != urllib.parse.urlsplit(self.address).netloc:
                        raise CannotLook(f"{self.address} leads to another host: {answer.url}")
                    data: bytes = answer.read(most + 1)
            except (OSError, ValueError) as error:
                problem = str(error)
                if isinstance(error, urllib.error.HTTPError):
                    error.close()
                continue
            if len(data) > most:
                raise Wrong(f"/{path} is larger than {most} bytes")
            if self.mirror:
                target = os.path.join(self.mirror, *path.split("/"))
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "wb") as file:
                    file.write(data)
            return data
        raise CannotLook(f"{self.address}/{paths[0]}: {problem}")

    def openings(self, code: str) -> dict[str, Any]:  # Kind and, to be frugal, the value of cores only.
        opened: dict[str, Any] = {}
        for line in self.read(f"b/{code}/openings.jsonl", most=LARGEST_OPENINGS).splitlines():
            try:
                told = json.loads(line)
                for kind in {"core", "text", "reply", "asked"} & set(told):
                    opened[commitment(kind, told[kind])] = (kind, told[kind]["value"] if kind == "core" else None)
            except (ValueError, TypeError, KeyError, RecursionError):
                raise Wrong(f"{code}: a line of its openings is broken") from None
        return opened


class Log:
    """The entries under a signed checkpoint: their leaves, and those of each business as they were logged."""

    def __init__(self, site: Site, vkey: str) -> None:
        self.site, self.vkey, self.note, self.day = site, vkey, "", 0
        self.leaves: list[bytes] = []
        self.policies: list[int] = []
        self.businesses: dict[str, list[tuple[int, bytes]]] = defaultdict(list)
        self.roots: dict[int, bytes] = {}

    def read(self) -> None:  # On to the newest checkpoint.
        self.note = self.site.read("ledger/checkpoint").decode("utf-8", "replace")
        size, root = parse_checkpoint(self.note, self.vkey)
        if size < len(self.leaves):
            raise Wrong(f"the log shrank from {len(self.leaves)} entries to {size}")
        numbers = range(len(self.leaves) // 256, (size + 255) // 256)
        with ThreadPoolExecutor(8) as pool:
            for start in range(0, len(numbers), 64):
                for entries in pool.map(lambda number: self.bundle(number, size), numbers[start : start + 64]):
                    for raw in entries[len(self.leaves) % 256 :]:
                        self.add(raw)
        if self.root(size) != root:
            raise Wrong(f"the {size} entries do not make the signed root: one was dropped, moved or changed")

    def bundle(self, number: int, size: int) -> list[bytes]:
        name, rest, width = f"{number % 1000:03d}", number // 1000, min(256, size - number * 256)
        while rest:
            name, rest = f"x{rest % 1000:03d}/{name}", rest // 1000
        full = f"ledger/tile/entries/{name}"
        data = self.site.read(*([f"{full}.p/{width}"] if width < 256 else []), full)
        entries, at = [], 0
        while at < len(data):
            end = at + 2 + int.from_bytes(data[at : at + 2], "big")
            entries.append(data[at + 2 : end])
            at = end
        if at != len(data) or len(entries) < width:
            raise Wrong(f"/{full} does not hold the {width} entries that the checkpoint promises")
        return entries[:width]

    def add(self, raw: bytes) -> None:
        index, entry = len(self.leaves), parse_entry(raw, len(self.leaves))
        if entry["day"] < self.day:
            raise Wrong(f"entry {index}: its day lies before that of the entry before it: backdated")
        self.day = entry["day"]
        self.leaves.append(sha256(b"\x00", raw))
        if entry["kind"] != "policy":
            self.businesses[entry["business"]].append((index, raw))
        elif (entry["formula"], entry["weights"]) != ("score-1", WEIGHTS):
            raise Wrong(f"entry {index}: a policy of another formula than score-1")
        else:
            self.policies.append(index)

    def root(self, size: int) -> bytes:
        if size not in self.roots:
            self.roots[size] = merkle_root(self.leaves[:size])
        return self.roots[size]

    def check(self, code: str) -> str:  # One business: what it shows, opened, replayed and recomputed.
        today, name = int(time.time()) // 86400, f"{code}, the score on show"
        try:
            told = json.loads(self.site.read(f"b/{code}/score.json"))
            shown = {each: int(told[each]) for each in ("as_of", "count", "n", "d", "tenths", "size")}
            size, root = parse_checkpoint(told["checkpoint"], self.vkey)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Wrong(f"{name}: /b/{code}/score.json is broken") from None
        if not size == shown["size"] <= len(self.leaves):
            raise Wrong(f"{name}: it is of {size} entries, and the log has {len(self.leaves)}")
        if self.root(size) != root:
            raise Wrong(f"{name}: there are two checkpoints of {size} entries")
        if not today - 1 <= shown["as_of"] <= today + 1:
            raise Wrong(f"{name}: it is of day {shown['as_of']}, and today is {today}")
        entries = [(index, json.loads(raw)) for index, raw in self.businesses[code]]
        Replay(code, self.site.openings(code), self.policies, today).run(entries, shown)
        return f"{code}: {len(entries)} entries, {shown['count']} reviews count, score {shown['tenths'] / 10}: agrees"


# --- What can be asked -----------------------------------------------------------------------------------------------
def check_state(log: Log, path: str) -> None:
    """Holds the log against the checkpoint of the last time, and remembers this one."""
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            old = json.load(file)
        if old["vkey"] != log.vkey:
            signed_text(log.note, old["vkey"], "the checkpoint (the key was another last time)")
        if old["size"] > len(log.leaves):
            raise Wrong(f"the log shrank from {old['size']} entries to {len(log.leaves)}")
        if log.root(old["size"]).hex() != old["root"]:
            same = old["size"] == len(log.leaves)
            what = "there are two checkpoints of" if same else "the log was rewritten among its first"
            raise Wrong(f"{what} {old['size']} entries")
    new = {"vkey": log.vkey, "size": len(log.leaves), "root": log.root(len(log.leaves)).hex(), "note": log.note}
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        json.dump(new, file)
    os.replace(f"{path}.new", path)


def cosigners(note: str, policy: list[list[str]]) -> dict[bytes, str]:
    """The names of the policy's witnesses, by their keys, that cosigned a note."""
    names = {}
    for vkey in (words[1] for words in policy if words[0] == "witness"):
        try:
            signed_text(note, vkey, "the checkpoint")
        except Wrong:
            continue
        name, key = parse_vkey(vkey)
        names[key] = name
    return names


def check_witnesses(log: Log, path: str) -> str:
    """Counts the witnesses of a policy file that cosigned the newest checkpoint, or a little older one."""
    with open(path, encoding="utf-8") as file:
        lines = [line.split() for line in file if line.strip() and not line.startswith("#")]
    quorum = sum(int(words[1]) for words in lines if words[0] == "quorum")
    names = cosigners(log.note, lines)
    if len(names) < quorum:  # The newest may be seconds old; a witness takes some. What it did cosign is there too.
        note = log.site.read("ledger/cosigned", "ledger/checkpoint").decode("utf-8", "replace")
        size, root = parse_checkpoint(note, log.vkey)
        if size > len(log.leaves) or log.root(size) != root:
            raise Wrong(f"there are two checkpoints of {size} entries")
        names = cosigners(note, lines)
    if len(names) < quorum:
        raise Wrong(f"the checkpoint is cosigned by {len(names)} witnesses, and {quorum} are demanded")
    return f"cosigned by {', '.join(names.values()) or 'nobody'}"


def check_receipt(log: Log, path: str) -> str:
    """Whether the log has what an author's receipt promises; promised are 24 hours."""
    with open(path, encoding="utf-8") as file:
        receipt = json.load(file)
    lines = signed_text(receipt["note"], log.vkey, "the receipt").split("\n")
    core, text = commitment("core", receipt["core"]), commitment("text", receipt["text"])
    if len(lines) != 8 or lines[0] != "candor-receipt/1" or lines[4:6] != [core, text]:
        raise Wrong("the receipt's words and stars are not those that its note commits to")
    _, _, business, review, *_ = lines
    for index, raw in log.businesses[business]:
        entry = json.loads(raw)
        if entry["kind"] == "submit" and (entry["review"], entry["core"], entry["text"]) == (review, core, text):
            return f"the receipt's review {review} is entry {index}"
    if int(lines[6]) + 1 >= int(time.time()) // 86400:
        return f"the receipt's review {review} is not in the log yet; it is promised within a day"
    raise Wrong(f"{business}: review {review} was submitted, and the log does not have it: it was swallowed")


def check(given: argparse.Namespace, said: list[str], faults: list[str]) -> None:
    """Everything that was asked for. What is live is looked at again before it is called wrong."""
    site = Site(given.address, given.mirror)
    log = Log(site, site.read("ledger/key").decode("utf-8", "replace").split("\n")[0])
    log.read()
    said.append(f"{parse_vkey(log.vkey)[0]}: {len(log.leaves)} entries make the signed root")
    if given.state:
        check_state(log, given.state)
    said += [check_witnesses(log, given.witnesses)] if given.witnesses else []
    said += [check_receipt(log, given.receipt)] if given.receipt else []
    left = [given.business] if given.business else sorted(log.businesses)
    for look in range(LOOKS):
        wrong = {}
        for code in left:
            try:
                said.append(log.check(code))
            except (Wrong, CannotLook) as fault:
                wrong[code] = str(fault)
        left = sorted(wrong)
        if not left or look == LOOKS - 1:
            faults += wrong.values()
            return
        time.sleep(PATIENCE)
        log.read()


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Checks a Candor log and every score under it.")
    parser.add_argument("address", help="of an installation or a mirror, such as https://reviews.example")
    parser.add_argument("--json", action="store_true", help="say the outcome as one JSON object")
    for name in ("business", "state", "mirror", "receipt", "witnesses"):
        parser.add_argument(f"--{name}", default="", metavar=name.upper())
    given, code = parser.parse_args(), 0
    said: list[str] = []
    faults: list[str] = []
    try:
        check(given, said, faults)
    except Wrong as fault:
        faults.append(str(fault))
    except (CannotLook, OSError, ValueError, KeyError) as problem:
        code, faults = 2, [f"could not look: {problem}"]
    code = code or int(bool(faults))
    lines = [*said, *(f"WRONG: {fault}" if code == 1 else fault for fault in faults)]
    outcome = {"ok": code == 0, "exit": code, "said": said, "faults": faults}
    print(json.dumps(outcome) if given.json else "\n".join([*lines, *([] if code else ["Everything agrees."])]))
    return code


if __name__ == "__main__":
    sys.exit(main())
