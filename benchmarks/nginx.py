"""Debian's nginx under deploy/nginx.conf, in front of a web server of this machine."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded.programs import free_port

PROJECT = Path(__file__).resolve().parents[1]
START_SECONDS = 20.0


def program() -> str | None:
    """Where nginx is, if it is installed."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def in_front_of(web_port: int, *, static: bytes, served: Path = Path("/srv")) -> Iterator[tuple[int, int]]:
    """The port at which nginx passes on and keeps, and another at which it serves `static` as /static from a file.

    The log's files are looked for in the folder `served`.
    """
    folder = Path(tempfile.mkdtemp(prefix="candor-nginx-"))
    port, static_port = free_port(), free_port()
    (folder / "static").write_bytes(static)
    text = _configuration(folder, web_port=web_port, port=port, static_port=static_port)
    (folder / "nginx.conf").write_text(text.replace("root /srv;", f"root {served};"))
    nginx = subprocess.Popen(
        [str(program()), "-e", "stderr", "-c", str(folder / "nginx.conf"), "-g", _as_who()], cwd=folder
    )
    try:
        _wait_for(port, nginx)
        yield port, static_port
    finally:
        nginx.terminate()
        nginx.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _configuration(folder: Path, *, web_port: int, port: int, static_port: int) -> str:
    """The file that is deployed, with this machine's ports and folder, and one more server for the static file."""
    text = (PROJECT / "deploy" / "nginx.conf").read_text()
    text = text.replace("server web:8000;", f"server 127.0.0.1:{web_port};")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("/tmp/", f"{folder}/")  # noqa: S108
    server = f"server {{ listen 127.0.0.1:{static_port}; root {folder}; }}"
    return re.sub(r"\}\s*$", f"{server}\n}}\n", text)


def _as_who() -> str:
    return "daemon off; user root;" if os.geteuid() == 0 else "daemon off;"


def _wait_for(port: int, nginx: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and nginx.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("nginx did not start.")
