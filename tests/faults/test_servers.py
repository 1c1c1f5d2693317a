"""Valkey flushed and killed, PostgreSQL killed: nothing acknowledged is lost and nobody is asked twice."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from redis import Redis

from config.embedded.datafolder import DataFolder
from config.embedded.programs import free_port
from config.replay.mailbox import Mailbox
from tests.faults.shop import Shop, address, open_shop, recipients, report_solved
from tests.program import Program

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.xdist_group("program")]

TICKETS = 24
# quality.md: sending again within 90 seconds.
AGAIN_SECONDS = 90.0


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Program, Shop, Path]]:
    """The running program with a business that has a connection."""
    data = tmp_path_factory.mktemp("faults")
    with Program(data, port=free_port()) as running:
        yield running, open_shop(f"http://localhost:{running.port}", data), data


def wait_until_everyone_is_asked_once(data: Path, numbers: range) -> None:
    """Returns when each of these customers has got a mail; fails when one gets two."""
    mailbox = Mailbox(data / "mail")
    expected = sorted(f"<{address(number)}>" for number in numbers)
    deadline = time.monotonic() + AGAIN_SECONDS
    while True:
        asked = [each for each in recipients(mailbox) if any(address(number) in each for number in numbers)]
        assert len(asked) == len(set(asked)), f"asked twice: {asked}"
        if len(asked) == len(expected):
            return
        assert time.monotonic() < deadline, f"{len(asked)} of {len(expected)} were asked"
        time.sleep(0.2)


def test_valkey_flushed_and_killed_loses_nothing(program: tuple[Program, Shop, Path]) -> None:
    running, shop, data = program
    numbers = range(TICKETS)
    for number in numbers:
        report_solved(shop, number)
        if number % 6 == 0:
            sockets = DataFolder(data).running()
            assert sockets is not None
            Redis(unix_socket_path=f"{sockets.sockets}/valkey.sock").flushall()
        if number == TICKETS // 2:
            os.kill(running.process_of("valkey-server"), signal.SIGKILL)
    wait_until_everyone_is_asked_once(data, numbers)


def test_postgresql_killed_loses_nothing_that_was_acknowledged(program: tuple[Program, Shop, Path]) -> None:
    running, shop, data = program
    numbers = range(TICKETS, 2 * TICKETS)
    for number in numbers:
        report_solved(shop, number)
        if number % 8 == 4:
            os.kill(running.process_of("postgres", "-D"), signal.SIGKILL)
    # A mail that was being prepared when the database died is sent when its lease of five minutes is over; whoever
    # asks now finds it waiting. What comes after the restart goes out at once.
    late = range(2 * TICKETS, 2 * TICKETS + 2)
    for number in late:
        report_solved(shop, number)
    wait_until_everyone_is_asked_once(data, late)
    everybody = sorted(address(number) for number in range(2 * TICKETS + 2))
    deadline = time.monotonic() + AGAIN_SECONDS
    while sorted(states := states_by_customer(data)) != everybody and time.monotonic() < deadline:
        time.sleep(0.5)
    assert sorted(states) == everybody
    mailed = recipients(Mailbox(data / "mail"))
    assert len(mailed) == len(set(mailed))
    states_after = states_by_customer(data)
    for customer in everybody:
        if any(customer in each for each in mailed):
            assert states_after[customer] in {"sent", "handed_over", "uncertain"}, customer
        else:
            assert states[customer] in {"scheduled", "claimed", "handed_over", "uncertain"}, customer


def states_by_customer(data: Path) -> dict[str, str]:
    """The state of every invitation by its customer's address, read as backups read."""
    folder = DataFolder(data)
    running = folder.running()
    assert running is not None
    link = psycopg2.connect(
        host=running.sockets, dbname="candor", user="candor_backup", password=folder.secrets().passwords.backup
    )
    try:
        with link.cursor() as cursor:
            cursor.execute(
                "SELECT customer.email, invitation.status FROM invitations_invitation invitation"
                " JOIN businesses_customer customer ON customer.id = invitation.customer_id"
            )
            found = cursor.fetchall()
    finally:
        link.close()
    assert len(found) == len(dict(found)), found
    return dict(found)
