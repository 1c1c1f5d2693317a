"""Mails through the full protocol of sending, against a bare smtplib loop to the same sink on one kept connection.

    .venv/bin/python -m benchmarks.mails [--mails 300] [--rounds 5]

Both send in turns; a ratio is the median of the rounds'. "ready": both send mails that are already written, so that
the protocol alone is weighed. "written": both also write each invitation (template, text twin, inlined style, MIME).
Every mail costs the protocol a commit that waits for the disk and the bare loop none, so the table says how long one
such wait is. Goal for "ready": at least 0.5.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.servers import PROJECT, candor


@contextmanager
def sink() -> Iterator[int]:
    """The sink in a process of its own; its port."""
    with subprocess.Popen([sys.executable, "-m", "benchmarks.sink"], stdout=subprocess.PIPE, cwd=PROJECT) as child:
        assert child.stdout is not None
        try:
            yield int(child.stdout.readline())
        finally:
            child.terminate()


def main() -> None:
    """Starts the servers and the sink, and sends from a process whose settings lead to them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    command = [sys.executable, "-m", "benchmarks.mails_sent", str(options.mails), str(options.rounds)]
    with candor(), sink() as port:
        environment = {**os.environ, "EMAIL_URL": f"smtp://127.0.0.1:{port}", "LOG_LEVEL": "WARNING"}
        subprocess.run(command, env=environment, cwd=PROJECT, check=True)


if __name__ == "__main__":
    main()
