"""`manage.py up`, as a person at a terminal meets it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from config.embedded.datafolder import DataFolder
from tests.program import (
    PROJECT,
    Program,
    environment_without_servers,
    manage,
    state_of,
    wait_for_status,
    wait_until_dead,
)

pytestmark = [pytest.mark.timeout(300), pytest.mark.slow, pytest.mark.faults, pytest.mark.xdist_group("up")]

NOBODY = 65534


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One data folder for all lives of the program in this module: making it takes longest."""
    folder = tmp_path_factory.mktemp("up") / "data"
    with Program(folder, port=_free_port()) as program:
        assert program.interrupt() == 0
    yield folder
    _forget_outside(folder)


def _forget_outside(data: Path) -> None:
    """Remove what a killed program left, and what root's PostgreSQL keeps outside of a folder it cannot walk to."""
    DataFolder(data).retract()
    pointer = data / "postgres.folder"
    if pointer.exists():
        shutil.rmtree(Path(pointer.read_text().strip()).parent)


@pytest.fixture
def program(data: Path) -> Iterator[Program]:
    """The program, running."""
    with Program(data, port=_free_port()) as running:
        yield running


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _owner_address(data: Path) -> str:
    kept = json.loads((data / "secrets.json").read_text())
    running = json.loads((data / "running.json").read_text())
    return f"postgresql://candor_owner:{kept['passwords']['owner']}@/candor?host={running['sockets']}"


def _sql(data: Path, statement: str) -> list[tuple[object, ...]]:
    deadline = time.monotonic() + 30
    while True:
        try:
            link = psycopg2.connect(_owner_address(data))
        except psycopg2.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.02)
            continue
        with link, link.cursor() as cursor:
            cursor.execute(statement)
            rows = cursor.fetchall() if cursor.description else []
        link.close()
        return rows


def test_it_says_where_to_look_and_a_second_start_migrates_nothing(program: Program, data: Path) -> None:
    said = "".join(program.said)
    address = f"http://localhost:{program.port}"
    assert said == (
        f"\nCandor runs at {address}/\n\n"
        f"  Sign in    Make an account at {(data / 'sign-in.txt').read_text().split()[-1]}\n"
        f"  Its mails  {address}/dev/mail/\n"
        f"  Demo shop  {address}/dev/shop/\n"
        f"  Kept in    {data}\n\nCtrl-C stops it.\n"
    )
    wait_for_status(program.port, "/health/ready", 200)


def test_ctrl_c_ends_everything_within_ten_seconds(program: Program) -> None:
    everything = set(program.descendants())
    began = time.monotonic()
    assert program.interrupt() == 0
    assert time.monotonic() - began < 10
    assert [pid for pid in everything if state_of(pid)] == []


def test_nothing_outlives_a_killed_supervisor_and_the_next_start_works(data: Path) -> None:
    with Program(data, port=_free_port()) as program:
        everything = set(program.descendants())
        program.process.kill()
        wait_until_dead(everything)
    with Program(data, port=_free_port()) as program:
        wait_for_status(program.port, "/health/ready", 200)
        assert len(list(Path(json.loads((data / "running.json").read_text())["sockets"]).parent.glob("candor-*"))) >= 1


def test_killed_servers_come_back_with_every_committed_row(program: Program, data: Path) -> None:
    _sql(data, "CREATE TABLE IF NOT EXISTS kept (word text)")
    _sql(data, "TRUNCATE kept")
    for number in range(3):
        _sql(data, f"INSERT INTO kept VALUES ('{number}')")  # noqa: S608 - a number.
        os.kill(program.process_of("bin/postgres", "-D"), signal.SIGKILL)
        os.kill(program.process_of("valkey-server"), signal.SIGKILL)
    assert _sql(data, "SELECT word FROM kept ORDER BY word") == [("0",), ("1",), ("2",)]
    program.wait_for_words("PostgreSQL ended by signal 9. Starting it again.")
    program.wait_for_words("Valkey ended by signal 9. Starting it again.")
    wait_for_status(program.port, "/health/ready", 200)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("granian",), "The web server"),
        (("celery", " worker "), "The worker"),
        (("celery", " beat "), "The clock"),
        (("mailsink",), "The mail sink"),
    ],
)
def test_a_killed_program_takes_its_children_along_and_comes_back(
    program: Program, words: tuple[str, ...], name: str
) -> None:
    before = program.processes_of(*words)
    os.kill(program.process_of(*words), signal.SIGKILL)
    program.wait_for_words(f"{name} ended by signal 9. Starting it again.")
    wait_until_dead(before)
    wait_for_status(program.port, "/health/ready", 200)
    assert program.process_of(*words) not in before


def test_other_commands_use_the_running_servers(program: Program, data: Path) -> None:
    shown = manage("shell", "--data", str(data), "-c", "from django.db import connection as c; print(c.cursor())")
    assert shown.returncode == 0, shown.stderr
    sockets = json.loads((data / "running.json").read_text())["sockets"]
    asked = manage("shell", "--data", str(data), "-c", "from django.conf import settings; print(settings.REDIS_URL)")
    assert f"unix://{sockets}/valkey.sock?db=0" in asked.stdout


