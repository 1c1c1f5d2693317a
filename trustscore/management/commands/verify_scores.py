"""`verify_scores`: every score from scratch, compared with the score kept."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from businesses.models import Business
from lib.tenancy import for_service
from trustscore.services import hold_lock, roll_over, take_up_events
from trustscore.verification import count_of_counted_reviews, disagreements, has_untreated_events

# How often a business is looked at again whose reviews change while they are being read.
_LOOKS = 20


class Command(BaseCommand):
    """Exits 0 when all agree, 1 with one line a disagreement otherwise.

    Works beside a running program: it first does what the sweeps would do next, then compares each business while no
    score can move, and looks again where a review has changed meanwhile.
    """

    help = "Recompute every score from the reviews and compare it with the score on show."

    def handle(self, *args: Any, **options: Any) -> None:
        while roll_over():
            pass
        with for_service("verify the scores of all businesses"):
            businesses = list(Business.objects.order_by("slug"))
            counted = count_of_counted_reviews()
        wrong = [sentence for business in businesses for sentence in _look_at(business)]
        for sentence in wrong:
            self.stderr.write(sentence)
        if wrong:
            raise CommandError(f"{len(wrong)} numbers disagree, in {len(businesses)} businesses.")
        self.stdout.write(f"{len(businesses)} businesses, {counted} counted reviews: every score agrees.")


def _look_at(business: Business) -> list[str]:
    wrong: list[str] = []
    for _ in range(_LOOKS):
        while take_up_events():
            pass
        with for_service("verify the score of a business"):
            hold_lock()
            wrong = disagreements(business)
            if not wrong or not has_untreated_events(business):
                return wrong
    return [f"{business.slug}: its reviews change too fast to be compared; try again.", *wrong]
