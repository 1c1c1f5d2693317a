"""Alice uploads a file of reviews, looks at how it reads, and lets it be imported."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from businesses.models import Business
from lib.tenancy import for_business
from reviews.importing.uploads import import_waiting
from reviews.models import Review, ReviewImport
from tests.factories import NOW
from tests.reviews.importing.test_services import EXPORT

IMPORTS = "/app/acme/import/"


def uploaded(client: Client, text: str | bytes = EXPORT, name: str = "export.csv") -> HttpResponse:
    """What the page answers to a file."""
    data = text.encode() if isinstance(text, str) else text
    file = SimpleUploadedFile(name, data, content_type="text/csv")
    return client.post(IMPORTS, {"file": file, "imported_from": "Trustpilot"})  # type: ignore[return-value]


def chosen(page: str) -> dict[str, str]:
    """What a form's selects and inputs say, as a browser would send it."""
    fields = {}
    for part in page.split('<select name="')[1:]:
        name, rest = part.split('"', 1)
        options = rest.split("</select>")[0].split("<option ")[1:]
        picked = [option for option in options if " selected" in option]
        fields[name] = picked[0].split('value="')[1].split('"')[0] if picked else ""
    return fields


@pytest.fixture
def looked(as_alice: Client, acme: Business) -> str:
    """The address of a file that was uploaded."""
    return uploaded(as_alice)["Location"]


def test_nothing_is_stored_before_she_has_looked(acme: Business, as_alice: Client, looked: str) -> None:
    page = as_alice.get(looked).content.decode()
    assert "3 reviews can be read, 2 lines cannot." in page
    assert "Great tent" in page
    assert chosen(page) | {"text": "text", "stars": "rating", "published": "published", "language": ""} == chosen(page)
    with for_business(acme):
        assert Review.objects.count() == 0


def test_the_sweep_imports_what_she_started(acme: Business, as_alice: Client, looked: str) -> None:
    fields = chosen(as_alice.get(looked).content.decode())
    page = as_alice.post(looked, fields | {"start": "yes"}, follow=True).content.decode()
    assert "Being imported." in page
    assert import_waiting() == 1
    assert import_waiting() == 0
    page = as_alice.get(looked).content.decode()
    assert "Line 5, column “rating”" in page
    with for_business(acme):
        assert Review.objects.filter(imported_from="Trustpilot").count() == 3
        assert bytes(ReviewImport.objects.get().data) == b""
    mended = as_alice.get(f"{looked}bad.csv")
    assert mended["Content-Disposition"] == 'attachment; filename="lines-to-mend.csv"'
    again = uploaded(as_alice, mended.content.replace(b"eleven", b"2"))["Location"]
    assert "1 review can be read, 1 line cannot." in as_alice.get(again).content.decode()


def test_other_columns_can_be_chosen(acme: Business, as_alice: Client, looked: str) -> None:
    fields = chosen(as_alice.get(looked).content.decode()) | {"title": "author", "author": ""}
    page = as_alice.post(looked, fields).content.decode()
    assert "No name" in page
    as_alice.post(looked, fields | {"start": "yes"})
    import_waiting()
    with for_business(acme):
        assert set(Review.objects.values_list("title", "display_name")) == {("Dora D.", ""), ("Eve", ""), ("Max", "")}


def test_a_file_is_imported_once_however_often_it_is_started(acme: Business, as_alice: Client, looked: str) -> None:
    fields = chosen(as_alice.get(looked).content.decode()) | {"start": "yes"}
    for _ in range(3):
        as_alice.post(looked, fields)
    assert import_waiting() == 1
    as_alice.post(looked, fields)
    assert import_waiting() == 0
    with for_business(acme):
        assert Review.objects.count() == 3


def test_an_interrupted_import_is_taken_up_again_and_given_up_in_the_end(
    acme: Business, as_alice: Client, looked: str
) -> None:
    fields = chosen(as_alice.get(looked).content.decode()) | {"start": "yes"}
    as_alice.post(looked, fields)
    with for_business(acme):
        ReviewImport.objects.update(attempts=1, lease_until=NOW + timedelta(days=36500))
    assert import_waiting() == 0
    with for_business(acme):
        ReviewImport.objects.update(attempts=3, lease_until=NOW - timedelta(days=36500))
    assert import_waiting() == 1
    assert "interrupted three times" in as_alice.get(looked).content.decode()
    with for_business(acme):
        assert Review.objects.count() == 0


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04rest", "This is a spreadsheet or an archive. Save it as CSV"),
        (b"id,stars\n", "The file has a header and nothing below it."),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(
    acme: Business, as_alice: Client, data: bytes, sentence: str
) -> None:
    answer = uploaded(as_alice, data)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    with for_business(acme):
        assert ReviewImport.objects.count() == 0


def test_a_file_without_stars_asks_which_column_they_are_in(acme: Business, as_alice: Client) -> None:
    address = uploaded(as_alice, "points,words\n9,Good\n2,Bad\n")["Location"]
    page = as_alice.get(address)
    assert page.status_code == 422
    assert "No column was recognised as the stars." in page.content.decode()
    fields = chosen(page.content.decode()) | {"stars": "points", "text": "words", "scale": "10"}
    found = as_alice.post(address, fields)
    assert "2 reviews can be read, 0 lines cannot." in found.content.decode()


def test_a_file_that_is_too_large_is_refused(acme: Business, as_alice: Client) -> None:
    answer = uploaded(as_alice, b"stars\n" + b"5\n" * (10 * 1024 * 1024))
    assert answer.status_code == 422
    assert "larger than 20 MB" in answer.content.decode()


def test_only_an_owner_imports(acme: Business, as_bob: Client, as_charlie: Client, looked: str) -> None:
    assert as_bob.get(IMPORTS).status_code == 403
    assert "Import reviews" not in as_bob.get("/app/acme/inbox/").content.decode()
    for client in (as_bob, as_charlie):
        for path in (looked, f"{looked}bad.csv", looked.replace("acme", "globex")):
            assert client.get(path).status_code in {403, 404}
