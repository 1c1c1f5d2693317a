"""Which command of manage.py needs which servers."""

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from django.core.management import execute_from_command_line

from config.embedded.backup import backup, restore
from config.embedded.datafolder import DataFolder
from config.embedded.environment import (
    addresses_of,
    chosen_data_folder,
    local_environment,
    serverless_environment,
)
from config.embedded.errors import CannotStart
from config.embedded.processes import is_running
from config.embedded.servers import servers_of
from config.embedded.testing import run_tests
from config.embedded.up import up
from config.replay.run import DEFAULT_DATA, running_program

OF_THE_DATA_FOLDER = {"backup": backup, "restore": restore}
# These look at code, not at rows.
SERVERLESS = {"check", "collectstatic", "compilemessages", "help", "makemessages", "version"}
ASKS_FOR_HELP = {"--help", "-h", "--version"}
DEFAULT_URL = "http://localhost:8000"
NO_MAIL_PORT = 1
PATIENCE_SECONDS = 60.0


def run(argv: Sequence[str]) -> int:
    """Run one command with the servers it needs; the exit code. Raises CannotStart."""
    # Being told to end, like Ctrl-C, leaves time to put things away.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    command = argv[1] if len(argv) > 1 else "help"
    if command == "test":
        return run_tests(argv[2:])
    words, data_option = _without_data_option(argv)
    if command == "up":
        return up(words[2:], data_option=data_option)
    if command in OF_THE_DATA_FOLDER:
        return OF_THE_DATA_FOLDER[command](words[2:], chosen_data_folder(data_option))
    if command == "replay" and not ASKS_FOR_HELP & set(argv):
        return _with_program(words, DataFolder(Path(data_option or DEFAULT_DATA)))
    if "DATABASE_URL" in os.environ:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        return _django(words)
    if command in SERVERLESS or ASKS_FOR_HELP & set(argv):
        os.environ.update(serverless_environment())
        return _django(words)
    return _with_servers(words, chosen_data_folder(data_option))


def _django(words: Sequence[str]) -> int:
    execute_from_command_line(list(words))
    return 0


def _with_program(words: Sequence[str], data: DataFolder) -> int:
    """Start the whole program in this folder for as long as the command takes."""
    with running_program(data) as running:
        addresses = addresses_of(data, running)
        os.environ.update(local_environment(data, addresses=addresses, url=running.url, mail_port=running.mail_port))
        return _django(words)


def _with_servers(words: Sequence[str], data: DataFolder) -> int:
    """Use the servers of a running program, or start them for as long as the command takes."""
    data.open()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not data.lock():
        running = data.running()
        if running and is_running(running.pid):
            addresses = addresses_of(data, running)
            os.environ.update(
                local_environment(data, addresses=addresses, url=running.url, mail_port=running.mail_port)
            )
            return _django(words)
        if time.monotonic() > deadline:
            raise CannotStart(f"Another command uses {data.path}: wait for it, or name another folder with --data.")
        time.sleep(0.05)
    with servers_of(data) as servers:
        addresses = servers.environment()
        os.environ.update(local_environment(data, addresses=addresses, url=DEFAULT_URL, mail_port=NO_MAIL_PORT))
        return _django(words)


def _without_data_option(argv: Sequence[str]) -> tuple[list[str], str | None]:
    """Take `--data DIR` out of any command's words, since it is ours and not Django's."""
    words: list[str] = []
    data: str | None = None
    rest = iter(argv)
    for word in rest:
        if word == "--data":
            data = next(rest, None)
            if data is None:
                raise CannotStart("--data needs the name of a folder.")
        elif word.startswith("--data="):
            data = word.removeprefix("--data=")
        else:
            words.append(word)
    return words, data
