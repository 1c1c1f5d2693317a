"""PostgreSQL and Valkey for as long as a block lasts: for the tests, and for single commands."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.embedded.binaries import find_binaries
from config.embedded.datafolder import DataFolder, Secrets, new_secrets, new_socket_folder
from config.embedded.postgres import Postgres
from config.embedded.processes import Program, start, stop, wait_until_ready
from config.embedded.users import ServerUser, server_user
from config.embedded.valkey import Valkey

READY_SECONDS = 120.0
STOP_SECONDS = 8.0


@dataclass(frozen=True)
class Servers:
    """The two servers of one data folder."""

    postgres: Postgres
    valkey: Valkey

    def environment(self) -> dict[str, str]:
        """The addresses as settings read them."""
        passwords = self.postgres.passwords
        return {
            "DATABASE_URL": self.postgres.address("candor_app", passwords.app),
            "DATABASE_OWNER_URL": self.postgres.address("candor_owner", passwords.owner),
            "REDIS_URL": self.valkey.address,
        }


def describe_servers(*, data: Path, logs: Path, sockets: Path, kept: Secrets, durable: bool) -> Servers:
    """The servers that belong to these folders, not started."""
    user = server_user()
    binaries = find_binaries(user=user)
    postgres = Postgres(
        data=data,
        sockets=sockets,
        logs=logs,
        programs=binaries.postgres,
        passwords=kept.passwords,
        user=user,
        durable=durable,
    )
    return Servers(postgres, Valkey(sockets=sockets, logs=logs, binary=binaries.valkey, user=user))


@contextmanager
def running(servers: Servers) -> Iterator[Servers]:
    """Both servers started and ready; both ended afterwards. Raises CannotStart."""
    servers.postgres.create_if_new()
    servers.postgres.wait_for_predecessor()
    with ExitStack() as started:
        children = [(program, _started(program, started)) for program in _programs(servers)]
        for program, child in children:
            wait_until_ready(program, child, seconds=READY_SECONDS)
        servers.postgres.ready_roles()
        yield servers


def _programs(servers: Servers) -> tuple[Program, Program]:
    return servers.postgres.program(), servers.valkey.program()


def _started(program: Program, stack: ExitStack) -> subprocess.Popen[bytes]:
    child = start(program)
    stack.callback(stop, program, child, seconds=STOP_SECONDS)
    return child


@contextmanager
def throwaway_servers() -> Iterator[Mapping[str, str]]:
    """Servers that forget everything, for tests: the environment that leads to them."""
    kept = new_secrets()
    user = server_user()
    sockets = new_socket_folder(user=user)
    folder = Path(tempfile.mkdtemp(prefix="candor-test-"))
    try:
        _open_to(folder, user)
        servers = describe_servers(data=folder / "postgres", logs=folder, sockets=sockets, kept=kept, durable=False)
        with running(servers):
            yield {
                **servers.environment(),
                "SECRET_KEY": kept.secret_key,
                "CANDOR_LOCAL": "1",
                "CANDOR_DATA": str(folder),
            }
    finally:
        shutil.rmtree(sockets, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def _open_to(folder: Path, user: ServerUser | None) -> None:
    if user:
        folder.chmod(0o711)


@contextmanager
def servers_of(data: DataFolder) -> Iterator[Servers]:
    """The servers of a data folder that this process has locked. Raises CannotStart."""
    user = server_user()
    data.retract()
    sockets = new_socket_folder(user=user)
    try:
        servers = describe_servers(
            data=data.postgres_folder(user=user),
            logs=data.logs,
            sockets=sockets,
            kept=data.secrets(),
            durable=True,
        )
        with running(servers):
            yield servers
    finally:
        shutil.rmtree(sockets, ignore_errors=True)
