"""Two databases with as many reviews as the inbox benchmark asks for, and a member who reads them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg2
from django.conf import settings
from django.db import connection
from django.test import Client

from businesses.models import Business, User
from businesses.services import create_business
from lib.tenancy import as_owner, for_business, for_service
from reviews.models import Review
from reviews.paging import place_of

# A tenth waits for a reply; days and stars are spread as a shop's would be, the text is about 300 characters.
FILL = """
INSERT INTO reviews_review (
    business_id, public_id, source, subject, status, counted, uncount_reason, incentive, stars, title, body,
    display_name, language, version, submitted_at, published_at, token_generation, imported_from, external_id,
    reply_body, replied_at, needs_reply)
SELECT %(business)s, 'r' || lpad(n::text, 15, '0'), 'organic', 'service', 'published', true, '', '', 1 + n %% 5,
    'Review ' || n, repeat('They answered within the hour and knew the tent by heart. ', 5), 'Customer ' || n, 'en', 1,
    now() - n * interval '7 minutes', now(), 0, '', '', CASE WHEN n %% 10 = 0 THEN '' ELSE 'Thank you.' END, now(),
    n %% 10 = 0
FROM generate_series(1, %(count)s) AS n
"""


@dataclass(frozen=True)
class Stage:
    """One database, and a browser in which a member of its business is signed in."""

    database: str
    business: Business
    client: Client

    @contextmanager
    def entered(self) -> Iterator[Callable[[str], None]]:
        """Asks for the inbox's page after a place, in this database; every page must come whole."""
        use(self.database)

        def get(place: str) -> None:
            answer = self.client.get(f"/app/{self.business.slug}/inbox/", {"after": place} if place else {})
            if answer.status_code != 200 or answer.content.count(b'class="row"') != 25:
                raise SystemExit(f"The page after “{place}” came with {answer.status_code} and is not whole.")

        yield get

    def place_before(self, number: int, size: int) -> str:
        """The place behind which the page of this number begins, counting from 1."""
        use(self.database)
        with for_business(self.business):
            rows = Review.objects.order_by("-needs_reply", "-submitted_at", "-id")
            return place_of(rows[(number - 1) * size - 1])


def use(database: str) -> None:
    """Turns this process to another database of the same server."""
    connection.close()
    connection.settings_dict["NAME"] = database
    connection.ensure_connection()


def prepare(sizes: Mapping[str, int]) -> dict[str, Stage]:
    """A member signed in, then a copy of the database for each size, filled."""
    owner = User.objects.create_user("alice@acme.example", name="Alice")
    with for_service("a benchmark's business") as now:
        business = create_business(name="Acme", owner=owner, now=now)
    client = Client(SERVER_NAME="localhost")
    client.force_login(owner)
    template = str(connection.settings_dict["NAME"])
    connection.close()
    return {name: _filled(name, template, business, client, count) for name, count in sizes.items()}


def _filled(name: str, template: str, business: Business, client: Client, count: int) -> Stage:
    database = f"inbox_{name}"
    _copy(template, database)
    use(database)
    with for_business(business), connection.cursor() as cursor:
        cursor.execute(FILL, {"business": business.pk, "count": count})
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE reviews_review")
    return Stage(database=database, business=business, client=client)


def _copy(template: str, database: str) -> None:
    owner = settings.DATABASE_OWNER
    link = psycopg2.connect(
        dbname="postgres",
        user=owner["USER"],
        password=owner["PASSWORD"],
        host=owner["HOST"],
        port=owner["PORT"] or None,
    )
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {database} TEMPLATE {template}")
    finally:
        link.close()
