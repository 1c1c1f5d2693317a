"""What `manage.py check`, and `migrate` before a start, say about the two files of witnessing."""

from typing import Any

from django.conf import settings
from django.core.checks import Error

from trustscore.witnessing.policy import PolicyError, read_policy, read_witnessed

POLICY_ID = "trustscore.E001"
WITNESSED_ID = "trustscore.E002"


def check_witnessing(**_: Any) -> list[Error]:
    """An error for each of the files that has a line which cannot be meant."""
    found = []
    for read, path, name in (
        (read_policy, settings.LEDGER_POLICY_FILE, POLICY_ID),
        (read_witnessed, settings.LEDGER_WITNESSED_FILE, WITNESSED_ID),
    ):
        try:
            read(path)
        except PolicyError as problem:
            found.append(Error(str(problem), hint="Mend the line; docs/witnessing.md says what it may be.", id=name))
    return found
