"""The embedded PostgreSQL: a cluster in the data folder, reached through a socket in a private folder."""

import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

from config.embedded.binaries import POSTGRES_MAJOR
from config.embedded.errors import CannotStart
from config.embedded.processes import Program, is_running, last_words
from config.embedded.users import ServerUser

CLUSTER_SQL = Path(__file__).with_name("cluster.sql")
ROLES_STAMP = "candor.roles"
READY_LINE = 7
LET_GO_SECONDS = 10.0
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Passwords:
    """Generated once per data folder; they never leave this machine."""

    superuser: str
    owner: str
    app: str
    backup: str


@dataclass(frozen=True)
class Postgres:
    """One cluster: where it is, which programs run it, and who may log in.

    `durable` is False only for tests, whose rows nobody misses after a power cut.
    """

    data: Path
    sockets: Path
    logs: Path
    programs: Path
    passwords: Passwords
    user: ServerUser | None
    durable: bool = True

    def program(self) -> Program:
        """The server, as a foreground child."""
        options = ["timezone=UTC", "log_timezone=UTC", "listen_addresses=", "unix_socket_permissions=0700"]
        options += [f"unix_socket_directories={self.sockets}"]
        options += [] if self.durable else NOT_DURABLE
        command = [str(self.programs / "postgres"), "-D", str(self.data)]
        for option in options:
            command += ["-c", option]
        return Program(
            name="PostgreSQL",
            command=command,
            log=self.logs / "postgres.log",
            ready=self._is_ready,
            prepare=self.wait_for_predecessor,
            user=self.user,
            # Fast shutdown ends sessions and writes everything down; immediate shutdown, when we are gone,
            # cannot be held up by a busy session and is recovered from the log of writes.
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGQUIT,
        )

    def address(self, role: str, password: str) -> str:
        """A libpq address of the product's database for `role`."""
        return f"postgresql://{role}:{quote(password)}@/candor?host={quote(str(self.sockets), safe='/')}"

    def create_if_new(self) -> None:
        """Make the cluster when the folder has none.

        Raises CannotStart when the cluster there was made by another major version, or cannot be made.
        """
        version = self.data / "PG_VERSION"
        if version.exists():
            major = version.read_text().strip()
            if major != str(POSTGRES_MAJOR):
                raise CannotStart(
                    f"The data in {self.data} was made by PostgreSQL {major} and this is PostgreSQL "
                    f"{POSTGRES_MAJOR}: dump it with the old version and restore it into a new data folder "
                    "(docs/operating.md, Moving to another PostgreSQL)."
                )
            return
        unfinished = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if self.user:
            self.user.own(unfinished)
        self._initdb(unfinished)
        unfinished.rename(self.data)

    def _initdb(self, target: Path) -> None:
        password_file = self.sockets / "superuser"
        password_file.touch(mode=0o600)
        password_file.write_text(self.passwords.superuser)
        if self.user:
            self.user.own(password_file)
        command = [str(self.programs / "initdb"), "-D", str(target), "-U", "postgres", "--encoding=UTF8"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command += ["--auth=scram-sha-256", f"--pwfile={password_file}"]
        command += [] if self.durable else ["--no-sync"]
        log = self.logs / "initdb.log"
        with log.open("wb") as output:
            result = self._run(command, stdout=output)
        password_file.unlink()
        if result.returncode != 0:
            raise CannotStart(f"The database could not be made in {target.parent}: {_complaint(log)}")

    def ready_roles(self) -> None:
        """Give the running server Candor's roles and database, once. Raises CannotStart when that fails."""
        stamp = self.data / ROLES_STAMP
        if stamp.exists():
            return
        log = self.logs / "roles.log"
        command = [str(self.programs / "psql"), "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1"]
        environment = {
            "PGHOST": str(self.sockets),
            "PGUSER": "postgres",
            "PGDATABASE": "postgres",
            "PGPASSWORD": self.passwords.superuser,
            "CANDOR_OWNER_PASSWORD": self.passwords.owner,
            "CANDOR_APP_PASSWORD": self.passwords.app,
            "CANDOR_BACKUP_PASSWORD": self.passwords.backup,
        }
        with CLUSTER_SQL.open("rb") as sql, log.open("wb") as output:
            result = self._run(command, stdin=sql, stdout=output, environment=environment)
        if result.returncode != 0:
            raise CannotStart(f"The database's roles could not be made: {last_words(log)}")
        stamp.touch()

    def _run(
        self,
        command: list[str],
        *,
        stdout: IO[bytes],
        stdin: IO[bytes] | int = subprocess.DEVNULL,
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            command,
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", **(environment or {})},
            check=False,
            user=self.user.uid if self.user else None,
            group=self.user.gid if self.user else None,
            extra_groups=[] if self.user else None,
        )

    def wait_for_predecessor(self) -> None:
        """Let a server of an earlier start, told to end when its supervisor died, let go of the data.

        Raises CannotStart when it does not.
        """
        pid_file = self.data / "postmaster.pid"
        deadline = time.monotonic() + LET_GO_SECONDS
        while True:
            pid = _first_number(pid_file)
            if pid is None or not is_running(pid):
                return
            if not self._works_here(pid):
                # The number was given to another program since, which would make PostgreSQL refuse to start.
                pid_file.unlink(missing_ok=True)
                return
            if time.monotonic() > deadline:
                raise CannotStart(f"Another PostgreSQL (process {pid}) still uses {self.data}: stop it first.")
            time.sleep(0.02)

    def _works_here(self, pid: int) -> bool:
        with suppress(OSError):
            return Path(f"/proc/{pid}/cwd").resolve() == self.data.resolve()
        return False

    def _is_ready(self, pid: int) -> bool:
        with suppress(OSError, IndexError, ValueError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return int(lines[0]) == pid and lines[READY_LINE].strip() == "ready"
        return False


def _first_number(path: Path) -> int | None:
    with suppress(OSError, IndexError, ValueError):
        return int(path.read_text().splitlines()[0])
    return None


def _complaint(log: Path) -> str:
    """The line of initdb that names the cause; its last line only says what it removed."""
    for line in log.read_text(errors="replace").splitlines():
        for word in ("error: ", "FATAL: ", "fatal: "):
            if word in line:
                return line.partition(word)[2].strip()
    return last_words(log)
