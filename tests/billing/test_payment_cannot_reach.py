"""Payment cannot reach what is published: by imports, by the database's privileges, and by permuting all plans.

Each layer's test breaks its layer on purpose once and sees it caught.
"""

import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pytest_django import Settings

from billing.plans import Plan
from billing.services import change_plan
from businesses.models import Business
from lib.tenancy import as_owner, for_business, for_public, for_scores, for_service
from reviews.enums import Actor, ModerationReason, Source
from reviews.models import Review
from reviews.queries import public_reviews
from reviews.services import edit_review, erase_review, hold_review, remove_review, submit_review, withdraw_review
from tests.factories import make_customer
from tests.reviews.stories import contents
from trustscore.models import LedgerEntry, ScoreSnapshot
from trustscore.services import take_up_events
from widgets import shelf

HOUSE: Path = settings.BASE_DIR
SEED, BUSINESSES = 20261127, 200
MAY_READ = {"trustscore_tally", "trustscore_weight"}
MAY_WRITE = {"trustscore_scoresnapshot", "trustscore_scoreday"}


# --- 1. Imports
def contracts(house: Path) -> tuple[int, str]:
    """What import-linter says of a house."""
    ran = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=house,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return ran.returncode, ran.stdout


@pytest.mark.parametrize("room", ["trustscore/scoring.py", "reviews/queries.py", "widgets/queries.py"])
def test_an_import_of_billing_where_reviews_are_published_breaks_the_build(room: str, tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns(".*", "tests", "benchmarks", "static", "locale", "docs", "node_modules")
    shutil.copytree(HOUSE, tmp_path / "house", ignore=ignored)
    planted = tmp_path / "house" / room
    planted.write_text(planted.read_text() + "\nfrom billing.plans import Plan as Paid\n")
    code, said = contracts(tmp_path / "house")
    assert (code, "Payment cannot reach what is published BROKEN" in said) == (1, True)


# --- 2. The database
def reach_of_the_score() -> dict[str, set[str]]:
    """What the role under which scores are computed may do, by table; its columns are all or nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a"
            " WHERE a.grantee = 'candor_score'::regrole AND c.relkind = 'r'"
        )
        reach: dict[str, set[str]] = {}
        for table, privilege in cursor.fetchall():
            reach.setdefault(table, set()).add(privilege)
    return reach


EXPECTED = {table: {"SELECT"} for table in MAY_READ} | {table: {"SELECT", "INSERT", "UPDATE"} for table in MAY_WRITE}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "table", ["billing_subscription", "billing_invitationmeter", "businesses_business", "reviews_review"]
)
def test_where_scores_are_computed_a_plan_is_a_permission_error(table: str) -> None:
    refused, scope = pytest.raises(DatabaseError, match="permission denied"), for_scores()
    with refused, scope, connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - Our own names.


@pytest.mark.django_db
def test_the_role_of_the_score_reads_tallies_and_weights_and_writes_scores_and_nothing_else() -> None:
    assert reach_of_the_score() == EXPECTED


@pytest.mark.django_db(transaction=True)
def test_a_privilege_too_many_would_be_seen() -> None:
    with as_owner():
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("GRANT SELECT ON billing_subscription TO candor_score")
                assert reach_of_the_score() != EXPECTED
                raise _Enough
        except _Enough:
            pass
    assert reach_of_the_score() == EXPECTED


class _Enough(Exception):
    """The grant is taken back."""


# --- 3. All plans permuted
def tell(chance: random.Random, business: Business, number: int) -> None:
    """The random history of one business: reviews, and what their authors and the moderators do."""
    with for_business(business) as now:
        customers = [make_customer(business, f"c{n}@b{number}.example") for n in range(3)]
        for _ in range(chance.randint(1, 4)):
            review = submit_review(
                business=business,
                customer=chance.choice(customers),
                contents=contents(stars=chance.randint(1, 5)),
                source=chance.choice([Source.TICKET, Source.ORGANIC]),
                now=now,
            )
            then = chance.choice(["stay", "stay", "stay", "edit", "withdraw", "hold", "remove", "erase"])
            if then == "edit":
                edit_review(review=review, contents=contents(stars=chance.randint(1, 5), body="Once more."), now=now)
            elif then == "withdraw":
                withdraw_review(review=review, now=now)
            elif then == "hold":
                hold_review(review=review, reason=ModerationReason.HARMFUL, actor=Actor.SERVICE, now=now)
            elif then == "remove":
                remove_review(review=review, reason=ModerationReason.HARMFUL, actor=Actor.SERVICE, now=now)
            elif then == "erase":
                erase_review(review=review, actor=Actor.AUTHOR, now=now)
            now = now + timedelta(minutes=1)


def published_under(
    plans: list[Plan], businesses: list[Business], settings: Settings, folder: Path
) -> dict[str, object]:
    """Everything that is public once these plans are in force: forgotten again afterwards, but for what it was."""
    settings.LEDGER_DIR, settings.LEDGER_KEY_FILE = folder, folder.parent / "one.key"
    backup = transaction.savepoint()
    with for_service("a test's plans") as now:
        for business, plan in zip(businesses, plans, strict=True):
            change_plan(business=business, plan=plan, actor="a test", now=now)
    while take_up_events():
        pass
    shelf.clear()
    with for_service("a test looks"):
        scores = list(ScoreSnapshot.objects.order_by("business_id").values_list("tenths", "numerator", "checkpoint"))
        entries = list(LedgerEntry.objects.order_by("index").values_list("entry", flat=True))
        states = list(Review.objects.order_by("id").values_list("status", "counted", "uncount_reason"))
    with for_public():
        order = [[each.public_id for each in public_reviews(each.pk).reviews] for each in businesses]
    widgets = [Client().get(f"/w/{each.slug}.json").content for each in businesses]
    transaction.savepoint_rollback(backup)
    return {"scores": scores, "entries": entries, "states": states, "order": order, "widgets": widgets}


@pytest.fixture
def histories(db: None) -> Iterator[list[Business]]:
    """Two hundred businesses with random histories, which are given."""
    chance = random.Random(SEED)
    with for_service("a test's businesses") as now:
        businesses = Business.objects.bulk_create(
            [Business(slug=f"b{n}", name=f"Business {n}", created_at=now) for n in range(BUSINESSES)]
        )
    for number, business in enumerate(businesses):
        tell(chance, business, number)
    yield businesses


def test_whoever_pays_what_the_same_is_published(histories: list[Business], settings: Settings, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    plans = [list(Plan)[n % 3] for n in range(BUSINESSES)]
    first = published_under(plans, histories, settings, tmp_path / "one")
    chance.shuffle(plans)
    second = published_under(plans, histories, settings, tmp_path / "two")
    assert len(first["entries"]) > BUSINESSES  # type: ignore[arg-type]
    for what in first:
        assert first[what] == second[what], what
