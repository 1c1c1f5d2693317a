"""A delivery at the door, and the words with which it may be turned away."""

from collections.abc import Mapping
from dataclasses import dataclass

from lib.errors import DomainError

MAX_BODY_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Arrival:
    """What a sender handed over, exactly as it came: signatures are over bytes, so the JSON is read later.

    `path_secret` is the part of the address after the connection's id, for helpdesks that cannot sign.
    """

    body: bytes
    headers: Mapping[str, str]
    path_secret: str = ""


@dataclass(frozen=True)
class Reading:
    """What is kept beside a delivery's raw body; see models.Delivery. `unknown_fields` are said to the sender."""

    dedupe_key: str
    event_name: str
    subject: str
    unknown_fields: tuple[str, ...] = ()


class Refused(DomainError):
    """A delivery that leaves no row; only the connection's counter of refusals moves."""

    code = "refused"


class WrongSignature(Refused):
    """It does not come from whom it says, or was changed on the way."""

    status = 401
    code = "wrong_signature"


class StaleTimestamp(Refused):
    """It was signed too long ago, or its sender's clock is wrong; it may be a recording."""

    status = 401
    code = "stale_timestamp"


class BodyTooLarge(Refused):
    """More than `MAX_BODY_BYTES`."""

    status = 413
    code = "body_too_large"

    def __init__(self) -> None:
        super().__init__("The body is larger than 1 MiB (1,048,576 bytes). Send each event by itself.")


class NotReadable(Refused):
    """The body is no event. `faults` says what is wrong by path, such as `ticket.id`: "is missing"."""

    code = "not_readable"

    def __init__(self, message: str, *, faults: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.faults = faults or {}
