"""Every read of connections and deliveries that is used twice or joins."""

from dataclasses import dataclass

from django.db.models import Case, Count, Max, Q, QuerySet, When
from django.db.models.functions import Left

from businesses.models import Business
from integrations.enums import WriteBackStatus
from integrations.models import Connection, Delivery, WriteBack
from lib.errors import NotFound
from lib.secrets import open_sealed
from lib.tenancy import for_service

NEWEST_DELIVERIES = 50
NEWEST_RESULTS = 20
# A page shows the beginning of a body; one body may have a mebibyte.
SHOWN_OF_BODY = 2000


@dataclass(frozen=True)
class Door:
    """What is needed to let a delivery in. `sealed` is the secret as its row has it, to compare the row with."""

    connection_id: int
    business_id: int
    public_id: str
    kind: str
    sealed: bytes
    secret: str


def door_at(public_id: str) -> Door:
    """The connection that an address names, of whichever business. Raises NotFound."""
    with for_service("a delivery comes to a connection's address"):
        found = Connection.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound("There is no connection at this address.")
    return Door(
        connection_id=found.pk,
        business_id=found.business_id,
        public_id=found.public_id,
        kind=found.kind,
        sealed=bytes(found.secret),
        secret=open_sealed(found.secret),
    )


def get_connection(business: Business, public_id: str) -> Connection:
    """One of the business's connections. Raises NotFound."""
    found = Connection.objects.filter(business=business, public_id=public_id).select_related("business").first()
    if found is None:
        raise NotFound
    return found


def connections_of(business: Business) -> QuerySet[Connection]:
    """The business's connections by name, each with how many deliveries were kept and when the last one came."""
    return (
        Connection.objects.filter(business=business)
        .annotate(kept=Count("delivery"), last_delivery_at=Max("delivery__received_at"))
        .order_by("name", "id")
    )


def newest_deliveries(connection: Connection) -> list[Delivery]:
    """The last fifty that were accepted, newest first, each with the beginning of its body as `shown`."""
    return list(
        Delivery.objects.filter(business=connection.business_id, connection=connection)
        .defer("body")
        .annotate(shown=Left("body", SHOWN_OF_BODY))
        .order_by("-received_at", "-id")[:NEWEST_DELIVERIES]
    )


def newest_results(connection: Connection) -> list[WriteBack]:
    """The last results on their way to tickets: first what needs a person, then the newest."""
    needs_person = Q(status__in=[WriteBackStatus.FAILED, WriteBackStatus.REFUSED])
    return list(
        WriteBack.objects.filter(business=connection.business_id, connection=connection)
        .select_related("ticket", "invitation__response", "invitation__customer")
        .annotate(order=Case(When(needs_person, then=0), default=1))
        .order_by("order", "-created_at", "-id")[:NEWEST_RESULTS]
    )
