"""The business and the connection that the webhook benchmark posts to."""

from django.db import connection

from businesses.models import User
from businesses.services import create_business
from integrations.services.connections import create_generic
from lib.secrets import open_sealed
from lib.tenancy import as_owner, for_business, for_service


def prepare(sql: str) -> tuple[str, str]:
    """The connection's path and secret; `sql` makes the yardstick's table, under the owner's login."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(sql)
    owner = User.objects.create_user("alice@acme.example", name="Alice")
    with for_service("a benchmark's business") as now:
        business = create_business(name="Acme", owner=owner, now=now)
    with for_business(business) as now:
        made = create_generic(business=business, name="Benchmark", actor="Alice", now=now)
    return f"/hooks/{made.public_id}/", open_sealed(made.secret)
