"""`verify_scores`: every score from scratch, compared with the score kept."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from businesses.models import Business
from lib.tenancy import for_service
from trustscore.verification import count_of_counted_reviews, disagreements

_STEP = 200


class Command(BaseCommand):
    """Exits 0 when all agree, 1 with one line a disagreement otherwise."""

    help = "Recompute every score from the reviews and compare it with the score on show."

    def handle(self, *args: Any, **options: Any) -> None:
        with for_service("verify the scores of all businesses"):
            businesses = list(Business.objects.order_by("slug"))
            counted = count_of_counted_reviews()
        wrong = 0
        for start in range(0, len(businesses), _STEP):
            with for_service("verify the scores of some businesses"):
                for sentence in disagreements(reach=businesses[start : start + _STEP]):
                    wrong += 1
                    self.stderr.write(sentence)
        if wrong:
            raise CommandError(f"{wrong} numbers disagree, in {len(businesses)} businesses.")
        self.stdout.write(f"{len(businesses)} businesses, {counted} counted reviews: every score agrees.")
