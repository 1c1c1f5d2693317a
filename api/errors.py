"""Domain errors in the API's one form: {"type", "errors": [{"code", "detail", "attr"}]}."""

from drf_standardized_errors.handler import ExceptionHandler
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError

from integrations.arrivals import NotReadable
from lib.errors import DomainError, TooManyRequests


class Refusal(APIException):
    """A domain error on its way out."""

    def __init__(self, error: DomainError) -> None:
        super().__init__(error.message, error.code)
        self.status_code = error.status
        if isinstance(error, TooManyRequests):
            self.wait = 60


class Unreadable(ValidationError):
    """Each fault with the path of its field."""

    status_code = 422

    def __init__(self, error: NotReadable) -> None:
        super().__init__({path: [ErrorDetail(f"{path} {fault}.", "invalid")] for path, fault in error.faults.items()})


class Handler(ExceptionHandler):
    """Knows what the domain says no with."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        """Named in REST_FRAMEWORK's settings by way of DRF_STANDARDIZED_ERRORS."""
        if isinstance(exc, NotReadable) and exc.faults:
            return Unreadable(exc)
        if isinstance(exc, DomainError):
            return Refusal(exc)
        converted: Exception = super().convert_known_exceptions(exc)
        return converted
