"""Two whole installations witness each other, until one of them tells its story anew."""

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from config.embedded.datafolder import DataFolder
from config.embedded.programs import free_port
from tests.faults.shop import open_shop
from tests.program import PATIENCE_SECONDS, Program, manage
from trustscore.tlog.merkle import EMPTY_ROOT
from trustscore.tlog.note import Note, check_signature, cosigned_at, parse_checkpoint, parse_note, parse_vkey

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.xdist_group("program")]


class Installation:
    """One program with its data, as strangers and its operator see it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.program = Program(data, port=self.port)

    @property
    def origin(self) -> str:
        """The name of its log."""
        return f"localhost:{self.port}/ledger"

    def get(self, path: str) -> str:
        """What anybody can download; empty while it is not there."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": "localhost"})
            answer = connection.getresponse()
            return answer.read().decode() if answer.status == 200 else ""
        finally:
            connection.close()

    def checkpoint(self) -> Note:
        """Its newest checkpoint, signed by its key."""
        note = parse_note(self.get("/ledger/checkpoint"))
        check_signature(note, parse_vkey(self.get("/ledger/key")))
        return note

    def size(self) -> int:
        """How many entries it has published."""
        return parse_checkpoint(self.checkpoint()).size

    def is_cosigned_by(self, other: "Installation") -> bool:
        """Whether its newest checkpoint carries the other's cosignature."""
        key = parse_vkey(other.get("/ledger/witness/key"))
        return bool(cosigned_at(self.checkpoint(), [key]))

    def agrees_to_witness(self, other: "Installation") -> None:
        """Its operator and the other's write the lines of docs/witnessing.md."""
        log, witness = wait_for(lambda: other.get("/ledger/key")), wait_for(lambda: self.get("/ledger/witness/key"))
        (self.data / "ledger.witnessed").write_text(f"log {log}")
        address = f"http://localhost:{self.port}/ledger/witness"
        (other.data / "ledger.policy").write_text(f"witness them {witness.strip()} {address}\nquorum 1\n")

    def imports_a_review(self) -> None:
        """A business opens, and a review happens."""
        open_shop(f"http://localhost:{self.port}", self.data)
        reviews = self.data / "reviews.csv"
        reviews.write_text("date,stars,title,text,name\n2026-10-01,5,Good,The pole came the next day.,Dora\n")
        imported = manage("import_reviews", str(reviews), "--business", "acme", "--data", str(self.data))
        assert imported.returncode == 0, imported.stderr

    def tells_another_story(self) -> None:
        """Someone with every key and password changes one logged entry, and has the whole log signed anew."""
        # Nothing is published while it is frozen, and whatever the worker was in the midst of ends here.
        self._as_owner("UPDATE trustscore_ledgerhead SET frozen = 'A story is being told.'")
        os.kill(self.program.process_of("celery", "worker"), signal.SIGKILL)
        shutil.rmtree(self.data / "ledger")
        self._as_owner(
            "UPDATE trustscore_ledgerentry SET entry = replace(entry, '\"tenths\":0', '\"tenths\":50')"
            " WHERE kind = 'score'"
        )
        self._as_owner("UPDATE trustscore_ledgerhead SET size = 0, note = '', root = %s, frozen = ''", EMPTY_ROOT.hex())

    def says_about_witnesses(self) -> tuple[int, str]:
        """What `manage.py witnesses` says, with its exit code."""
        said = manage("witnesses", "--data", str(self.data))
        return said.returncode, said.stdout + said.stderr

    def _as_owner(self, statement: str, *values: str) -> None:
        folder = DataFolder(self.data)
        running = folder.running()
        assert running is not None
        password = folder.secrets().passwords.owner
        link = psycopg2.connect(host=running.sockets, dbname="candor", user="candor_owner", password=password)
        with link, link.cursor() as cursor:
            cursor.execute(statement, values)
            assert cursor.rowcount == 1
        link.close()


def wait_for(look: Callable[[], Any]) -> Any:
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return found


@pytest.fixture
def installations(tmp_path: Path) -> Iterator[tuple[Installation, Installation]]:
    """Two programs that were started at the same time."""
    one, other = Installation(tmp_path / "one"), Installation(tmp_path / "other")
    with ExitStack() as stack:
        for each in (one, other):
            # Each is ended even if the other never starts.
            stack.push(each.program.__exit__)
        for each in (one, other):
            each.program.wait_for_words("Ctrl-C stops it.")
        yield one, other


def test_two_installations_witness_each_other_and_refuse_a_fork(
    installations: tuple[Installation, Installation],
) -> None:
    one, other = installations
    one.agrees_to_witness(other)
    other.agrees_to_witness(one)
    wait_for(lambda: one.is_cosigned_by(other) and other.is_cosigned_by(one))
    with ThreadPoolExecutor() as pool:
        list(pool.map(Installation.imports_a_review, installations))
    wait_for(lambda: one.size() > 1 and other.size() > 1)
    wait_for(lambda: one.is_cosigned_by(other) and other.is_cosigned_by(one))
    before = one.checkpoint()

    one.tells_another_story()
    size = parse_checkpoint(before).size
    wait_for(lambda: one.get("/ledger/checkpoint"))
    assert one.size() == size
    assert one.checkpoint().text != before.text

    refused = f"It has cosigned another tree of {size} entries of this log."
    wait_for(lambda: refused in (one.data / "logs" / "worker.log").read_text())
    assert not one.is_cosigned_by(other)
    assert other.is_cosigned_by(one)
    with ThreadPoolExecutor() as pool:
        (forger, said), (witness, proved) = pool.map(Installation.says_about_witnesses, installations)
    assert (forger, witness) == (1, 1)
    assert f"them refuses since {time.strftime('%Y-')}" in said
    assert refused in said
    assert f"{one.origin}: {size} entries, cosigned at" in proved
    assert "It forked" in proved
    assert all(f"    {line}\n" in proved for line in before.text.splitlines())
    assert all(f"    {line}\n" in proved for line in one.checkpoint().text.splitlines())
