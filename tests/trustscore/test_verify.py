"""The verifier against whole logs: silent about honest ones, and naming the fault of every other."""

import functools
import json
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.trustscore.logbook import KEY, ORIGIN, TODAY, Logbook, honest
from tests.trustscore.mutations import MUTATIONS, Mutation
from trustscore import verify
from trustscore.scoring import OLDEST_AGE, weight
from trustscore.tlog.note import Verifier, cosign, parse_note

VECTORS = Path(__file__).parents[1] / "vectors" / "ledger_vectors.json"


class Quiet(SimpleHTTPRequestHandler):
    """A web server of files that keeps its log to itself."""

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder on loopback, as any web server would serve it; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is live here: what is wrong at the first look stays wrong."""
    monkeypatch.setattr(verify, "LOOKS", 1)


def outcome(address: str, *options: str, capsys: Any = None) -> tuple[int, list[str]]:
    """The exit code and the faults."""
    sys.argv = ["verify.py", address, "--json", *options]
    code = verify.main()
    told = json.loads(capsys.readouterr().out)
    assert (told["exit"], told["ok"]) == (code, code == 0)
    return code, told["faults"]


def test_an_honest_log_agrees_business_by_business(tmp_path: Path, capsys: Any) -> None:
    honest().write(tmp_path)
    with served(tmp_path) as address:
        sys.argv = ["verify.py", address]
        assert verify.main() == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{ORIGIN}: {len(honest().entries)} entries make the signed root",
        "acme: 19 entries, 4 reviews count, score 3.5: agrees",
        "globex: 18 entries, 2 reviews count, score 3.1: agrees",
        "Everything agrees.",
    ]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_every_cheat_is_named(mutation: Mutation, tmp_path: Path, capsys: Any) -> None:
    book = honest()
    mutation.cheat(book)
    book.write(tmp_path)
    with served(tmp_path) as address:
        code, faults = outcome(address, capsys=capsys)
    assert (code, faults[0]) == (1, mutation.fault)


def test_two_checkpoints_of_one_size_are_found_by_who_remembers(tmp_path: Path, capsys: Any) -> None:
    state = tmp_path / "state.json"
    book = honest()
    book.write(tmp_path / "one")
    with served(tmp_path / "one") as address:
        assert outcome(address, "--state", str(state), capsys=capsys) == (0, [])
    book.openings["acme"][0]["text"]["value"]["body"] = "Another history"
    book.entries[1]["text"] = verify.commitment("text", book.openings["acme"][0]["text"])
    book.write(tmp_path / "two")
    with served(tmp_path / "two") as address:
        assert outcome(address, capsys=capsys) == (0, [])
        faults = [f"there are two checkpoints of {len(book.entries)} entries"]
        assert outcome(address, "--state", str(state), capsys=capsys) == (1, faults)


def test_a_log_that_was_rewritten_or_shrank_since_is_found(tmp_path: Path, capsys: Any) -> None:
    state = tmp_path / "state.json"
    honest().write(tmp_path / "one")
    with served(tmp_path / "one") as address:
        outcome(address, "--state", str(state), capsys=capsys)
    longer, size = honest(), len(honest().entries)
    longer.entries[1]["text"] = "0" * 64
    longer.score("acme", TODAY)
    longer.write(tmp_path / "two")
    with served(tmp_path / "two") as address:
        faults = [f"the log was rewritten among its first {size} entries"]
        assert outcome(address, "--state", str(state), capsys=capsys) == (1, faults)
    shorter = Logbook()
    shorter.policy(TODAY)
    shorter.write(tmp_path / "three")
    with served(tmp_path / "three") as address:
        assert outcome(address, "--state", str(state), capsys=capsys) == (
            1,
            [f"the log shrank from {size} entries to 1"],
        )


def test_a_log_that_grew_honestly_agrees_with_what_was_remembered(tmp_path: Path, capsys: Any) -> None:
    state = tmp_path / "state.json"
    book = honest()
    for number in range(2):
        book.score("acme", TODAY)
        book.write(tmp_path / str(number))
        with served(tmp_path / str(number)) as address:
            assert outcome(address, "--state", str(state), capsys=capsys) == (0, [])


def test_a_receipt_is_found_or_was_swallowed(tmp_path: Path, capsys: Any) -> None:
    book, receipt = honest(), tmp_path / "receipt.json"
    receipt.write_text(json.dumps(book.receipts["acme2"]))
    book.write(tmp_path / "one")
    with served(tmp_path / "one") as address:
        assert outcome(address, "--receipt", str(receipt), capsys=capsys) == (0, [])
        book.submit("acme", "never-logged", 1, TODAY - 3)
        receipt.write_text(json.dumps(book.receipts["never-logged"]))
        faults = ["acme: review never-logged was submitted, and the log does not have it: it was swallowed"]
        assert outcome(address, "--receipt", str(receipt), capsys=capsys) == (1, faults)
        book.submit("acme", "fresh", 1, TODAY)
        receipt.write_text(json.dumps(book.receipts["fresh"]))
        assert outcome(address, "--receipt", str(receipt), capsys=capsys) == (0, [])
        forged = book.receipts["fresh"] | {"core": book.receipts["acme2"]["core"]}
        receipt.write_text(json.dumps(forged))
        faults = ["the receipt's words and stars are not those that its note commits to"]
        assert outcome(address, "--receipt", str(receipt), capsys=capsys) == (1, faults)


def test_a_mirror_can_be_checked_like_the_original(tmp_path: Path, capsys: Any) -> None:
    honest().write(tmp_path / "original")
    with served(tmp_path / "original") as address:
        assert outcome(address, "--mirror", str(tmp_path / "mirror"), capsys=capsys) == (0, [])
    with served(tmp_path / "mirror") as address:
        assert outcome(address, capsys=capsys) == (0, [])


def test_one_business_can_be_asked_for(tmp_path: Path, capsys: Any) -> None:
    book = honest()
    book.openings["globex"].clear()
    book.write(tmp_path)
    with served(tmp_path) as address:
        assert outcome(address, "--business", "acme", capsys=capsys) == (0, [])
        assert outcome(address, "--business", "globex", capsys=capsys)[0] == 1
        assert outcome(address, "--business", "nobody", capsys=capsys)[0] == 1


def test_witnesses_are_counted(tmp_path: Path, capsys: Any) -> None:
    honest().write(tmp_path)
    key = Ed25519PrivateKey.generate()
    checkpoint, policy = tmp_path / "ledger" / "checkpoint", tmp_path / "witnesses"
    vkey = Verifier("other.example/witness", key.public_key().public_bytes_raw(), 4).vkey
    policy.write_text(f"witness {vkey}\nquorum 1\n")
    with served(tmp_path) as address:
        faults = ["the checkpoint is cosigned by 0 witnesses, and 1 are demanded"]
        assert outcome(address, "--witnesses", str(policy), capsys=capsys) == (1, faults)
        note = cosign(parse_note(checkpoint.read_text()), name="other.example/witness", key=key, at=TODAY * 86400)
        checkpoint.write_text(note.encoded())
        assert outcome(address, "--witnesses", str(policy), capsys=capsys) == (0, [])


@pytest.mark.parametrize(
    ("path", "contents", "fault"),
    [
        ("ledger/checkpoint", "nonsense", f"the checkpoint is not signed by {ORIGIN}"),
        ("ledger/key", "nonsense", "a key line is not well formed"),
        ("b/acme/openings.jsonl", "[1]\n{", "acme: a line of its openings is broken"),
        ("b/acme/score.json", '{"as_of": "x"}', "acme, the score on show: /b/acme/score.json is broken"),
        ("b/acme/score.json", "[" * 100_000, "acme, the score on show: /b/acme/score.json is broken"),
    ],
)
def test_hostile_files_are_faults_with_a_name(
    tmp_path: Path, capsys: Any, path: str, contents: str, fault: str
) -> None:
    honest().write(tmp_path)
    (tmp_path / path).write_text(contents)
    with served(tmp_path) as address:
        assert outcome(address, capsys=capsys) == (1, [fault])


@pytest.mark.parametrize(
    "entry",
    [
        '{"v":1}',
        "[]",
        '{"day":1,"kind":"policy","v":1.0}',
        '{"day":1, "formula":"score-1","kind":"policy","v":1}',
        "\xff",
    ],
)
def test_what_is_no_entry_is_named(entry: str) -> None:
    with pytest.raises(verify.Wrong, match="entry 7 is not an entry of candor-ledger/1"):
        verify.parse_entry(entry.encode("latin-1"), 7)


def test_where_nothing_is_nothing_can_be_checked(tmp_path: Path, capsys: Any) -> None:
    with served(tmp_path) as address:
        code, faults = outcome(address, capsys=capsys)
    assert (code, faults[0].startswith("could not look: ")) == (2, True)


def test_it_needs_nothing_but_python(tmp_path: Path) -> None:
    honest().write(tmp_path)
    program = tmp_path / "downloaded.py"
    program.write_text(Path(verify.__file__).read_text())
    with served(tmp_path) as address:
        ran = subprocess.run(
            [sys.executable, "-I", "-S", str(program), address], capture_output=True, text=True, check=False, timeout=60
        )
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (0, "Everything agrees.")


def test_the_vectors_of_the_ledger() -> None:
    told = json.loads(VECTORS.read_text())["ledger"]
    entries = [(at, verify.parse_entry(raw.encode(), at)) for at, raw in enumerate(told["entries"])]
    leaves = [verify.sha256(b"\x00", raw.encode()) for raw in told["entries"]]
    assert [verify.merkle_root(leaves[:size]).hex() for size in range(16)] == [
        told["roots"][str(at)] for at in range(16)
    ]
    assert verify.parse_checkpoint(told["checkpoint"], told["vkey"]) == (15, bytes.fromhex(told["roots"]["15"]))
    # The vectors keep the openings of the erased review, to be checked against; an installation does not.
    opened = {
        verify.commitment(kind, each[kind]): (kind, each[kind]["value"])
        for each in told["openings"]
        for kind in ("core", "text", "reply", "asked")
        if kind in each and each.get("review") != "r0002"
    }
    shown = {name: int(told["score_on_2026_11_01"][name]) for name in ("as_of", "count", "n", "d", "tenths", "size")}
    replay = verify.Replay("b7f3a9k2", opened, [0], 20758)
    replay.run([each for each in entries if each[1]["kind"] != "policy"], shown)
    assert replay.score.sums(20758, 0)[0] == 2


def test_the_weights_are_those_of_the_program() -> None:
    assert verify.Score.table == [weight(age) for age in range(OLDEST_AGE + 1)]


@pytest.mark.parametrize(
    ("key", "message", "signature"),
    [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ],
)
def test_ed25519_of_rfc_8032(key: str, message: str, signature: str) -> None:
    raw = bytes.fromhex(signature)
    assert verify.ed25519_verifies(bytes.fromhex(key), bytes.fromhex(message), raw)
    # S + L is the same number modulo L, and no valid signature.
    larger = raw[:32] + (int.from_bytes(raw[32:], "little") + verify.ORDER).to_bytes(32, "little")
    assert not verify.ed25519_verifies(bytes.fromhex(key), bytes.fromhex(message), larger)


@settings(max_examples=30, deadline=None)
@given(message=st.binary(max_size=60), flipped=st.integers(0, 96 * 8 - 1))
def test_ed25519_agrees_with_the_library(message: bytes, flipped: int) -> None:
    public, signature = KEY.public_key().public_bytes_raw(), KEY.sign(message)
    assert verify.ed25519_verifies(public, message, signature)
    both = bytearray(public + signature)
    both[flipped // 8] ^= 1 << flipped % 8
    try:
        Ed25519PublicKey.from_public_bytes(bytes(both[:32])).verify(bytes(both[32:]), message)
        expected = True
    except InvalidSignature:
        expected = False
    assert verify.ed25519_verifies(bytes(both[:32]), message, bytes(both[32:])) == expected


ACTS = ["new", "edit", "hold", "free", "remove", "restore", "withdraw", "erase"]
STEPS = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(ACTS), st.integers(1, 5), st.integers(0, 2)),
    max_size=25,
)
BEFORE = {
    "edit": {"published", "held"},
    "hold": {"published"},
    "free": {"held"},
    "remove": {"published"},
    "restore": {"removed"},
    "withdraw": {"published", "held", "removed"},
    "erase": {"published", "held", "removed", "withdrawn"},
}


def holds(book: Logbook) -> dict[str, int]:
    """The reviews that are held, each since when."""
    held = {each["review"]: each["day"] for each in book.entries if each["kind"] == "hold"}
    return {review: day for review, day in held.items() if book.reviews[review].status == "held"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_honest_history_is_called_wrong(steps: list[tuple[int, str, int, int]]) -> None:
    book, day = Logbook(), TODAY - 60
    book.policy(day)
    book.openings["acme"] = []
    for who, act, stars, later in steps:
        review = f"r{who}"
        # No hold lasts longer than it may.
        day = min([day + later, *(since + 3 for since in holds(book).values())])
        told = book.reviews.get(review)
        if act == "new" and told is None:
            book.submit("acme", review, stars, day)
            book.happen("publish", review, day)
        elif told and act == "edit" and told.status in BEFORE[act]:
            book.edit(review, stars, day)
        elif told and told.status in BEFORE.get(act, ()):
            kind, reason = ("publish", "") if act == "free" else (act, "illegal" if act in {"hold", "remove"} else "")
            book.happen(kind, review, day, reason=reason)
        book.score("acme", day)
    opened = {
        verify.commitment(kind, each[kind]): (kind, each[kind]["value"])
        for each in book.open_now("acme")
        for kind in ("core", "text")
        if kind in each
    }
    of = book.made("acme", day)
    shown = {"as_of": day, "count": of.count if of else 0, "tenths": of.tenths if of else 0, "size": len(book.entries)}
    shown |= {"n": of.numerator if of else 49 << 31, "d": of.denominator if of else 7 << 32}
    entries = [(at, each) for at, each in enumerate(book.entries) if each["kind"] != "policy"]
    verify.Replay("acme", opened, [0], day).run(entries, shown)


def test_it_is_installed_as_a_command() -> None:
    project = tomllib.loads((Path(verify.__file__).parents[1] / "pyproject.toml").read_text())
    module, _, name = project["project"]["scripts"]["candor-verify"].partition(":")
    assert getattr(import_module(module), name) is verify.main
