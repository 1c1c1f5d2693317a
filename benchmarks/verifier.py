"""Verifying a whole log of a million entries from a web server of this machine.

    .venv/bin/python -m benchmarks.verifier [--entries 1000000] [--businesses 2000]

Three entries a review (submit, publish, score), over two hundred days. Goal: about a minute and 500 MB.
"""

import argparse
import functools
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lib.commitments import CommitmentKind, commit
from trustscore.ledger.entries import POLICY, SCORE, entry_text, policy_fields, score_fields
from trustscore.ledger.files import LogFiles
from trustscore.scoring import weight
from trustscore.tlog.note import Checkpoint, Verifier, sign

PROJECT = Path(__file__).resolve().parents[1]
ORIGIN = "reviews.example/ledger"
DAYS = 200
GOAL_SECONDS, GOAL_BYTES = 60.0, 500 * 1024 * 1024
SALT = bytes(32)


class Maker:
    """A log in the making, and what opens it."""

    def __init__(self, folder: Path, businesses: int) -> None:
        self.folder, self.names = folder, [f"b{number}" for number in range(businesses)]
        self.today = int(time.time()) // 86400
        self.entries = [entry_text(kind=POLICY, day=self.today - DAYS, fields=policy_fields()).encode()]
        self.seqs: dict[str, int] = defaultdict(int)
        self.openings: dict[str, list[str]] = defaultdict(list)
        self.tallies: dict[str, dict[tuple[int, int], int]] = defaultdict(lambda: defaultdict(int))

    def add(self, business: str, kind: str, day: int, fields: dict[str, str | int]) -> None:
        """One entry."""
        seq = self.seqs[business]
        self.seqs[business] = seq + 1
        self.entries.append(entry_text(kind=kind, day=day, fields=fields, business=business, seq=seq).encode())

    def review(self, number: int, day: int) -> None:
        """A review with its publication and its score."""
        business, name, stars = self.names[number % len(self.names)], f"r{number}", 1 + number % 5
        core: dict[str, str | int] = {"business": business, "review": name, "subject": "service", "stars": stars}
        core |= {"source": "order", "experienced": 0, "day": day}
        text: dict[str, str | int] = {"business": business, "review": name, "title": "", "body": "Quick and kind."}
        text |= {"name": "D.", "media": ""}
        values = {"core": core, "text": text}
        hashes: dict[str, str | int] = {
            kind: commit(CommitmentKind(kind), SALT, value) for kind, value in values.items()
        }
        opened = {kind: {"salt": SALT.hex(), "value": value} for kind, value in values.items()}
        self.openings[business].append(canonical_line(name, opened))
        self.add(business, "submit", day, {"review": name, **hashes})
        self.add(business, "publish", day, {"review": name, "actor": "service", "reason": ""})
        self.tallies[business][day, stars] += 1
        of = self.made(business, day)
        self.add(business, SCORE, day, score_fields(tenths=of[2], policy=0, size=len(self.entries)))

    def made(self, business: str, day: int) -> tuple[int, int, int]:
        """N, D and tenths as of a day."""
        n, d = 49 << 31, 7 << 32
        for (at, stars), count in self.tallies[business].items():
            n, d = n + stars * count * weight(day - at), d + count * weight(day - at)
        return n, d, (20 * n + d) // (2 * d)

    def write(self) -> None:
        """All files."""
        files, size = LogFiles(self.folder / "ledger"), len(self.entries)
        key = Ed25519PrivateKey.generate()
        files.extend(old=0, new=size, entries=self.entries)
        note = sign(Checkpoint(ORIGIN, size, files.root(size)).text, name=ORIGIN, key=key).encoded()
        files.publish_key(Verifier(ORIGIN, key.public_key().public_bytes_raw()).vkey)
        files.publish(note, size)
        for business in self.names:
            folder = self.folder / "b" / business
            folder.mkdir(parents=True)
            (folder / "openings.jsonl").write_text("".join(self.openings[business]))
            n, d, tenths = self.made(business, self.today)
            told = {"business": business, "as_of": self.today, "count": len(self.openings[business]), "n": str(n)}
            told |= {"d": str(d), "tenths": tenths, "size": size, "checkpoint": note}
            (folder / "score.json").write_text(json.dumps(told))


def canonical_line(review: str, opened: Mapping[str, object]) -> str:
    """A line of openings."""
    return json.dumps({"review": review, **opened}, separators=(",", ":")) + "\n"


class Quiet(SimpleHTTPRequestHandler):
    """A web server of files that keeps its log to itself."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def main() -> None:
    """Prints a table and a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--businesses", type=int, default=2000)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="candor-benchmark-"))
    try:
        maker, reviews = Maker(folder, given.businesses), given.entries // 3
        for number in range(reviews):
            maker.review(number, maker.today - DAYS + number * DAYS // reviews)
        maker.write()
        found = verify(folder) | {"entries": len(maker.entries), "businesses": given.businesses}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(
        f"{'verified, ' + format(found['entries'], ',') + ' entries':<36}{found['seconds']:>9} s"
        f"    goal about {GOAL_SECONDS:.0f}"
    )
    print(f"{'most memory':<36}{found['megabytes']:>9} MB   goal about {GOAL_BYTES >> 20}")
    print(json.dumps(found))


def verify(folder: Path) -> dict[str, float]:
    """Seconds and memory of the verifier as a stranger runs it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    began = time.perf_counter()
    ran = subprocess.run(
        [sys.executable, "-I", "-S", str(PROJECT / "trustscore" / "verify.py"), address, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - began
    server.shutdown()
    if ran.returncode:
        raise SystemExit(ran.stdout[-500:])
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return {"seconds": round(seconds, 1), "megabytes": round(most / (1 << 20))}


if __name__ == "__main__":
    main()
