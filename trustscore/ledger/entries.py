"""What an entry of the ledger says (ledger.md, "Entries"): pure, from values to the one text that is hashed.

Days are days since 1970-01-01 UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lib.commitments import canonical
from reviews.enums import EventKind
from trustscore.scoring import WEIGHTS_SHA256

VERSION = 1
FORMULA = "score-1"

Fields = dict[str, str | int]

POLICY = "policy"
SCORE = "score"
ASKED = "asked"

# After each of these the stars that count may be others, so a score entry follows in the same batch.
MOVES_THE_SCORE = frozenset(
    {
        EventKind.PUBLISH,
        EventKind.HOLD,
        EventKind.REMOVE,
        EventKind.RESTORE,
        EventKind.EDIT,
        EventKind.UNCOUNT,
        EventKind.COUNT,
        EventKind.WITHDRAW,
        EventKind.ERASE,
    }
)

_FIELDS: Mapping[str, tuple[str, ...]] = {
    EventKind.SUBMIT: ("core", "text"),
    EventKind.EDIT: ("core", "text"),
    EventKind.PUBLISH: ("actor", "reason"),
    EventKind.HOLD: ("actor", "reason"),
    EventKind.REJECT: ("actor", "reason"),
    EventKind.REMOVE: ("actor", "reason"),
    EventKind.RESTORE: ("actor", "reason"),
    EventKind.UNCOUNT: ("reason",),
    EventKind.COUNT: ("reason",),
    EventKind.WITHDRAW: (),
    EventKind.HIDE_TEXT: ("reason",),
    EventKind.ERASE: ("actor", "reason"),
    EventKind.REPLY: ("reply",),
}


@dataclass(frozen=True)
class Happening:
    """A review event as far as the ledger tells it. `business` and `review` are their public names."""

    business: str
    review: str
    kind: str
    actor: str
    reason: str
    core: str
    text: str
    reply: str


def policy_fields() -> Fields:
    """The one formula for everybody."""
    return {"formula": FORMULA, "weights": WEIGHTS_SHA256}


def happening_fields(happening: Happening) -> Fields:
    """What an entry about a review says beside v, kind, day, business and seq."""
    return {"review": happening.review, **{name: getattr(happening, name) for name in _FIELDS[happening.kind]}}


def score_fields(*, tenths: int | None, policy: int, size: int) -> Fields:
    """The score computed from the entries before index `size`, under the policy entry of index `policy`."""
    return {"tenths": tenths or 0, "policy": policy, "size": size}


def entry_text(*, kind: str, day: int, fields: Fields, business: str | None = None, seq: int | None = None) -> str:
    """The entry's canonical JSON. Only a policy has no business and no `seq`."""
    whole: Fields = {"v": VERSION, "kind": kind, "day": day, **fields}
    if business is not None and seq is not None:
        whole |= {"business": business, "seq": seq}
    return canonical(whole).decode()
