"""Workers that send invitations until they are killed, as real processes.

`python -m tests.faults.postmen` forks a worker for each line that it reads and prints the worker's process id. It has
everything loaded and no connection open, so that a worker is at work a moment after its birth. It ends when its
standard input does, and its workers end with it.
"""

import os
import signal
import sys
import time
from datetime import UTC, datetime

import django

from config.embedded.processes import die_with_parent

PAUSE_SECONDS = 0.02


def main() -> None:
    """Forks workers on demand."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    warm_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)  # noqa: T201 - Whoever started us listens.
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            die_with_parent(signal.SIGKILL)
            work()
        print(child, flush=True)  # noqa: T201


def warm_up() -> None:
    """Writes a mail to nobody, which reads and compiles every template."""
    from businesses.models import Business, Customer  # noqa: PLC0415 - Models exist only after setup.
    from invitations.letters import invitation_letter  # noqa: PLC0415
    from invitations.models import Invitation  # noqa: PLC0415
    from surveys.models import Survey  # noqa: PLC0415
    from surveys.texts import standard_words  # noqa: PLC0415

    business = Business(name="Nobody", slug="nobody")
    survey = Survey(business=business, kind="csat", scale_points=5, trigger="ticket")
    invitation = Invitation(business=business, survey=survey, customer=Customer(business=business), language="en")
    invitation_letter(invitation, words=standard_words(survey, "en"), now=datetime(2026, 11, 2, tzinfo=UTC))


def work() -> None:
    """Sends what is due, for ever."""
    from businesses.delivery.sweep import send_due  # noqa: PLC0415
    from invitations.sending import INVITATIONS  # noqa: PLC0415

    while True:
        send_due(INVITATIONS)
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main()
