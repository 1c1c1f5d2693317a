"""Children that never outlive their parent."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded.errors import CannotStart
from config.embedded.users import ServerUser

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
POLL_SECONDS = 0.01

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Program:
    """One program to run: what it is called, how it starts and how it ends.

    `death_signal` reaches it when our own process ends without a word, `stop_signal` when we stop it.
    `ready` says, given the child's process number, whether it can be used; `prepare` clears the way before
    each start. What it says goes to `log`, its complaints too unless `complaints` names another file.
    """

    name: str
    command: Sequence[str]
    log: Path
    ready: Callable[[int], bool] = lambda _pid: True
    prepare: Callable[[], None] = lambda: None
    environment: Mapping[str, str] = field(default_factory=dict)
    complaints: Path | None = None
    user: ServerUser | None = None
    folder: Path = Path("/")
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL


def die_with_parent(death_signal: signal.Signals) -> None:
    """Ask the kernel for `death_signal` when the thread that started us ends."""
    _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent dies, so that none is lost."""
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def start(program: Program) -> subprocess.Popen[bytes]:
    """Start `program` in a session of its own, tied to the life of this process.

    Call it from the main thread: the tie is to the thread that starts the child. Raises CannotStart when the
    program cannot be executed.
    """
    parent = os.getpid()

    def tie() -> None:
        die_with_parent(program.death_signal)
        if os.getppid() != parent:
            os._exit(1)

    try:
        with program.log.open("ab") as log, (program.complaints or program.log).open("ab") as complaints:
            return subprocess.Popen(
                program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=complaints,
                cwd=program.folder,
                env={**os.environ, **program.environment},
                start_new_session=True,
                preexec_fn=tie,
                user=program.user.uid if program.user else None,
                group=program.user.gid if program.user else None,
                extra_groups=[] if program.user else None,
            )
    except OSError as error:
        raise CannotStart(f"{program.name} cannot be started: {error.strerror or error}.") from error


def wait_until_ready(program: Program, child: subprocess.Popen[bytes], *, seconds: float) -> None:
    """Return as soon as `program` can be used.

    Raises CannotStart with the last line of its log when it ends before, or takes longer than `seconds`.
    """
    deadline = time.monotonic() + seconds
    while not program.ready(child.pid):
        if child.poll() is not None:
            raise CannotStart(f"{program.name} did not start: {last_words(program.log)}")
        if time.monotonic() > deadline:
            raise CannotStart(f"{program.name} was not ready within {seconds:.0f} s; see {program.log}.")
        time.sleep(POLL_SECONDS)


def run_to_end(program: Program) -> None:
    """Run a program that ends by itself. Raises CannotStart with its last line when it fails."""
    child = start(program)
    try:
        code = child.wait()
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    if code != 0:
        log = program.complaints or program.log
        raise CannotStart(f"{program.name} failed: {last_words(log)} (all of it in {log})")


def stop(program: Program, child: subprocess.Popen[bytes], *, seconds: float) -> None:
    """End the child in its own way, and by force when that takes longer than `seconds`."""
    with suppress(ProcessLookupError):
        child.send_signal(program.stop_signal)
    try:
        child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def last_words(log: Path) -> str:
    """The last line that says something in a log, or a hint at the log when there is none."""
    with suppress(OSError):
        lines = log.read_text(errors="replace").splitlines()
        for line in reversed(lines[-40:]):
            if line.strip():
                return line.strip()
    return f"it said nothing in {log}."


def is_running(pid: int) -> bool:
    """Whether a process lives; a zombie answers signals but is dead."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in {"Z", "X"}
