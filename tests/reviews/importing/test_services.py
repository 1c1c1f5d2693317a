"""Alice brings the reviews that Acme has elsewhere: shown, not counted, never twice."""

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from businesses.models import AuditEntry, Business
from lib.commitments import CommitmentKind, commit
from lib.tenancy import for_business
from reviews.importing.mapping import map_columns
from reviews.importing.reading import read_table
from reviews.importing.services import ImportReport, bad_lines_file, import_reviews
from reviews.models import ReplyVersion, Review, ReviewEvent, ReviewVersion, UntreatedEvent
from reviews.queries import InboxFilters, inbox, waiting_count
from tests.factories import NOW
from tests.shared import shared_file
from trustscore.queries import current_score
from trustscore.services import take_up_events

EXPORT = """id,text,rating,title,author,experienced,published,reply,reply date
a1,"Stood in the storm.
Twice.",5,Great tent,Dora D.,2024-03-01,2024-03-07T10:00:00Z,Thank you,2024-03-08
a2,The pole broke,1,,Eve,,2024-04-01,,
a3,Fine,eleven,So so,Mia,,2024-04-02,,
a4,Fine,3,So so,Mia,,the day before,,
a5,"<script>alert(1)</script>",4,=1+1,Max,,2024-04-03,,
"""
DAY = 20759  # 2026-11-02, when it is imported.
EXPERIENCED = 19783  # 2024-03-01


def brought(business: Business, text: str, *, source: str = "Trustpilot", dry_run: bool = False) -> ImportReport:
    """Imports a file's text."""
    table = read_table(text.encode())
    with for_business(business):
        return import_reviews(
            business=business,
            table=table,
            mapping=map_columns(table),
            imported_from=source,
            actor="Alice",
            now=NOW,
            dry_run=dry_run,
        )


def test_good_lines_are_shown_and_bad_ones_named(acme: Business) -> None:
    report = brought(acme, EXPORT)
    assert (report.stored, report.known) == (3, 0)
    assert [(bad.line, bad.where) for bad in report.bad] == [(5, "rating"), (6, "published")]
    with for_business(acme):
        review = Review.objects.get(external_id="a1")
        assert (review.source, review.counted, review.uncount_reason) == ("imported", False, "imported")
        assert (review.status, review.stars, review.body) == ("published", 5, "Stood in the storm.\nTwice.")
        assert review.experienced_on == date(2024, 3, 1)
        assert review.submitted_at == datetime(2024, 3, 7, 10, tzinfo=UTC)
        assert review.published_at == NOW
        assert (review.reply_body, review.replied_at) == ("Thank you", datetime(2024, 3, 8, tzinfo=UTC))
        assert AuditEntry.objects.get(kind="reviews.imported").subject == "3 reviews from Trustpilot"


def test_each_is_written_down_as_the_ledger_wants_it(acme: Business) -> None:
    brought(acme, EXPORT)
    with for_business(acme):
        review = Review.objects.get(external_id="a1")
        events = ReviewEvent.objects.filter(review=review).order_by("id")
        assert [(each.kind, each.reason, each.day) for each in events] == [
            ("submit", "", DAY),
            ("uncount", "imported", DAY),
            ("publish", "", DAY),
            ("reply", "", DAY),
        ]
        core: dict[str, str | int] = {
            "business": "acme",
            "review": review.public_id,
            "subject": "service",
            "stars": 5,
            "source": "imported",
            "experienced": EXPERIENCED,
            "day": DAY,
        }
        version = ReviewVersion.objects.get(review=review)
        assert events[0].core == commit(CommitmentKind.CORE, bytes(version.core_salt), core)
        answer: dict[str, str | int] = {"business": "acme", "review": review.public_id, "body": "Thank you"}
        assert events[3].reply == commit(
            CommitmentKind.REPLY, bytes(ReplyVersion.objects.get(review=review).salt), answer
        )


def test_bringing_the_same_file_again_adds_nothing(acme: Business) -> None:
    brought(acme, EXPORT)
    report = brought(acme, EXPORT)
    assert (report.stored, report.known, len(report.bad)) == (0, 3, 2)
    with for_business(acme):
        assert Review.objects.count() == 3
        assert ReviewEvent.objects.count() == 10


