"""Starting the program for a replay, in a data folder of its own, and ending it afterwards."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from config.embedded import programs
from config.embedded.datafolder import DataFolder, RunningInstance
from config.embedded.errors import CannotStart
from config.embedded.processes import Program, start, stop, wait_until_ready
from config.embedded.venv import PROJECT

DEFAULT_DATA = PROJECT / ".data" / "replay"
START_SECONDS = 180.0
STOP_SECONDS = 20.0


@contextmanager
def running_program(data: DataFolder) -> Iterator[RunningInstance]:
    """`manage.py up` as a child, ready to be used; it ends when this process does. Raises CannotStart."""
    data.open()
    port = programs.free_port()
    command = [sys.executable, str(PROJECT / "manage.py"), "up", "--data", str(data.path)]
    command += ["--no-demo", "--port", str(port)]
    program = Program(
        name="The program",
        command=command,
        log=data.logs / "up.log",
        ready=lambda pid: _announced(data, pid) and programs.answers(port),
        folder=PROJECT,
        death_signal=signal.SIGTERM,
    )
    child = start(program)
    try:
        wait_until_ready(program, child, seconds=START_SECONDS)
        running = data.running()
        if running is None:
            raise CannotStart(f"The program ended as soon as it was ready; see {program.log}.")
        yield running
    finally:
        stop(program, child, seconds=STOP_SECONDS)


def _announced(data: DataFolder, pid: int) -> bool:
    running = data.running()
    return running is not None and running.pid == pid
