"""What a log meets at its witness's door: every status of C2SP tlog-witness, and no two trees cosigned, ever."""

import base64
import shutil
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from lib.tenancy import for_service
from tests.trustscore.witnessing.stories import OtherLog
from trustscore import services
from trustscore.models import WitnessedLog
from trustscore.tlog.note import Checkpoint, Note, cosigned_at, parse_note, parse_vkey, sign
from trustscore.witnessing import views
from trustscore.witnessing.protocol import MOST_BYTES, SIZE_TYPE

pytestmark = pytest.mark.django_db

TEXT = "text/plain; charset=utf-8"


@pytest.fixture
def log(settings: Settings) -> OtherLog:
    """Globex's log, which this installation witnesses."""
    services.take_up_events()
    other = OtherLog()
    settings.LEDGER_WITNESSED_FILE.write_text(f"log {other.vkey}\n")
    return other


def send(body: bytes) -> tuple[int, str, str]:
    """Status, kind and text of the witness's answer."""
    answer = Client(enforce_csrf_checks=True).post("/ledger/witness/add-checkpoint", body, content_type="text/plain")
    assert not answer.cookies
    return answer.status_code, answer["Content-Type"], answer.content.decode()


def times(note: Note, line: str) -> dict[str, int]:
    """Who has cosigned the note in this line, by the key that is on show."""
    key = parse_vkey(Client().get("/ledger/witness/key").content.decode())
    return cosigned_at(parse_note(f"{note.text}\n{line}"), [key])


def test_a_log_is_cosigned_and_again_as_it_grows(log: OtherLog) -> None:
    with for_service("a test") as now:
        earliest = int(now.timestamp())
    seen = []
    for old, size in ((0, 3), (3, 3), (3, 7), (7, 300)):
        status, kind, line = send(log.request(size, old=old))
        assert (status, kind, line.count("\n")) == (200, TEXT, 1)
        ((witness, at),) = times(log.note(size), line).items()
        assert witness == "localhost:8000/ledger/witness"
        seen.append(at)
    assert seen == sorted(seen)
    assert seen[0] >= earliest


def test_whoever_does_not_know_the_size_is_told_it(log: OtherLog) -> None:
    send(log.request(5))
    assert send(log.request(9)) == (409, SIZE_TYPE, "5\n")
    assert send(log.request(9, old=4)) == (409, SIZE_TYPE, "5\n")
    assert send(log.request(3)) == (409, SIZE_TYPE, "5\n")
    assert send(log.request(9, old=5))[0] == 200


def test_a_log_nobody_told_us_of_is_unknown(log: OtherLog) -> None:
    assert send(OtherLog("initech.example/ledger").request(1)) == (
        404,
        TEXT,
        "This witness does not know a log of that origin.\n",
    )


def test_a_checkpoint_under_another_key_is_refused(log: OtherLog) -> None:
    assert send(OtherLog().request(1)) == (
        403,
        TEXT,
        "The checkpoint is not signed by a key that this witness knows for the log.\n",
    )


def test_any_of_a_logs_keys_will_do_and_other_signatures_mean_nothing(log: OtherLog, settings: Settings) -> None:
    old = OtherLog()
    settings.LEDGER_WITNESSED_FILE.write_text(f"log {old.vkey}\nlog {log.vkey}\n")
    body = log.request(1) + "\N{EM DASH} somebody.example AAAAAAAA\n".encode()
    assert send(body)[0] == 200


def test_a_rewritten_log_is_not_cosigned(log: OtherLog) -> None:
    send(log.request(5))
    status, kind, said = send(log.request(9, old=5, story="another "))
    assert (status, kind) == (422, TEXT)
    assert said == (
        "The checkpoint does not continue the one that this witness cosigned:"
        " the log was rewritten: the proof does not lead to the old root.\n"
    )
    assert send(log.request(9, old=5, proof=()))[0] == 422
    assert send(log.request(5, old=5, proof=(bytes(32),)))[0] == 422
    assert send(log.request(9, old=5))[0] == 200


