"""A stranger who is told only the address downloads the verifier, runs it, and sees what was secretly deleted."""

import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from businesses.models import Business
from lib.tenancy import for_service
from tests.trustscore.test_log import say
from trustscore.services import take_up_events

pytestmark = pytest.mark.django_db(transaction=True)


def run(program: Path, address: str) -> tuple[int, list[str]]:
    """What the stranger reads."""
    # Nothing is live here, so that the patience of a first look would only be waited out.
    source = program.read_text().replace("SECONDS, PATIENCE, LOOKS = 20, 4, 4", "SECONDS, PATIENCE, LOOKS = 20, 0, 2")
    program.write_text(source)
    ran = subprocess.run(
        [sys.executable, "-I", "-S", str(program), address], capture_output=True, text=True, check=False, timeout=60
    )
    return ran.returncode, ran.stdout.splitlines()


def test_a_stranger_believes_the_number_and_sees_a_deleted_review_named(
    live_server: LiveServer, acme: Business, globex: Business, tmp_path: Path
) -> None:
    reviews = [say(acme, stars, f"customer{stars}") for stars in (5, 4, 1)]
    say(globex, 3, "gus")
    take_up_events()
    with urlopen(f"{live_server.url}/verify.py", timeout=10) as answer:  # noqa: S310 - Our own server.
        program = tmp_path / "verify.py"
        program.write_bytes(answer.read())
    assert run(program, live_server.url) == (
        0,
        [
            "localhost:8000/ledger: 11 entries make the signed root",
            "acme: 7 entries, 3 reviews count, score 3.5: agrees",
            "globex: 3 entries, 1 reviews count, score 3.4: agrees",
            "Everything agrees.",
        ],
    )
    secretly = reviews[2].public_id
    with for_service("a test's crime"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM reviews_reviewversion WHERE review_id = %s", [reviews[2].pk])
        cursor.execute("UPDATE reviews_review SET status = 'withdrawn' WHERE id = %s", [reviews[2].pk])
    code, said = run(program, live_server.url)
    assert (code, said[-1]) == (1, f"WRONG: acme: the core of review {secretly} does not open: changed or deleted")
