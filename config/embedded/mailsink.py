"""The local inbox: an SMTP server that delivers nowhere and keeps every mail as a file.

python -m config.embedded.mailsink --port 2525 --folder .data/mail
"""

import argparse
import asyncio
import signal
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP

from config.embedded.errors import CannotStart

HOST = "127.0.0.1"
LARGEST_MAIL_BYTES = 32 * 1024 * 1024


class MailFolder:
    """Mails as `000001.eml`, `000002.eml`, … in the order in which they were accepted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._latest = max((int(path.stem) for path in self.paths()), default=0)

    def paths(self) -> list[Path]:
        """The files of all mails, oldest first."""
        return sorted(path for path in self.folder.glob("*.eml") if path.stem.isdigit())

    def path(self, number: int) -> Path:
        """Where the mail of this number is, or would be."""
        return self.folder / f"{number:06d}.eml"

    def keep(self, content: bytes) -> Path:
        """Write one mail down; it is there as a whole or not at all."""
        self._latest += 1
        path = self.path(self._latest)
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(content)
        unfinished.rename(path)
        return path


class _Keep:
    """What aiosmtpd calls for each mail."""

    def __init__(self, mails: MailFolder) -> None:
        self._mails = mails

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name.
        path = self._mails.keep(envelope.original_content)
        return f"250 Kept as {path.name}"


async def _listen(mails: MailFolder, port: int) -> asyncio.Server:
    def protocol() -> asyncio.Protocol:
        smtp: asyncio.Protocol = SMTP(
            _Keep(mails),
            hostname="localhost",
            ident="Candor keeps this mail",
            enable_SMTPUTF8=True,
            data_size_limit=LARGEST_MAIL_BYTES,
        )
        return smtp

    try:
        return await asyncio.get_running_loop().create_server(protocol, HOST, port)
    except OSError as error:
        raise CannotStart(f"The mail sink cannot listen on port {port}: {error.strerror}.") from error


class MailSink:
    """The sink in a thread of its own, which the tests send to. Use it as a context manager.

    A run, and the replay with it, starts the sink as a process: `main`.
    """

    def __init__(self, folder: Path) -> None:
        self.mails = MailFolder(folder)
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mail sink", daemon=True)
        self._server: asyncio.Server | None = None

    @property
    def address(self) -> str:
        """The sink's address as EMAIL_URL takes it."""
        return f"smtp://{HOST}:{self.port}"

    def __enter__(self) -> Self:
        """Listen on a free port."""
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(_listen(self.mails, 0), self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Close every connection and let go of the port."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        if self._server:
            self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


async def _serve(folder: Path, port: int) -> None:
    server = await _listen(MailFolder(folder), port)
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    await asked.wait()
    server.close()


def main() -> None:
    """Keep mails until told to end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    asyncio.run(_serve(options.folder, options.port))


if __name__ == "__main__":
    main()