def test_a_first_checkpoint_needs_no_proof_and_may_have_none(log: OtherLog) -> None:
    assert send(log.request(5, proof=(bytes(32),)))[0] == 422
    assert send(log.request(5))[0] == 200


def test_two_trees_of_one_size_are_refused_and_the_proof_of_the_fork_is_kept(log: OtherLog) -> None:
    send(log.request(5))
    forked = (409, TEXT, "This witness has cosigned another tree of 5 entries.\n")
    assert send(log.request(5, old=5, story="another ")) == forked
    assert send(log.request(5, old=5, story="a third ")) == forked
    with for_service("a test"):
        row = WitnessedLog.objects.get()
    assert (row.before_fork, row.fork) == (log.note(5).encoded(), log.note(5, "another ").encoded())
    assert row.forked_at is not None
    assert send(log.request(5, old=5))[0] == 200


def test_an_empty_tree_has_one_root(log: OtherLog) -> None:
    false = sign(Checkpoint(log.origin, 0, bytes(32)).text, name=log.origin, key=log.key)
    assert send(b"old 0\n\n" + false.encoded().encode())[0] == 409
    assert send(log.request(0))[0] == 200


HASH = base64.b64encode(bytes(32)).decode()
SHAPE = "The body is a line `old <size>`, the lines of the proof, an empty line and a checkpoint."
NOT_A_HASH = "A line of the proof is not a hash of 32 bytes in base64."
UNREADABLE = "The checkpoint cannot be read:"
NOT_A_CHECKPOINT = f"{UNREADABLE} a checkpoint is an origin, a size and a root, a line each."


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("", SHAPE),
        ("old", SHAPE),
        ("old -1\n\n", SHAPE),
        ("old 05\n\n", SHAPE),
        ("old ٣\n\n", SHAPE),
        ("old 1 \n\n", SHAPE),
        (f"old {'9' * 5000}\n\n", SHAPE),
        ("size 5\n\n", SHAPE),
        ("old 0\r\n\r\n", SHAPE),
        ("old 9\n\n", "The old size is 9, and the checkpoint's only 5."),
        ("old 0\nnot base64!\n\n", NOT_A_HASH),
        ("old 0\nAAAA\n\n", NOT_A_HASH),
        (f"old 0\n{HASH}\r\n\n", NOT_A_HASH),
        ("old 5\n" + f"{HASH}\n" * 64 + "\n", "The proof has more than 63 lines."),
    ],
)
def test_a_request_that_cannot_be_read_is_told_where(log: OtherLog, head: str, why: str) -> None:
    assert send(head.encode() + log.note(5).encoded().encode()) == (400, TEXT, f"{why}\n")


@pytest.mark.parametrize(
    ("note", "why"),
    [
        ("", f"{UNREADABLE} a note is a text, an empty line and signatures."),
        (f"globex.example/ledger\n5\n{HASH}\n", f"{UNREADABLE} a note is a text, an empty line and signatures."),
        (f"globex.example/ledger\n{'9' * 5000}\n{HASH}\n\n\N{EM DASH} a AAAAAAAA\n", NOT_A_CHECKPOINT),
        (f"globex.example/ledger\n{2**63}\n{HASH}\n\n\N{EM DASH} a AAAAAAAA\n", NOT_A_CHECKPOINT),
        (f"globex.example/ledger\n-5\n{HASH}\n\n\N{EM DASH} a AAAAAAAA\n", NOT_A_CHECKPOINT),
        ("globex\n5\nAAAA\n\n\N{EM DASH} a AAAAAAAA\n", f"{UNREADABLE} a checkpoint's root has 32 bytes."),
        (f"globex\n5\n{HASH}\n\n- a AAAAAAAA\n", f"{UNREADABLE} a signature line begins with a dash and a name."),
    ],
)  # fmt: skip
def test_a_checkpoint_that_cannot_be_read_is_told_why(log: OtherLog, note: str, why: str) -> None:
    assert send(f"old 0\n\n{note}".encode()) == (400, TEXT, f"{why}\n")


