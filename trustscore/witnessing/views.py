"""The pages of witnessing: where logs have themselves cosigned, our key for that, and our own log's policy.

Programs ask here, so a refusal is a status and one plain sentence. Nothing is set and no cookie is read.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from lib import limits
from lib.errors import DomainError, NotFound
from trustscore.log_views import LASTING, TEXT
from trustscore.witnessing.policy import PolicyError, read_policy
from trustscore.witnessing.protocol import MOST_BYTES, SIZE_TYPE, NotReadable
from trustscore.witnessing.witness import OtherSize, WitnessNotReady, cosign_checkpoint, witness_vkey

# A log with an entry a second asks about once a second.
MOST_REQUESTS = "300/minute"


class BodyTooLarge(DomainError):
    """The body is larger than any checkpoint with its proof."""

    status = 413
    code = "too_large"

    def __init__(self) -> None:
        super().__init__(f"The body is larger than {MOST_BYTES} bytes.")


@csrf_exempt  # Whoever may ask is told by the log's signature; a browser adds nothing to that.
@require_POST
def add_checkpoint(request: HttpRequest) -> HttpResponse:
    """Cosigns another log's checkpoint (C2SP tlog-witness, add-checkpoint)."""
    try:
        limits.take(
            what="add-checkpoint",
            who=limits.client_address(request),
            at_most=MOST_REQUESTS,
            message="Too many checkpoints came from this address; wait a minute.",
        )
        return _text(cosign_checkpoint(_body(request)))
    except OtherSize as refusal:
        return HttpResponse(f"{refusal.size}\n", content_type=SIZE_TYPE, status=refusal.status)
    except DomainError as refusal:
        return _text(f"{refusal.message}\n", refusal.status)


@require_safe
def witness_key(request: HttpRequest) -> HttpResponse:
    """The key that this installation cosigns with, as a vkey line."""
    try:
        return _public(f"{witness_vkey()}\n")
    except DomainError as refusal:
        return _text(f"{refusal.message}\n", refusal.status)


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """The witnesses of this log and their quorum, as `verify.py --witnesses` reads them."""
    try:
        found = read_policy(settings.LEDGER_POLICY_FILE)
        if not found.witnesses:
            raise NotFound("This log names no witnesses.")
    except PolicyError:
        return _text(f"{WitnessNotReady().message}\n", WitnessNotReady.status)
    except NotFound as refusal:
        return _text(f"{refusal.message}\n", refusal.status)
    return _public(found.public)


def _body(request: HttpRequest) -> bytes:
    """At most one byte more than is allowed, whatever the headers say. Raises BodyTooLarge and NotReadable."""
    length = request.META.get("CONTENT_LENGTH", "")
    # A chunked body has no length, and Django takes it for an empty one.
    is_chunked = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
    stream = request.META["wsgi.input"] if is_chunked and not length else request
    try:
        body: bytes = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise NotReadable("The connection broke off before the body was complete.") from error
    if len(body) > MOST_BYTES:
        raise BodyTooLarge
    return body


def _text(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, content_type=TEXT, status=status)


def _public(text: str) -> HttpResponse:
    headers = {"Cache-Control": LASTING, "Access-Control-Allow-Origin": "*"}
    return HttpResponse(text, content_type=TEXT, headers=headers)
