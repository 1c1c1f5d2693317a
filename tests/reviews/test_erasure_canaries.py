"""After an erasure nothing of the words, the name or the stars is left anywhere, and every proof still holds."""

import json
from io import StringIO
from logging import StreamHandler, getLogger
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client

from businesses.models import Business, Customer, Notice
from lib.tenancy import for_business, for_service
from reviews.enums import ReviewStatus
from reviews.models import ReplyVersion, Review, ReviewVersion
from reviews.services import edit_token
from tests.links.stage import invite, visitor
from tests.links.test_reviews import TYPED
from tests.trustscore.log_stories import published
from tests.trustscore.test_log import say
from tests.trustscore.test_log_views import openings
from trustscore.models import LoggedReview, ScoreDay, Tally
from trustscore.services import take_up_events

pytestmark = pytest.mark.django_db

CANARIES = ("Canarytitle", "Canarybody", "Canaryname", "Canaryreply", "Canaryedited")


def every_row() -> str:
    """All rows of all tables as one text, bytes in hexadecimal."""
    with for_service("a test looks everywhere"), connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')  # noqa: S608 - The catalogue's own names.
            found += [f"{table}: {row}" for (row,) in cursor.fetchall()]
    return "\n".join(found)


def everything_in_valkey() -> str:
    """All keys and values."""
    client: Any = cache._cache.get_client()  # type: ignore[attr-defined]
    return repr([(key, client.dump(key)) for key in client.keys("*")])


def files() -> str:
    """The public files of the log and the uploaded media."""
    folders = (Path(settings.LEDGER_DIR), Path(settings.MEDIA_ROOT))
    return repr([path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()])


@pytest.fixture
def erased(acme: Business, dora: Customer, as_alice: Client) -> tuple[Review, list[str], StringIO]:
    """Dora's review that was written, edited, answered, mailed, seen everywhere, and erased by her; its secrets."""
    said = StringIO()
    handler = StreamHandler(said)
    getLogger().addHandler(handler)
    browser = visitor(invite(acme, dora))
    typed = TYPED | {"stars": "2", "title": "Canarytitle", "body": "Canarybody", "display_name": "Canaryname"}
    browser.client.post(f"{browser.address}review/", typed)
    with for_business(acme):
        review = Review.objects.get()
        address = f"/r/{edit_token(review)}/"
    take_up_events()
    Client().post(address, typed | {"body": "Canaryedited"})
    as_alice.post(f"/app/acme/inbox/{review.public_id}/", {"body": "Canaryreply"})
    take_up_events()
    for page in ("/b/acme/", "/w/acme.json", "/b/acme/openings.jsonl", f"{address}receipt.json"):
        assert "Canary" in Client().get(page).content.decode(), page
    assert "Canary" in as_alice.get("/app/acme/inbox/").content.decode()
    with for_business(acme):
        secrets = [bytes(each.core_salt).hex() for each in ReviewVersion.objects.all()]
        secrets += [bytes(each.text_salt).hex() for each in ReviewVersion.objects.all()]
        secrets += [bytes(each.salt).hex() for each in ReplyVersion.objects.all()]
    assert all(canary in every_row() for canary in (*CANARIES, *secrets))
    Client().post(address, {"erase": "yes"})
    with for_business(acme):
        assert Review.objects.get().status == ReviewStatus.PUBLISHED
    Client().post(address, {"erase": "yes", "sure": "yes"})
    take_up_events()
    getLogger().removeHandler(handler)
    return review, secrets, said


def test_nothing_that_it_said_is_found_anywhere(erased: tuple[Review, list[str], StringIO]) -> None:
    _, secrets, said = erased
    places = {"rows": every_row(), "valkey": everything_in_valkey(), "files": files(), "log": said.getvalue()}
    found = [(place, each) for place, text in places.items() for each in (*CANARIES, *secrets) if each in text]
    assert found == []


def test_nor_are_its_stars_nor_can_they_be_computed(acme: Business, erased: tuple[Review, list[str], StringIO]) -> None:
    with for_business(acme):
        assert set(Review.objects.values_list("stars", flat=True)) == {None}
        assert set(ReviewVersion.objects.values_list("stars", flat=True)) == {None}
        # What nobody knows is kept as three, whatever it was.
        assert list(LoggedReview.objects.values_list("stars", flat=True)) == [3]
        assert list(Tally.objects.all()) == []
        days = list(ScoreDay.objects.values_list("count", "tenths"))
        assert days == [(0, None)]
    with for_business(acme):
        assert all(not notice.context["words"] for notice in Notice.objects.filter(kind__startswith="review"))


def test_of_earlier_days_only_the_rounded_score_is_kept(acme: Business) -> None:
    from_yesterday = say(acme, 2)
    take_up_events()
    with for_service("a test's yesterday"):
        day = ScoreDay.objects.get()
        ScoreDay.objects.create(
            business=acme,
            as_of=day.as_of.replace(year=day.as_of.year + 1),
            count=1,
            numerator=day.numerator,
            denominator=day.denominator,
            tenths=day.tenths,
            low=day.low,
            high=day.high,
            computed_at=day.computed_at,
        )
    with for_business(acme):
        address = f"/r/{edit_token(Review.objects.get(pk=from_yesterday.pk))}/"
    Client().post(address, {"erase": "yes", "sure": "yes"})
    take_up_events()
    with for_business(acme):
        kept = ScoreDay.objects.order_by("-as_of").values_list("tenths", "numerator", "denominator", "low", "high")[0]
    assert kept == (33, None, None, None, None)


def test_all_proofs_still_hold_and_the_log_says_that_it_was_erased(
    acme: Business, erased: tuple[Review, list[str], StringIO]
) -> None:
    _, entries = published()
    kinds = [each["kind"] for each in entries]
    assert kinds[-2:] == ["erase", "score"]
    assert openings() == []
    shown = json.loads(Client().get("/b/acme/score.json").content)
    assert (shown["tenths"], shown["count"]) == (0, 0)
    call_command("verify_scores", stdout=StringIO())


def test_the_author_sees_that_it_is_gone(acme: Business, erased: tuple[Review, list[str], StringIO]) -> None:
    with for_business(acme):
        address = f"/r/{edit_token(Review.objects.get())}/"
    page = Client().get(address)
    assert (page.status_code, "Nobody knows any more what it said." in page.content.decode()) == (200, True)
    assert Client().get(f"{address}receipt.json").status_code == 404
