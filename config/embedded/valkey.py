"""The embedded Valkey: broker and cache. It keeps nothing on disk, because nothing in it may be missed."""

import signal
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config.embedded.processes import Program
from config.embedded.users import ServerUser

SOCKET_NAME = "valkey.sock"


@dataclass(frozen=True)
class Valkey:
    """One server behind a unix socket in a private folder."""

    sockets: Path
    logs: Path
    binary: Path
    user: ServerUser | None

    @property
    def socket(self) -> Path:
        """Where clients connect."""
        return self.sockets / SOCKET_NAME

    @property
    def address(self) -> str:
        """The address as Redis clients write it."""
        return f"unix://{self.socket}?db=0"

    def program(self) -> Program:
        """The server, as a foreground child."""
        command = [str(self.binary), "--port", "0", "--unixsocket", str(self.socket)]
        command += ["--unixsocketperm", "700", "--dir", str(self.sockets), "--save", "", "--appendonly", "no"]
        return Program(
            name="Valkey",
            command=command,
            log=self.logs / "valkey.log",
            ready=self._answers,
            user=self.user,
            stop_signal=signal.SIGTERM,
            death_signal=signal.SIGKILL,
        )

    def _answers(self, _pid: int) -> bool:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.settimeout(0.5)
            client.connect(str(self.socket))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        return False
