"""What may go wrong in a night: the worker, the web server and Valkey killed at random."""

import os
import random
import signal
import threading
from contextlib import suppress
from pathlib import Path

VICTIMS = ("celery", "granian", "valkey-server")
SHORTEST_PAUSE, LONGEST_PAUSE = 5.0, 15.0


class Chaos:
    """Kills one of the running program's children every few seconds, until it is told to stop."""

    def __init__(self, *, program: int, seed: int) -> None:
        self._program = program
        self._random = random.Random(seed)  # noqa: S311 - A seed is the point.
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="chaos", daemon=True)
        self.kills: dict[str, int] = dict.fromkeys(VICTIMS, 0)

    def start(self) -> None:
        """Begins after the first pause."""
        self._thread.start()

    def stop(self) -> None:
        """Ends; nobody is killed afterwards."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._random.uniform(SHORTEST_PAUSE, LONGEST_PAUSE)):
            victim = self._random.choice(VICTIMS)
            pids = [pid for pid in children(self._program) if victim in command_line(pid)]
            for pid in pids[:1]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    self.kills[victim] += 1


def children(pid: int) -> list[int]:
    """The direct children of a process."""
    with suppress(OSError):
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def command_line(pid: int) -> str:
    """The words a process was started with."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""