def test_other_commands_bring_their_own_servers_when_nothing_runs(data: Path) -> None:
    shown = manage(
        "shell", "--data", str(data), "-c", "from businesses.models import User as U; print(U.objects.count())"
    )
    assert (shown.returncode, shown.stdout.split()[-1]) == (0, "0"), shown.stderr


def test_a_backup_made_while_it_runs_fills_a_new_folder(
    program: Program, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("backup")
    _sql(data, "CREATE TABLE IF NOT EXISTS backed_up (word text)")
    _sql(data, "INSERT INTO backed_up VALUES ('kept')")
    made = manage("backup", str(folder / "dump"), "--data", str(data))
    assert (made.returncode, made.stderr) == (0, "")
    assert manage("restore", str(folder / "dump"), "--data", str(folder / "new")).returncode == 0
    asked = manage(
        "shell",
        "--data",
        str(folder / "new"),
        "-c",
        "from lib.tenancy import as_owner; from django.db import connection as c\n"
        "with as_owner(), c.cursor() as k: k.execute('SELECT word FROM backed_up'); print(k.fetchall())",
    )
    assert asked.stdout.splitlines()[-1] == "[('kept',)]", asked.stderr
    again = manage("restore", str(folder / "dump"), "--data", str(folder / "new"))
    _forget_outside(folder / "new")
    assert (again.returncode, again.stderr) == (
        1,
        f"{folder}/new is in use already: name a new folder with --data.\n",
    )


def test_a_second_program_on_the_same_data_is_one_sentence(program: Program, data: Path) -> None:
    refused = manage("up", "--data", str(data), "--port", str(_free_port()))
    assert (refused.returncode, refused.stderr) == (
        1,
        f"Candor runs already at http://localhost:{program.port} with the data in {data}: "
        "stop it or choose another --data.\n",
    )


def test_a_taken_port_is_one_sentence(data: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = manage("up", "--data", str(data), "--port", str(port))
    assert (refused.returncode, refused.stderr) == (
        1,
        f"Port {port} is taken by another program: choose another, "
        f"for example python3 manage.py up --port {port + 1}\n",
    )


def test_data_of_another_postgresql_is_one_sentence_and_stays_as_it_is(open_folder: Path) -> None:
    older = open_folder / "older"
    (older / "postgres").mkdir(parents=True)
    (older / "postgres" / "PG_VERSION").write_text("16\n")
    refused = manage("up", "--data", str(older), "--port", str(_free_port()))
    assert (refused.returncode, refused.stderr) == (
        1,
        f"The data in {older}/postgres was made by PostgreSQL 16 and this is PostgreSQL 18: dump it with the old "
        "version and restore it into a new data folder (docs/operating.md, Moving to another PostgreSQL).\n",
    )
    assert [path.name for path in (older / "postgres").iterdir()] == ["PG_VERSION"]


@pytest.fixture
def project_of_nobody(open_folder: Path) -> Path:
    """A copy of the project that an ordinary user can run, with the packages that are installed already."""
    python = shutil.which("python3.11", path="/usr/bin")
    if os.geteuid() != 0 or python is None:
        pytest.skip("Needs root, to become an ordinary user, and the system's Python 3.11.")
    copy = open_folder / "project"
    shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns(".*", "tests"), symlinks=True)
    subprocess.run([python, "-m", "venv", "--without-pip", str(copy / ".venv")], check=True)
    packages = next(path for path in map(Path, sys.path) if (path / "django").is_dir())
    site = copy / ".venv" / "lib" / "python3.11" / "site-packages"
    (site / "packages.pth").write_text(f"{packages}\n")
    # Python before 3.11.3 gets this package by a marker in the requirements; ours may be newer and have none.
    (site / "async_timeout.py").write_text("from asyncio import timeout\n")
    shutil.copy(PROJECT / ".venv" / "candor.stamp", copy / ".venv" / "candor.stamp")
    subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", str(copy)], check=True)
    return copy


def test_an_ordinary_user_runs_it_too(project_of_nobody: Path) -> None:
    become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    command = [*become, "/usr/bin/python3.11", str(project_of_nobody / "manage.py")]
    environment = environment_without_servers() | {"HOME": str(project_of_nobody)}
    data = project_of_nobody / ".data"
    with Program(data, port=_free_port(), command=command, environment=environment) as program:
        wait_for_status(program.port, "/health/ready", 200)
        everything = set(program.descendants())
        assert program.interrupt() == 0
    wait_until_dead(everything)


def test_a_folder_that_an_ordinary_user_may_not_write_is_one_sentence(project_of_nobody: Path) -> None:
    become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    command = [*become, "/usr/bin/python3.11", str(project_of_nobody / "manage.py"), "up", "--data", "/etc/candor"]
    refused = subprocess.run(
        command, env=environment_without_servers(), capture_output=True, text=True, check=False, timeout=60
    )
    assert (refused.returncode, refused.stderr) == (
        1,
        "The data folder /etc/candor cannot be written to (Permission denied): "
        "choose another with --data, or change its permissions.\n",
    )
