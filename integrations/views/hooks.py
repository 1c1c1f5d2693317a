"""The address that helpdesks, shops and scripts call."""

from contextlib import suppress

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations.arrivals import (
    MAX_BODY_BYTES,
    Arrival,
    BodyTooLarge,
    NotReadable,
    Reading,
    Refused,
    WrongSignature,
)
from integrations.queries import Door, door_at
from integrations.services.deliveries import DoorChanged, accept_delivery, count_refusal
from lib.errors import NotFound
from lib.tenancy import for_service

# Doors by their public id. None can be out of date unnoticed, since a delivery is kept only if its door's secret is
# the row's; so a process may remember them, which saves each delivery a transaction and the opening of a seal.
_doors: dict[str, Door] = {}
MOST_DOORS = 1000


@csrf_exempt
@require_POST
def hook(request: HttpRequest, public_id: str, secret: str = "") -> JsonResponse:
    """Takes one delivery in: 202 once it is committed, whether new or a repetition."""
    try:
        arrival = Arrival(body=_body(request), headers=request.headers, path_secret=secret)
        reading = _accept(public_id, arrival)
    except Refused as refusal:
        with for_service("a delivery was refused"):
            count_refusal(public_id=public_id)
        return _refused(refusal)
    answer: dict[str, object] = {"status": "accepted"}
    if reading.unknown_fields:
        answer["unknown_fields"] = reading.unknown_fields
    return JsonResponse(answer, status=202)


def _accept(public_id: str, arrival: Arrival) -> Reading:
    now = timezone.now()
    remembered = _doors.get(public_id)
    if remembered is not None:
        with suppress(WrongSignature, DoorChanged):
            return accept_delivery(door=remembered, arrival=arrival, now=now)
        # Another thread may have forgotten it already.
        _doors.pop(public_id, None)
    door = door_at(public_id)
    if len(_doors) >= MOST_DOORS:
        _doors.clear()
    _doors[public_id] = door
    try:
        return accept_delivery(door=door, arrival=arrival, now=now)
    except DoorChanged as error:
        raise NotFound("There is no connection at this address any more.") from error


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
