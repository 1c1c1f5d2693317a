"""Which step a review may take from where it stands: the rules of the ledger's replay, kept where events are made.

Pure; `trustscore/verify.py` holds everybody's log to the same rules from outside.
"""

from collections.abc import Mapping

from lib.errors import DomainError
from reviews.enums import EventKind, ReviewStatus

_PUBLISHED, _HELD, _REMOVED = ReviewStatus.PUBLISHED, ReviewStatus.HELD, ReviewStatus.REMOVED
_REJECTED, _WITHDRAWN = ReviewStatus.REJECTED, ReviewStatus.WITHDRAWN
_STANDING = frozenset({_PUBLISHED, _HELD, _REJECTED, _REMOVED, _WITHDRAWN})

# From where each step may be taken, and where it leads (None: the review stays where it is).
STEPS: Mapping[EventKind, tuple[frozenset[ReviewStatus], ReviewStatus | None]] = {
    EventKind.PUBLISH: (frozenset({_HELD}), _PUBLISHED),
    EventKind.HOLD: (frozenset({_PUBLISHED}), _HELD),
    EventKind.REJECT: (frozenset({_HELD}), _REJECTED),
    EventKind.REMOVE: (frozenset({_PUBLISHED}), _REMOVED),
    EventKind.RESTORE: (frozenset({_REMOVED, _REJECTED}), _PUBLISHED),
    EventKind.WITHDRAW: (frozenset({_PUBLISHED, _HELD, _REMOVED}), _WITHDRAWN),
    EventKind.ERASE: (_STANDING, ReviewStatus.ERASED),
    EventKind.EDIT: (frozenset({_PUBLISHED, _HELD}), None),
    EventKind.HIDE_TEXT: (frozenset({_PUBLISHED, _HELD}), None),
    EventKind.REPLY: (frozenset({_PUBLISHED}), None),
}


class IllegalTransition(DomainError):
    """The review cannot take this step from where it stands. `kind` and `stands` say which."""

    code = "illegal_transition"

    def __init__(self, kind: EventKind, status: str) -> None:
        super().__init__(f"“{kind.label}” is not possible: the review is {ReviewStatus(status).label.lower()}.")
        self.kind = kind
        self.stands = status


def leads_to(kind: EventKind) -> ReviewStatus | None:
    """Where a review stands after this event of the log; None where it stays where it is."""
    return STEPS[kind][1] if kind in STEPS else None


def after(kind: EventKind, status: str) -> ReviewStatus:
    """Where the review stands after this step. Raises IllegalTransition."""
    origins, target = STEPS[kind]
    if status not in origins:
        raise IllegalTransition(kind, status)
    return target or ReviewStatus(status)


def possible_steps(status: str) -> frozenset[EventKind]:
    """The steps that a review may take from where it stands."""
    return frozenset(kind for kind, (origins, _) in STEPS.items() if status in origins)
