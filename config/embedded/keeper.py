"""Keeping programs alive: whatever ends is started again, until everything is ended on purpose."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config.embedded.errors import CannotStart
from config.embedded.processes import POLL_SECONDS, Program, last_words, start, wait_until_ready

FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 10.0
# Who ran this long was well; its next end is a first one again.
WELL_SECONDS = 30.0


@dataclass
class Kept:
    """A program and its present child; `child` is None while it waits to be started again."""

    program: Program
    child: subprocess.Popen[bytes] | None
    started_at: float
    ends: int = 0
    again_at: float = 0.0


class Keeper:
    """The parent of all programs of one run. Use it from the main thread only."""

    def __init__(self, *, say: Callable[[str], None]) -> None:
        self._kept: list[Kept] = []
        self._say = say

    def start(self, program: Program) -> None:
        """Start a program and keep it alive from now on. Raises CannotStart."""
        program.prepare()
        self._kept.append(Kept(program, start(program), time.monotonic()))

    def wait_for(self, program: Program, *, seconds: float) -> None:
        """Return when a started program can be used. Raises CannotStart when it ends or takes too long."""
        for kept in self._kept:
            if kept.program is program and kept.child:
                wait_until_ready(program, kept.child, seconds=seconds)

    def watch(self) -> None:
        """Look after everybody once: bury orphans and start again what has ended."""
        now = time.monotonic()
        for kept in self._kept:
            if kept.child and kept.child.poll() is not None:
                self._note_end(kept, kept.child.returncode, now)
            if kept.child is None and now >= kept.again_at:
                self._start_again(kept, now)
        self._end_orphans()

    def stop(self, names: Iterable[str], *, seconds: float) -> None:
        """End these programs together, by force whatever still runs after `seconds`."""
        wanted = set(names)
        ending = [kept for kept in self._kept if kept.program.name in wanted]
        self._kept = [kept for kept in self._kept if kept not in ending]
        children = [(kept.program, kept.child) for kept in ending if kept.child]
        for program, child in children:
            with suppress(ProcessLookupError):
                child.send_signal(program.stop_signal)
        deadline = time.monotonic() + seconds
        while any(child.poll() is None for _, child in children) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        for _, child in children:
            with suppress(ProcessLookupError):
                child.kill()
            child.wait()
        self._end_orphans()

    def stop_all(self, *, last: Iterable[str], seconds: float) -> None:
        """End everything, the programs in `last` after all others that may still need them."""
        servers = list(last)
        self.stop([kept.program.name for kept in self._kept if kept.program.name not in servers], seconds=seconds)
        self.stop(servers, seconds=seconds)

    def _note_end(self, kept: Kept, code: int, now: float) -> None:
        kept.child = None
        kept.ends = 1 if now - kept.started_at > WELL_SECONDS else kept.ends + 1
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (kept.ends - 1))
        kept.again_at = now + pause
        reason = f"by signal {-code}" if code < 0 else f"with code {code}: {last_words(kept.program.log)}"
        self._say(f"{kept.program.name} ended {reason}. Starting it again.")

    def _start_again(self, kept: Kept, now: float) -> None:
        self._end_orphans()
        try:
            kept.program.prepare()
            kept.child = start(kept.program)
        except CannotStart as error:
            self._say(str(error))
            kept.again_at = now + LONGEST_PAUSE_SECONDS
        kept.started_at = now

    def _end_orphans(self) -> None:
        """End what a dead program left behind: a busy session of PostgreSQL blocks the next server."""
        known = {kept.child.pid for kept in self._kept if kept.child}
        for pid in _children() - known:
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _children() -> set[int]:
    with suppress(OSError):
        return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}
    return set()
