"""The address that helpdesks, shops and scripts call."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations.arrivals import MAX_BODY_BYTES, Arrival, BodyTooLarge, NotReadable, Refused
from integrations.queries import connection_at
from integrations.services.deliveries import accept_delivery, count_refusal
from lib.tenancy import for_service


@csrf_exempt
@require_POST
def hook(request: HttpRequest, public_id: str, secret: str = "") -> JsonResponse:
    """Takes one delivery in: 202 once it is committed, whether new or a repetition."""
    try:
        arrival = Arrival(body=_body(request), headers=request.headers, path_secret=secret)
        with for_service("a delivery comes to a connection's address") as now:
            reading = accept_delivery(connection=connection_at(public_id), arrival=arrival, now=now)
    except Refused as refusal:
        with for_service("a delivery was refused"):
            count_refusal(public_id=public_id)
        return _refused(refusal)
    answer: dict[str, object] = {"status": "accepted"}
    if reading.unknown_fields:
        answer["unknown_fields"] = reading.unknown_fields
    return JsonResponse(answer, status=202)


def _body(request: HttpRequest) -> bytes:
    """At most one byte more than is allowed, whatever the headers say. Raises BodyTooLarge."""
    length = request.META.get("CONTENT_LENGTH", "")
    if length.isdigit() and int(length) > MAX_BODY_BYTES:
        raise BodyTooLarge
    # A chunked body has no length, and Django takes it for an empty one.
    is_chunked = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
    stream = request.META["wsgi.input"] if is_chunked and not length else request
    try:
        body: bytes = stream.read(MAX_BODY_BYTES + 1)
    except OSError as error:
        raise NotReadable("The connection broke off before the body was complete.") from error
    if len(body) > MAX_BODY_BYTES:
        raise BodyTooLarge
    return body


def _refused(refusal: Refused) -> JsonResponse:
    answer: dict[str, object] = {"error": refusal.code, "message": refusal.message}
    if isinstance(refusal, NotReadable) and refusal.faults:
        answer["fields"] = list(refusal.faults)
    return JsonResponse(answer, status=refusal.status)