def test_the_same_ids_of_another_place_are_other_reviews(acme: Business, globex: Business) -> None:
    brought(acme, EXPORT)
    assert brought(acme, EXPORT, source="Yotpo").stored == 3
    assert brought(globex, EXPORT).stored == 3


def test_without_ids_a_review_is_known_by_what_it_says(acme: Business) -> None:
    text = "stars,text\n5,Good\n5,Good\n4,Good\n"
    assert brought(acme, text).stored == 3
    assert brought(acme, text).stored == 0
    assert brought(acme, text + "1,Bad\n").stored == 1


def test_bad_lines_can_be_mended_and_brought_again(acme: Business) -> None:
    report = brought(acme, EXPORT)
    mended = bad_lines_file(read_table(EXPORT.encode()), report.bad)
    assert mended.splitlines()[0] == EXPORT.splitlines()[0]
    again = brought(acme, mended.replace("eleven", "2").replace("the day before", "2024-04-02"))
    assert (again.stored, again.bad) == (2, ())


def test_a_dry_run_stores_nothing(acme: Business) -> None:
    report = brought(acme, EXPORT, dry_run=True)
    assert (report.stored, len(report.bad)) == (3, 2)
    with for_business(acme):
        assert Review.objects.count() == 0


def test_imported_reviews_never_count_and_wait_for_nobody(acme: Business) -> None:
    brought(acme, EXPORT)
    take_up_events()
    with for_business(acme):
        score = current_score(acme)
        assert score is None or score.count == 0
        assert UntreatedEvent.objects.count() == 0
        assert waiting_count(acme) == 0
        assert [each.external_id for each in inbox(acme, InboxFilters()).reviews] == ["a5", "a2", "a1"]


def test_the_command_shows_the_mapping_and_reports(acme: Business, tmp_path: Path) -> None:
    file, bad, out = tmp_path / "export.csv", tmp_path / "bad.csv", io.StringIO()
    file.write_text(EXPORT)
    call_command("import_reviews", file, business="acme", source="Trustpilot", bad=bad, stdout=out)
    told = out.getvalue()
    assert 'stars: column "rating", stars as they are; half a star rounds up' in told
    assert 'Line 5, column “rating”: "eleven" is not a rating' in told
    assert "3 stored, 0 here already, 2 bad lines." in told
    assert bad.read_text().startswith("id,text,rating")


def test_the_command_takes_another_mapping(acme: Business, tmp_path: Path) -> None:
    file, out = tmp_path / "export.csv", io.StringIO()
    file.write_text("points;words;when\n10;Good;03/04/2025\n4;Bad;02/01/2025\n")
    call_command(
        "import_reviews",
        file,
        "--business=acme",
        "--map=points=stars",
        "--map=words=text",
        "--map=when=published",
        "--scale=10",
        "--dates=month-first",
        stdout=out,
    )
    with for_business(acme):
        found = Review.objects.order_by("id").values_list("stars", "body", "submitted_at")
        assert list(found) == [
            (5, "Good", datetime(2025, 3, 4, tzinfo=UTC)),
            (2, "Bad", datetime(2025, 2, 1, tzinfo=UTC)),
        ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--business=nobody"], "There is no business “nobody”"),
        (["--business=acme", "--map=rating=sparkle"], "is not COLUMN=FIELD"),
        (["--business=acme", "--map=nothing=stars"], 'There is no column "nothing"'),
    ],
)
def test_a_wrong_command_says_what_is_wrong(
    acme: Business, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    file = tmp_path / "export.csv"
    file.write_text(EXPORT)
    with pytest.raises(CommandError, match=sentence):
        call_command("import_reviews", file, *arguments)


def test_a_file_that_is_not_there_is_named(acme: Business, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"missing\.csv cannot be read: No such file"):
        call_command("import_reviews", tmp_path / "missing.csv", "--business=acme")


def test_a_real_export_comes_in_whole_and_once(acme: Business) -> None:
    file, out = shared_file("data/trustpilot_pet_insurance/akc_reviews.csv"), io.StringIO()
    for told in ("838 stored, 0 here already, 0 bad lines.", "0 stored, 838 here already, 0 bad lines."):
        call_command("import_reviews", file, business="acme", stdout=out)
        assert out.getvalue().splitlines()[-1] == told