def test_what_is_no_text_or_no_end_is_refused(log: OtherLog) -> None:
    assert send(b"old 0\n\n\xff\xfe") == (400, TEXT, "The body is not text in UTF-8.\n")
    assert send(bytes(MOST_BYTES + 1)) == (413, TEXT, f"The body is larger than {MOST_BYTES} bytes.\n")
    assert Client().get("/ledger/witness/add-checkpoint").status_code == 405


def test_the_origin_may_have_a_nul(log: OtherLog) -> None:
    assert send(f"old 0\n\nglobex\0\n5\n{HASH}\n\n\N{EM DASH} a AAAAAAAA\n".encode())[0] == 404


def test_whoever_asks_too_often_waits(log: OtherLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST_REQUESTS", "1/hour")
    assert [send(b"")[0], send(b"")[0]] == [400, 429]


def test_a_bad_line_among_the_witnessed_logs_is_the_operators_to_mend(log: OtherLog, settings: Settings) -> None:
    settings.LEDGER_WITNESSED_FILE.write_text("log nonsense\n")
    assert send(log.request(1)) == (
        503,
        TEXT,
        "This witness cannot cosign at the moment; its operator can see why.\n",
    )


def test_a_witness_that_lost_its_key_makes_no_other(log: OtherLog, settings: Settings) -> None:
    send(log.request(1))
    settings.LEDGER_WITNESS_KEY_FILE.unlink()
    assert send(log.request(2, old=1))[0] == 503
    assert Client().get("/ledger/witness/key").status_code == 503
    assert not settings.LEDGER_WITNESS_KEY_FILE.exists()


def test_before_the_first_start_there_is_no_witness() -> None:
    assert Client().get("/ledger/witness/key").status_code == 404


def test_the_key_is_not_that_of_the_log(log: OtherLog) -> None:
    answer = Client().get("/ledger/witness/key")
    assert (answer["Access-Control-Allow-Origin"], answer["Cache-Control"]) == ("*", "public, max-age=300")
    ours, logs = parse_vkey(answer.content.decode()), parse_vkey(Client().get("/ledger/key").content.decode())
    assert (ours.name, logs.name) == ("localhost:8000/ledger/witness", "localhost:8000/ledger")
    assert ours.key != logs.key


def test_a_witness_restored_from_a_backup_remembers_what_it_cosigned(log: OtherLog, settings: Settings) -> None:
    send(log.request(5))
    with for_service("a backup"):
        backup = WitnessedLog.objects.values().get()
    send(log.request(9, old=5))
    with for_service("a restore"):
        WitnessedLog.objects.update(**backup)
    assert send(log.request(12, old=5, story="another ")) == (409, SIZE_TYPE, "9\n")
    assert send(log.request(12, old=9))[0] == 200
    shutil.rmtree(settings.LEDGER_DIR / "witnessed")
    assert send(log.request(12, old=9)) == (409, SIZE_TYPE, "12\n")


@pytest.mark.django_db(transaction=True)
def test_of_two_forks_at_the_same_time_one_is_cosigned(settings: Settings) -> None:
    services.take_up_events()
    logs = [OtherLog(f"globex{number}.example/ledger", common=4) for number in range(8)]
    settings.LEDGER_WITNESSED_FILE.write_text("".join(f"log {log.vkey}\n" for log in logs))
    for log in logs:
        assert send(log.request(4))[0] == 200
        forks = [log.request(6, old=4, story=story) for story in ("one ", "another ")]
        assert sorted(at_once(forks)) == [200, 409]


def at_once(bodies: list[bytes]) -> list[int]:
    """The statuses of requests that are sent at the same time."""
    together, statuses = Barrier(len(bodies)), []

    def ask(body: bytes) -> None:
        together.wait()
        statuses.append(send(body)[0])
        connection.close()

    threads = [Thread(target=ask, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses
