"""Sequencers that append to the log until they are killed, as real processes.

`python -m tests.faults.sequencers` forks one for each line that it reads and prints its process id; see postmen.
"""

import os
import signal
import sys
import time

import django

from config.embedded.processes import die_with_parent

PAUSE_SECONDS = 0.001


def main() -> None:
    """Forks sequencers on demand."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from trustscore.services import take_up_events  # noqa: PLC0415 - Models exist only after setup.

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)  # noqa: T201 - Whoever started us listens.
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            die_with_parent(signal.SIGKILL)
            while True:
                take_up_events()
                time.sleep(PAUSE_SECONDS)
        print(child, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
