"""Starting the program for a replay, in a data folder of its own, and ending it afterwards."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from config.embedded import programs
from config.embedded.datafolder import DataFolder, RunningInstance
from config.embedded.errors import CannotStart
from config.embedded.venv import PROJECT

DEFAULT_DATA = PROJECT / ".data" / "replay"
START_SECONDS = 120.0
STOP_SECONDS = 20.0


@contextmanager
def running_program(data: DataFolder) -> Iterator[RunningInstance]:
    """`manage.py up` as a child, ready to be used. Raises CannotStart."""
    data.open()
    port = programs.free_port()
    command = [sys.executable, str(PROJECT / "manage.py"), "up", "--data", str(data.path)]
    command += ["--no-demo", "--port", str(port)]
    with (data.logs / "up.log").open("ab") as log:
        program = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)  # noqa: S603 - Our own.
    try:
        yield _wait_until_ready(data, program, port)
    finally:
        with suppress(ProcessLookupError):
            program.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            program.wait(STOP_SECONDS)
        program.kill()
        program.wait()


def _wait_until_ready(data: DataFolder, program: "subprocess.Popen[bytes]", port: int) -> RunningInstance:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and program.poll() is None:
        running = data.running()
        if running and running.pid == program.pid and programs.answers(port):
            return running
        time.sleep(0.1)
    raise CannotStart(f"The program did not start; what it said is in {data.logs / 'up.log'}.")
