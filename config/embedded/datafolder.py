"""The data folder of a local run: its lock, its secrets, and where its servers listen."""

import errno
import fcntl
import json
import os
import secrets
import shutil
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from config.embedded.binaries import SYSTEM_FOLDER
from config.embedded.errors import CannotStart
from config.embedded.postgres import Passwords
from config.embedded.users import ServerUser, others_can_reach

NEEDED_BYTES = 200 * 1024 * 1024
# PostgreSQL adds "/.s.PGSQL.5432" and a socket's whole path may have 107 bytes.
LONGEST_SOCKET_FOLDER = 80


@dataclass(frozen=True)
class Secrets:
    """What a data folder keeps to itself, readable by its owner only."""

    secret_key: str
    passwords: Passwords


@dataclass(frozen=True)
class RunningInstance:
    """What a second command needs to know to use the servers of a running program."""

    pid: int
    sockets: str
    url: str
    mail_port: int


class DataFolder:
    """A folder that one program at a time may use."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.logs = self.path / "logs"
        self.mail = self.path / "mail"
        self.media = self.path / "media"
        self._lock: IO[str] | None = None

    @property
    def is_new(self) -> bool:
        """Whether no database was made here yet."""
        return not (self.path / "postgres").exists() and not (self.path / "postgres.folder").exists()

    def open(self) -> None:
        """Make the folder where it is missing and check that it can be used.

        Raises CannotStart when it cannot be written to or its disk is full.
        """
        try:
            for folder in (self.path, self.logs, self.mail, self.media):
                folder.mkdir(mode=0o711, parents=True, exist_ok=True)
            probe = self.path / f".probe-{os.getpid()}"
            probe.write_bytes(b"x" * 4096)
            probe.unlink()
        except OSError as error:
            raise _unusable(self.path, error) from error
        free = shutil.disk_usage(self.path).free
        if free < NEEDED_BYTES:
            raise CannotStart(
                f"The disk that holds {self.path} is full: it has {free // 1024**2} MB left "
                f"and Candor needs {NEEDED_BYTES // 1024**2} MB."
            )

    def lock(self) -> bool:
        """Take the folder for this process; False when another program has it."""
        lock = (self.path / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        return True

    def unlock(self) -> None:
        """Let others have the folder."""
        if self._lock:
            self._lock.close()
            self._lock = None

    def secrets(self) -> Secrets:
        """The folder's secrets, generated when it is new."""
        path = self.path / "secrets.json"
        if path.exists():
            kept = json.loads(path.read_text())
            return Secrets(secret_key=kept["secret_key"], passwords=Passwords(**kept["passwords"]))
        made = new_secrets()
        _write_private(path, json.dumps(asdict(made), indent=2))
        return made

    def postgres_folder(self, *, user: ServerUser | None) -> Path:
        """Where PostgreSQL keeps its files.

        Inside the data folder, unless we are root and the unprivileged server could not walk there: then in a
        folder of the system whose name the data folder remembers.
        """
        inside = self.path / "postgres"
        if user is None or others_can_reach(self.path):
            return inside
        pointer = self.path / "postgres.folder"
        if pointer.exists():
            return Path(pointer.read_text().strip())
        SYSTEM_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
        outside = SYSTEM_FOLDER / secrets.token_hex(8)
        outside.mkdir(mode=0o711)
        pointer.write_text(f"{outside / 'postgres'}\n")
        return outside / "postgres"

    def announce(self, running: RunningInstance) -> None:
        """Write down where the servers listen, for commands started meanwhile."""
        _write_private(self.path / "running.json", json.dumps(asdict(running), indent=2))

    def running(self) -> RunningInstance | None:
        """The program that announced itself last, which may have ended since."""
        with suppress(OSError, ValueError, TypeError):
            return RunningInstance(**json.loads((self.path / "running.json").read_text()))
        return None

    def retract(self) -> None:
        """Forget the announcement and remove the sockets of the program that made it."""
        running = self.running()
        if running and Path(running.sockets).name.startswith("candor-"):
            shutil.rmtree(running.sockets, ignore_errors=True)
        with suppress(OSError):
            (self.path / "running.json").unlink()


def new_secrets() -> Secrets:
    """Fresh random secrets."""
    return Secrets(
        secret_key=secrets.token_urlsafe(48),
        passwords=Passwords(*(secrets.token_urlsafe(24) for _ in range(4))),
    )


def new_socket_folder(*, user: ServerUser | None) -> Path:
    """A private folder with a path short enough for a socket's address."""
    parent = tempfile.gettempdir()
    if len(parent) > LONGEST_SOCKET_FOLDER - len("/candor-12345678"):
        parent = "/tmp"  # noqa: S108 - mkdtemp makes a folder that nobody else can enter.
    folder = Path(tempfile.mkdtemp(prefix="candor-", dir=parent))
    if user:
        user.own(folder)
    return folder


def _write_private(path: Path, text: str) -> None:
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _unusable(path: Path, error: OSError) -> CannotStart:
    if error.errno == errno.ENOSPC:
        return CannotStart(f"The disk that holds {path} is full.")
    return CannotStart(
        f"The data folder {path} cannot be written to ({error.strerror}): "
        "choose another with --data, or change its permissions."
    )
