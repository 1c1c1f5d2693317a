"""What the domain says no with. Each error carries its own sentence and the HTTP status it becomes.

Services raise a subclass that stands next to them; `config.middleware` turns it into a page or JSON in one place.
"""


class DomainError(Exception):
    """An expected refusal. `message` says what happened, where, and what to do; it is shown as it is."""

    status = 422
    code = "refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(DomainError):
    """There is no such thing, or not for this person: the two look the same on purpose."""

    status = 404
    code = "not_found"

    def __init__(self, message: str = "There is nothing at this address.") -> None:
        super().__init__(message)


class NotAllowed(DomainError):
    """The person belongs here, but their role does not do this."""

    status = 403
    code = "not_allowed"


class TooManyRequests(DomainError):
    """A limit was reached; the message says which and when it ends."""

    status = 429
    code = "too_many_requests"
