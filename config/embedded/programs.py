"""The programs of a local run beside the two servers: web, worker, beat and the mail sink."""

import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from config.embedded.datafolder import DataFolder
from config.embedded.processes import Program
from config.embedded.venv import PROJECT

HOST = "127.0.0.1"
WEB_WORKERS = "2"
WORKER_THREADS = "4"


def web(*, data: DataFolder, environment: Mapping[str, str], port: int) -> Program:
    """Granian with one blocking thread per worker, which is what Django does best with."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)]
    command += ["--workers", WEB_WORKERS, "--blocking-threads", "1", "--no-ws", "--respawn-failed-workers"]
    command += ["--workers-kill-timeout", "4", "--log-level", "warning", "config.wsgi:application"]
    return Program(
        name="The web server",
        command=command,
        log=data.logs / "web.log",
        ready=lambda _pid: answers(port),
        environment=environment,
        folder=PROJECT,
    )


def worker(*, data: DataFolder, environment: Mapping[str, str]) -> Program:
    """The Celery worker that does the sweeps: threads, since sweeps wait for others and memory is dear."""
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--loglevel", "WARNING"]
    command += [
        "--pool",
        "threads",
        "--concurrency",
        WORKER_THREADS,
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
    ]
    return _celery("The worker", command, data.logs / "worker.log", environment)


def beat(*, data: DataFolder, environment: Mapping[str, str]) -> Program:
    """Celery's beat, which wakes the sweeps."""
    command = [sys.executable, "-m", "celery", "-A", "config", "beat", "--loglevel", "WARNING", "--pidfile="]
    command += ["--schedule", str(data.path / "beat")]
    return _celery("The clock", command, data.logs / "beat.log", environment)


def mail_sink(*, data: DataFolder, port: int) -> Program:
    """The SMTP server whose mails show at /dev/mail/."""
    command = [sys.executable, "-m", "config.embedded.mailsink", "--port", str(port)]
    command += ["--folder", str(data.mail)]
    return Program(
        name="The mail sink",
        command=command,
        log=data.logs / "mail.log",
        ready=lambda _pid: not port_is_free(port),
        folder=PROJECT,
    )


def management_command(words: Sequence[str], *, data: DataFolder, environment: Mapping[str, str]) -> Program:
    """One command of manage.py, which ends by itself and leaves its words and its complaints in two logs."""
    log = data.logs / f"{words[0]}.log"
    complaints = data.logs / f"{words[0]}.errors.log"
    for old in (log, complaints):
        old.unlink(missing_ok=True)
    return Program(
        name=f"manage.py {words[0]}",
        command=[sys.executable, str(PROJECT / "manage.py"), *words],
        log=log,
        complaints=complaints,
        environment=environment,
        folder=PROJECT,
    )


def _celery(name: str, command: list[str], log: Path, environment: Mapping[str, str]) -> Program:
    return Program(
        name=name,
        command=command,
        log=log,
        environment=environment,
        folder=PROJECT,
        stop_signal=signal.SIGTERM,
    )


def port_is_free(port: int) -> bool:
    """Whether a server could listen on `port` of this machine now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def answers(port: int) -> bool:
    """Whether a web server on this port says that it is ready."""
    connection = HTTPConnection(HOST, port, timeout=5)
    with suppress(OSError, HTTPException):
        connection.request("GET", "/health/ready", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    return False
