"""The business whose widget is measured: sixty reviews and their score."""

from datetime import timedelta

from businesses.models import User
from businesses.services import create_business, customer_for
from lib.tenancy import for_business, for_service
from reviews.contents import ReviewContents
from reviews.enums import Source
from reviews.services import submit_review
from trustscore.services import take_up_events

WORDS = "They answered within the hour, knew what was wrong, and the spare part came the next day. "


def prepare() -> str:
    """The address of its JSON."""
    owner = User.objects.create_user("alice@acme.example", name="Alice")
    with for_service("a benchmark's business") as now:
        business = create_business(name="Acme", owner=owner, now=now)
    with for_business(business) as now:
        for number in range(60):
            customer = customer_for(
                business=business, email=f"customer{number}@customer.example", name="Dora Dahl", now=now
            )
            contents = ReviewContents(
                stars=5 - number % 3,
                title="They knew the tent by heart",
                body=WORDS * 3,
                display_name="Dora D.",
                experienced_on=None,
                language="en",
            )
            submit_review(
                business=business,
                customer=customer,
                contents=contents,
                source=Source.TICKET,
                now=now - timedelta(days=number),
            )
    take_up_events()
    return f"/w/{business.slug}.json"
