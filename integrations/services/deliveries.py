"""Taking deliveries in, and treating them afterwards."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef

from businesses.models import Business
from integrations.arrivals import Arrival, Reading
from integrations.enums import ConnectionStatus, DeliveryStatus
from integrations.events import Event, NamedEvent, OrderEvent
from integrations.helpdesks.registry import inbound
from integrations.models import Connection, Delivery
from integrations.queries import Door
from invitations.services import schedule_named_event, schedule_order
from invitations.tickets import hear
from lib.tenancy import in_one_exchange

BATCH = 50
LEASE = timedelta(seconds=20)
MOST_ATTEMPTS = 5
LONGEST_OUTCOME = 300

# Kept if the connection still has the secret that the delivery was checked with; a row comes back then, new or known.
_KEEP = """
    WITH door AS (
        SELECT id, business_id FROM integrations_connection WHERE id = %s AND secret = %s
    ), kept AS (
        INSERT INTO integrations_delivery
            (business_id, connection_id, dedupe_key, body, event_name, subject, status, outcome, attempts, due_at,
             received_at)
        SELECT business_id, id, %s, %s, %s, %s, 'received', '', 0, now(), now() FROM door
        ON CONFLICT (business_id, connection_id, dedupe_key) DO NOTHING
    )
    SELECT 1 FROM door
"""


class DoorChanged(Exception):
    """The connection is not what it was when the delivery was checked."""


def accept_delivery(*, door: Door, arrival: Arrival, now: datetime) -> Reading:
    """Checks a delivery and commits it raw, for the sweep to treat. A repetition changes nothing.

    Opens its own transaction, as one exchange with the database. Raises Refused, and DoorChanged when the connection
    has another secret by now or is gone; then nothing is stored.
    """
    adapter = inbound(door.kind)
    adapter.verify(arrival, secret=door.secret)
    reading = adapter.read(arrival, source=door.public_id, received_at=now)
    body = arrival.body.decode()
    row = [reading.dedupe_key, body, reading.event_name, reading.subject]
    if not in_one_exchange(door.business_id, _KEEP, [door.connection_id, door.sealed, *row]):
        raise DoorChanged
    return reading


def count_refusal(*, public_id: str) -> None:
    """Notes that a delivery to this connection was turned away; nothing of it is kept."""
    Connection.objects.filter(public_id=public_id).update(refused_count=F("refused_count") + 1)


def claim_deliveries(*, now: datetime, tried: bool) -> list[Delivery]:
    """Takes due deliveries for `LEASE`, oldest first, and counts the attempt before anything can go wrong.

    New ones come in batches; one that was `tried` before comes alone, so that a delivery which kills its worker takes
    no other along. While an earlier delivery about the same thing is untried or being treated, a later one waits; one
    that failed holds nobody up. Needs the service scope.
    """
    ahead = Delivery.objects.filter(
        connection=OuterRef("connection"),
        subject=OuterRef("subject"),
        id__lt=OuterRef("id"),
        status=DeliveryStatus.RECEIVED,
        outcome="",
    )
    due = Delivery.objects.filter(status=DeliveryStatus.RECEIVED, due_at__lte=now)
    due = due.filter(attempts__gt=0) if tried else due.filter(attempts=0)
    claimed = list(
        due.exclude(Exists(ahead))
        .select_related("connection", "business")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("due_at", "id")[: 1 if tried else BATCH]
    )
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in claimed]).update(
        attempts=F("attempts") + 1, due_at=now + LEASE
    )
    for delivery in claimed:
        delivery.attempts += 1
    return claimed


def treat_delivery(*, delivery: Delivery, now: datetime) -> None:
    """Acts on a claimed delivery and writes down what became of it; nothing when somebody else claimed it meanwhile.

    Raises what acting on it raises: the caller rolls back, and says so with `refuse_delivery` or `give_up_or_retry`.
    """
    if _still_mine(delivery):
        status, outcome = _act(delivery, now)
        _settle(delivery, status, outcome, now)


def refuse_delivery(*, delivery: Delivery, why: str, now: datetime) -> None:
    """The domain said no, in the words of `why`; trying again would not help."""
    if _still_mine(delivery):
        _settle(delivery, DeliveryStatus.FAILED, why, now)


def give_up_or_retry(*, delivery: Delivery, fault: str, now: datetime) -> None:
    """After an unexpected error: again after a while that doubles, or failed for good after `MOST_ATTEMPTS`."""
    if not _still_mine(delivery):
        return
    if delivery.attempts >= MOST_ATTEMPTS:
        _settle(delivery, DeliveryStatus.FAILED, f"Gave up after {delivery.attempts} attempts: {fault}", now)
        return
    delivery.due_at = now + timedelta(seconds=2**delivery.attempts)
    delivery.outcome = f"Attempt {delivery.attempts} went wrong, will be tried again: {fault}"[:LONGEST_OUTCOME]
    delivery.save(update_fields=["due_at", "outcome"])


def _still_mine(delivery: Delivery) -> bool:
    mine = Delivery.objects.filter(
        pk=delivery.pk, attempts=delivery.attempts, status=DeliveryStatus.RECEIVED
    ).select_for_update()
    return mine.exists()


def _act(delivery: Delivery, now: datetime) -> tuple[DeliveryStatus, str]:
    if delivery.attempts > MOST_ATTEMPTS:
        return DeliveryStatus.FAILED, f"Gave up: the last {MOST_ATTEMPTS} attempts ended without a word."
    if delivery.connection.status == ConnectionStatus.PAUSED:
        return DeliveryStatus.IGNORED, "Nobody was asked, because the connection is paused."
    event = inbound(delivery.connection.kind).event(
        delivery.body, source=delivery.connection.public_id, received_at=delivery.received_at
    )
    if event is None:
        return DeliveryStatus.IGNORED, "Says nothing about solving or reopening a ticket."
    return DeliveryStatus.PROCESSED, act_on(business=delivery.business, event=event, now=now)


def act_on(*, business: Business, event: Event, now: datetime) -> str:
    """Hands an event to those whom it concerns; the outcome in words. Raises what they do: UnusableAddress."""
    match event:
        case OrderEvent():
            return schedule_order(
                business=business,
                email=event.email,
                order_id=event.order_id,
                occurred_at=event.occurred_at,
                now=now,
                name=event.name,
                language=event.language,
                product=event.product,
            )
        case NamedEvent():
            return schedule_named_event(
                business=business,
                event_name=event.event_name,
                event_id=event.event_id,
                email=event.email,
                occurred_at=event.occurred_at,
                now=now,
                name=event.name,
                language=event.language,
            )
        case _:
            return hear(business=business, event=event, now=now)


def _settle(delivery: Delivery, status: DeliveryStatus, outcome: str, now: datetime) -> None:
    delivery.status = status
    delivery.outcome = outcome[:LONGEST_OUTCOME]
    delivery.processed_at = now
    delivery.save(update_fields=["status", "outcome", "processed_at"])
