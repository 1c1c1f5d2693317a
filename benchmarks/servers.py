"""What a benchmark stands on: durable servers of its own, migrated, and web servers as the program starts them."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command

from config.embedded.datafolder import new_secrets, new_socket_folder
from config.embedded.programs import WEB_WORKERS
from config.embedded.servers import Servers, describe_servers, running
from config.embedded.users import server_user

PROJECT = Path(__file__).resolve().parents[1]
START_SECONDS = 60.0


@contextmanager
def candor() -> Iterator[Servers]:
    """PostgreSQL (with fsync) and Valkey, a migrated database, and Django ready in this process."""
    kept, user = new_secrets(), server_user()
    sockets = new_socket_folder(user=user)
    folder = Path(tempfile.mkdtemp(prefix="candor-benchmark-"))
    try:
        if user:
            folder.chmod(0o711)
        servers = describe_servers(data=folder / "postgres", logs=folder, sockets=sockets, kept=kept, durable=True)
        with running(servers):
            os.environ |= {
                **servers.environment(),
                "SECRET_KEY": kept.secret_key,
                "CANDOR_LOCAL": "1",
                "CANDOR_DATA": str(folder),
                "DJANGO_SETTINGS_MODULE": "config.settings",
            }
            django.setup()
            call_command("migrate", verbosity=0)
            yield servers
    finally:
        shutil.rmtree(sockets, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def web_server(settings: str) -> Iterator[int]:
    """Granian with the program's own options under the given settings; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", WEB_WORKERS, "--blocking-threads", "1", "--no-ws", "--log-level", "warning"]
    command += ["config.wsgi:application"]
    environment: Mapping[str, str] = {**os.environ, "DJANGO_SETTINGS_MODULE": settings}
    server = subprocess.Popen(command, env=environment, cwd=PROJECT)
    try:
        _wait_for(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The web server did not start.")
