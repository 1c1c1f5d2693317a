"""`manage.py up`: everything Candor needs on one machine, started, kept alive and ended together."""

import argparse
import hashlib
import os
import shutil
import signal
import time
from collections.abc import Mapping, Sequence
from types import FrameType

from config.embedded import programs
from config.embedded.datafolder import DataFolder, RunningInstance, new_socket_folder
from config.embedded.environment import chosen_data_folder, local_environment
from config.embedded.errors import CannotStart
from config.embedded.keeper import Keeper
from config.embedded.processes import Program, adopt_orphans, run_to_end
from config.embedded.servers import Servers, describe_servers
from config.embedded.users import server_user
from config.embedded.venv import PROJECT, STAMP

READY_SECONDS = 120.0
# Twice this, for the programs and then for the servers they use, stays below ten seconds.
STOP_SECONDS = 4.5
WATCH_SECONDS = 0.1
LONGEST_LOG_BYTES = 5 * 1024 * 1024
END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SERVER_NAMES = ("PostgreSQL", "Valkey")


def up(arguments: Sequence[str], *, data_option: str | None) -> int:
    """Run until told to end; the exit code. Raises CannotStart."""
    options = _options(arguments)
    data = chosen_data_folder(data_option)
    data.open()
    if not data.lock():
        running = data.running()
        where = f" at {running.url}" if running else ""
        raise CannotStart(f"Candor runs already{where} with the data in {data.path}: stop it or choose another --data.")
    if not programs.port_is_free(options.port):
        raise CannotStart(
            f"Port {options.port} is taken by another program: choose another, "
            f"for example python3 manage.py up --port {options.port + 1}"
        )
    return _Run(data, port=options.port, demo=not options.no_demo).until_told_to_end()


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="manage.py up", description="Start everything on this machine and say where to look."
    )
    parser.add_argument("--port", type=_port, default=8000, help="where the pages are (8000)")
    parser.add_argument("--data", metavar="DIR", help="the folder that keeps everything (.data)")
    parser.add_argument("--no-demo", action="store_true", help="begin without the demo business")
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not {text}")
    return int(text)


class _Run:
    """One run, from its first program to its last."""

    def __init__(self, data: DataFolder, *, port: int, demo: bool) -> None:
        self.data = data
        self.port = port
        self.demo = demo
        self.url = f"http://localhost:{port}"
        self.keeper = Keeper(say=_say)
        self.sockets = new_socket_folder(user=server_user())

    def until_told_to_end(self) -> int:
        """Start, watch, end. Ctrl-C, SIGTERM and a closed terminal are being told to end."""
        adopt_orphans()
        for number in END_SIGNALS:
            signal.signal(number, _interrupt)
        try:
            self._start()
            while True:
                self.keeper.watch()
                time.sleep(WATCH_SECONDS)
        except KeyboardInterrupt:
            _say("\nStopping.")
            return 0
        finally:
            for number in END_SIGNALS:
                signal.signal(number, signal.SIG_IGN)
            self.keeper.stop_all(last=SERVER_NAMES, seconds=STOP_SECONDS)
            self.data.retract()
            shutil.rmtree(self.sockets, ignore_errors=True)
            self.data.unlock()

    def _start(self) -> None:
        self.data.retract()
        _trim_logs(self.data)
        servers = self._servers()
        mail_port = programs.free_port()
        environment = local_environment(self.data, addresses=servers.environment(), url=self.url, mail_port=mail_port)
        embedded = self._start_servers(servers, mail_port)
        stamp = _migrations_stamp()
        migrated = self.data.path / "migrated"
        is_current = migrated.exists() and migrated.read_text() == stamp
        web = programs.web(data=self.data, environment=environment, port=self.port)
        if is_current:
            # The pages take longest to be ready, so they start beside the servers they will need.
            self.keeper.start(web)
        for program in embedded:
            self.keeper.wait_for(program, seconds=READY_SECONDS)
        if any(program.name == "PostgreSQL" for program in embedded):
            servers.postgres.ready_roles()
        self.data.announce(RunningInstance(os.getpid(), str(self.sockets), self.url, mail_port))
        if not is_current:
            _say("Preparing the database.")
            run_to_end(programs.management_command(["migrate", "--no-input"], data=self.data, environment=environment))
            migrated.write_text(stamp)
            self.keeper.start(web)
        self._make_demo(environment)
        self.keeper.wait_for(web, seconds=READY_SECONDS)
        self.keeper.start(programs.worker(data=self.data, environment=environment))
        self.keeper.start(programs.beat(data=self.data, environment=environment))
        self._say_where_to_look()

    def _servers(self) -> Servers:
        return describe_servers(
            data=self.data.postgres_folder(user=server_user()),
            logs=self.data.logs,
            sockets=self.sockets,
            kept=self.data.secrets(),
            durable=True,
        )

    def _start_servers(self, servers: Servers, mail_port: int) -> list[Program]:
        """Start what the environment does not replace."""
        embedded: list[Program] = []
        if "DATABASE_URL" not in os.environ:
            servers.postgres.create_if_new()
            embedded.append(servers.postgres.program())
        if "REDIS_URL" not in os.environ:
            embedded.append(servers.valkey.program())
        if "EMAIL_URL" not in os.environ:
            embedded.append(programs.mail_sink(data=self.data, port=mail_port))
        for program in embedded:
            self.keeper.start(program)
        return embedded

    def _make_demo(self, environment: Mapping[str, str]) -> None:
        """Once per data folder; what the command says about signing in is kept and shown at every start."""
        sign_in = self.data.path / "sign-in.txt"
        if sign_in.exists():
            return
        if self.demo:
            _say("Making a demo business with a year of history.")
            demo = programs.management_command(["demo"], data=self.data, environment=environment)
            run_to_end(demo)
            shutil.copyfile(demo.log, sign_in)
        else:
            sign_in.write_text(f"Make an account at {self.url}/accounts/signup/\n")

    def _say_where_to_look(self) -> None:
        sign_in = (self.data.path / "sign-in.txt").read_text().strip().replace("\n", f"\n{' ' * 13}")
        lines = ["", f"Candor runs at {self.url}/", "", f"  Sign in    {sign_in}"]
        if "EMAIL_URL" not in os.environ:
            lines.append(f"  Its mails  {self.url}/dev/mail/")
        lines += [
            f"  Demo shop  {self.url}/dev/shop/",
            f"  Kept in    {self.data.path}",
            "",
            "Ctrl-C stops it.",
        ]
        _say("\n".join(lines))


def _migrations_stamp() -> str:
    """Changes whenever a migration, a requirement or the database's address does."""
    digest = hashlib.sha256(os.environ.get("DATABASE_URL", "embedded").encode())
    digest.update(STAMP.read_bytes())
    for path in sorted(PROJECT.glob("*/migrations/*.py")):
        digest.update(path.relative_to(PROJECT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _trim_logs(data: DataFolder) -> None:
    for log in data.logs.glob("*.log"):
        if log.stat().st_size > LONGEST_LOG_BYTES:
            log.replace(log.with_suffix(".log.old"))


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    print(text, flush=True)
