"""The whole program under test: started as a person starts it, and watched by its process numbers."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from config.embedded.processes import die_with_parent

PROJECT = Path(__file__).resolve().parents[1]
# What the tests' own environment says about servers must not reach the program.
OF_THE_TESTS = {"ALLOWED_HOSTS", "DATABASE_OWNER_URL", "DATABASE_URL", "EMAIL_URL", "REDIS_URL", "SECRET_KEY"}
PATIENCE_SECONDS = 110.0


def environment_without_servers() -> dict[str, str]:
    """This process's environment, as a newcomer's shell would have it."""
    return {
        name: value for name, value in os.environ.items() if name not in OF_THE_TESTS and not name.startswith("CANDOR_")
    }


def manage(
    *words: str, project: Path = PROJECT, patience: float = PATIENCE_SECONDS
) -> subprocess.CompletedProcess[str]:
    """Run one command of manage.py to its end."""
    return subprocess.run(
        [sys.executable, str(project / "manage.py"), *words],
        env=environment_without_servers(),
        capture_output=True,
        text=True,
        check=False,
        timeout=patience,
    )


class Program:
    """`manage.py up` as a child. Leaving the block ends it, whatever happened."""

    def __init__(
        self,
        data: Path,
        *,
        port: int,
        command: Sequence[str] = (sys.executable, str(PROJECT / "manage.py")),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.port = port
        self.said: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()
        self.process = subprocess.Popen(
            [*command, "up", "--no-demo", "--data", str(data), "--port", str(port)],
            env=environment or environment_without_servers(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            # Whoever kills the tests ends what they started.
            preexec_fn=lambda: die_with_parent(signal.SIGTERM),
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> "Program":
        """Wait until it says how to stop it, which it says last."""
        try:
            self.wait_for_words("Ctrl-C stops it.")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End it in the hard way if it was not ended yet."""
        if self.process.poll() is None:
            everything = set(self.descendants())
            self.process.kill()
            wait_until_dead(everything)
        self.process.wait()
        self._reader.join()
        if self.process.stdout:
            self.process.stdout.close()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self._lines.put(line)
        self._lines.put("")

    def wait_for_words(self, words: str) -> None:
        """Return when it has said `words`."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not any(words in line for line in self.said):
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                line = ""
            assert line, f"{words!r} was not among {self.said}"
            self.said.append(line)

    def interrupt(self) -> int:
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=PATIENCE_SECONDS)

    def descendants(self) -> dict[int, str]:
        """Every process it started, directly or not: number and command line."""
        found: dict[int, str] = {}
        parents = {self.process.pid}
        while parents:
            children = {pid for pid in living() if parent_of(pid) in parents and pid not in found}
            found |= {pid: command_of(pid) for pid in children}
            parents = children
        return found

    def process_of(self, *words: str) -> int:
        """The oldest descendant whose command line has all of `words`, waited for."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (found := self.processes_of(*words)):
            assert time.monotonic() < deadline, f"no process has {words}: {self.descendants()}"
            time.sleep(0.02)
        return min(found)

    def processes_of(self, *words: str) -> set[int]:
        """Every descendant whose command line has all of `words`."""
        return {pid for pid, command in self.descendants().items() if all(word in command for word in words)}


def living() -> set[int]:
    """Every process that runs; zombies are dead."""
    return {int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit() and state_of(int(path.name))}


def state_of(pid: int) -> str:
    """The process's state letter; empty when it is dead, which a zombie is too."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""
    return "" if state in {"Z", "X"} else state


def parent_of(pid: int) -> int:
    """The number of a process's parent; 0 when there is no such process."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def command_of(pid: int) -> str:
    """A process's command line."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def wait_until_dead(pids: set[int]) -> None:
    """Return when none of these processes lives."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while left := {pid: command_of(pid) for pid in pids if state_of(pid)}:
        assert time.monotonic() < deadline, f"still alive: {left}"
        time.sleep(0.02)


def status_of(port: int, path: str) -> int:
    """The HTTP status of a page; 0 when nobody answers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


def wait_for_status(port: int, path: str, status: int) -> None:
    """Return when the page answers with `status`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (answer := status_of(port, path)) != status:
        assert time.monotonic() < deadline, f"{path} answers {answer}"
        time.sleep(0.05)
