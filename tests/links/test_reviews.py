"""Dora reviews Acme after answering, changes her mind and takes it back; Eve writes without being asked."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from businesses.models import Business, Customer, Notice, User
from invitations.enums import TicketEventKind
from invitations.models import Invitation
from invitations.services import Occasion, invite_by_hand, plan, schedule_named_event
from invitations.tickets import TicketEvent, hear
from lib.tenancy import for_business
from reviews.models import PendingReview, Review, ReviewEvent, ReviewVersion
from reviews.services import confirm_token, edit_token, reply
from surveys.enums import Trigger
from surveys.models import Survey
from tests.factories import make_customer
from tests.links.stage import Visitor, invite, surveys_of, visitor

TYPED = {
    "stars": "4",
    "title": "They knew the tent by heart",
    "body": "Answered within the hour.",
    "display_name": "Dora D.",
    "experienced_on": "2026-10-28",
    "consent": "on",
}


@pytest.fixture
def invited(acme: Business, dora: Customer) -> Visitor:
    """Dora with the link of her mail."""
    return visitor(invite(acme, dora))


@pytest.fixture
def stranger() -> Client:
    """Eve, whom nobody asked."""
    cache.clear()
    return Client(enforce_csrf_checks=True)


def form_of(visitor: Visitor) -> str:
    """Where the invited customer writes."""
    return f"{visitor.address}review/"


def reviews(business: Business) -> list[tuple[str, int | None, str, str, str]]:
    """The business's reviews: state, stars, title, name, source."""
    with for_business(business):
        found = Review.objects.order_by("id")
        return list(found.values_list("status", "stars", "title", "display_name", "source"))


def the_review(business: Business) -> Review:
    """The only one."""
    with for_business(business):
        return Review.objects.select_related("business", "customer").get()


def test_the_form_offers_her_name_and_the_day(acme: Business, invited: Visitor) -> None:
    page = invited.client.get(form_of(invited))
    text = page.content.decode()
    assert page.status_code == 200
    assert 'value="Dora D."' in text
    assert f'value="{timezone.now().date().isoformat()}"' in text
    assert page["Referrer-Policy"] == "no-referrer"


def test_looking_publishes_nothing(acme: Business, invited: Visitor) -> None:
    invited.client.get(form_of(invited) + "?stars=5&consent=on")
    invited.client.head(form_of(invited))
    assert reviews(acme) == []


def test_a_review_is_public_and_its_author_gets_the_link(acme: Business, invited: Visitor) -> None:
    page = invited.client.post(form_of(invited), TYPED, follow=True)
    assert "Thank you. Your review is public." in page.content.decode()
    assert reviews(acme) == [("published", 4, "They knew the tent by heart", "Dora D.", "order")]
    with for_business(acme):
        assert Notice.objects.get(kind="review_published").to == "dora@customer.example"
        assert Review.objects.get().experienced_on == date(2026, 10, 28)


def test_a_review_says_no_more_of_its_source_than_its_invitation_proves(
    acme: Business, dora: Customer, alice: User
) -> None:
    csat = surveys_of(acme)["csat"]
    with for_business(acme) as now:
        invite_by_hand(
            business=acme, survey=csat, email="erik@customer.example", name="Erik Ek", once="1", actor=alice, now=now
        )
        Survey.objects.filter(pk=csat.pk).update(trigger=Trigger.EVENT, event_name="visit")
        schedule_named_event(
            business=acme, event_name="visit", event_id="1", email="mia@customer.example", occurred_at=now, now=now
        )
        Survey.objects.filter(pk=csat.pk).update(trigger=Trigger.TICKET)
        solved = TicketEvent(
            kind=TicketEventKind.SOLVED, source="desk", external_id="1", occurred_at=now, email="nils@customer.example"
        )
        hear(business=acme, event=solved, now=now)
        plan(
            occasion=Occasion(trigger=Trigger.RECURRING, key="recurring/1", occurred_at=now),
            survey=csat,
            customer=dora,
            language="en",
            due_at=now,
            now=now,
        )
        invitations = list(Invitation.objects.select_related("business", "customer").order_by("id"))
    for each in invitations:
        invited = visitor(each)
        invited.client.post(form_of(invited), TYPED)
    assert [each[4] for each in reviews(acme)] == ["organic", "organic", "ticket", "organic"]


def test_a_second_visit_leads_to_the_review_that_stands(acme: Business, invited: Visitor) -> None:
    invited.client.post(form_of(invited), TYPED)
    own = f"/r/{edit_token(the_review(acme))}/"
    assert invited.client.get(form_of(invited))["Location"] == own
    assert invited.client.post(form_of(invited), TYPED | {"stars": "1"})["Location"] == own
    assert [each[1] for each in reviews(acme)] == [4]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("stars", "", "Choose one to five stars."),
        ("stars", "7", "Choose one to five stars."),
        ("body", "  ", "Write a sentence or two about what happened."),
        ("display_name", "", "Write the name that stands beside your review."),
        ("title", "a" * 201, "This has 201 characters; 200 is the most."),
        ("experienced_on", "yesterday", "Write the day as year, month and day"),
        ("experienced_on", "2999-01-01", "The experience lies in the future."),
        ("consent", "", "Tick the box to publish your review."),
    ],
)
def test_a_refused_form_says_why_and_keeps_what_was_typed(
    acme: Business, invited: Visitor, field: str, typed: str, sentence: str
) -> None:
    page = invited.client.post(form_of(invited), TYPED | {field: typed})
    text = page.content.decode()
    assert page.status_code == 422
    assert sentence in text
    for name, value in (TYPED | {field: typed}).items():
        if name in {"title", "body", "display_name", "experienced_on"}:
            assert value.strip() in text, name
    if field != "stars":
        assert 'value="4" checked' in text
    assert reviews(acme) == []


def test_everybody_sees_the_same_form(acme: Business, dora: Customer) -> None:
    happy = visitor(invite(acme, dora))
    angry = visitor(invite(acme, make_customer(acme, "mia@customer.example"), key="2"))
    happy.client.post(happy.address, {"score": "5", "comment": ""})
    angry.client.post(angry.address, {"score": "1", "comment": ""})
    pages = [each.client.get(form_of(each)).content.decode() for each in (happy, angry)]
    nonces = [page.split('nonce="')[1].split('"')[0] for page in pages]
    happy_page, angry_page = (page.replace(nonce, "") for page, nonce in zip(pages, nonces, strict=True))
    assert happy_page == angry_page


def test_she_changes_her_review_and_the_history_stays(acme: Business, invited: Visitor) -> None:
    invited.client.post(form_of(invited), TYPED)
    own = f"/r/{edit_token(the_review(acme))}/"
    changed = {"stars": "2", "title": "The pole broke again", "body": "After one night.", "display_name": "Dora"}
    page = invited.client.post(own, changed, follow=True)
    text = page.content.decode()
    assert "The pole broke again" in text
    assert "They knew the tent by heart" in text.split("Earlier versions")[1]
    assert reviews(acme) == [("published", 2, "The pole broke again", "Dora", "order")]
    with for_business(acme):
        assert ReviewVersion.objects.count() == 2
        assert ReviewEvent.objects.filter(kind="edit").count() == 1


def test_a_refused_change_is_kept_in_the_open_form(acme: Business, invited: Visitor) -> None:
    invited.client.post(form_of(invited), TYPED)
    own = f"/r/{edit_token(the_review(acme))}/"
    page = invited.client.post(own, {"stars": "1", "title": "Worse than I thought", "body": "", "display_name": "D"})
    text = page.content.decode()
    assert page.status_code == 422
    assert "<details" in text
    assert " open>" in text
    assert "Worse than I thought" in text
    assert [each[1] for each in reviews(acme)] == [4]


def test_she_takes_her_review_back_and_may_write_another(acme: Business, invited: Visitor) -> None:
    invited.client.post(form_of(invited), TYPED)
    own = f"/r/{edit_token(the_review(acme))}/"
    page = invited.client.post(own, {"withdraw": "yes"}, follow=True)
    assert "You took it back. Nobody else can see it." in page.content.decode()
    assert [each[0] for each in reviews(acme)] == ["withdrawn"]
    for late in ({"withdraw": "yes"}, TYPED):
        again = invited.client.post(own, late, follow=True)
        assert "You took it back. Nobody else can see it." in again.content.decode()
    assert [(each[0], each[1]) for each in reviews(acme)] == [("withdrawn", 4)]
    assert invited.client.get(form_of(invited)).status_code == 200
    invited.client.post(form_of(invited), TYPED | {"stars": "5"})
    assert [(each[0], each[1]) for each in reviews(acme)] == [("withdrawn", 4), ("published", 5)]


def test_opening_the_edit_link_changes_nothing(acme: Business, invited: Visitor) -> None:
    invited.client.post(form_of(invited), TYPED)
    own = f"/r/{edit_token(the_review(acme))}/"
    for method in ("get", "head"):
        invited.client.generic(method.upper(), own + "?withdraw=yes")
    assert [each[0] for each in reviews(acme)] == ["published"]


def test_the_author_reads_the_reply_on_her_page(acme: Business, invited: Visitor, bob: User) -> None:
    invited.client.post(form_of(invited), TYPED)
    review = the_review(acme)
    with for_business(acme):
        reply(review=review, body="Thank you, Dora.", author=bob, now=timezone.now())
    assert "Thank you, Dora." in invited.client.get(f"/r/{edit_token(review)}/").content.decode()


def test_a_link_older_than_sixty_days_says_so(acme: Business, invited: Visitor) -> None:
    with for_business(acme):
        invited.invitation.created_at = timezone.now() - timedelta(days=61)
        invited.invitation.save(update_fields=["created_at"])
    assert invited.client.get(form_of(invited)).status_code == 410
    assert invited.client.post(form_of(invited), TYPED).status_code == 410
    assert reviews(acme) == []


def test_a_stranger_confirms_by_mail_before_anything_is_public(acme: Business, stranger: Client) -> None:
    page = stranger.post("/b/acme/review/", TYPED | {"email": "Eve@Stranger.example"}, follow=True)
    assert "Check your mail" in page.content.decode()
    assert reviews(acme) == []
    with for_business(acme):
        pending = PendingReview.objects.get()
    link = f"/c/{confirm_token(pending)}/"
    shown = stranger.get(link).content.decode()
    assert "They knew the tent by heart" in shown
    assert reviews(acme) == []
    page = stranger.post(link, follow=True)
    assert "Thank you. Your review is public." in page.content.decode()
    assert reviews(acme) == [("published", 4, "They knew the tent by heart", "Dora D.", "organic")]
    assert stranger.post(link, follow=True).status_code == 200
    assert stranger.get(link)["Location"] == f"/r/{edit_token(the_review(acme))}/"
    assert len(reviews(acme)) == 1


def test_a_strangers_bad_address_is_named_and_the_rest_kept(acme: Business, stranger: Client) -> None:
    page = stranger.post("/b/acme/review/", TYPED | {"email": "eve@nowhere"})
    text = page.content.decode()
    assert page.status_code == 422
    assert "eve@nowhere" in text
    assert "They knew the tent by heart" in text
    with for_business(acme):
        assert PendingReview.objects.count() == 0


def test_a_flood_from_one_place_is_stopped_and_nothing_typed_is_lost(acme: Business, stranger: Client) -> None:
    for _ in range(5):
        assert stranger.post("/b/acme/review/", TYPED | {"email": "flood@stranger.example"}).status_code == 302
    page = stranger.post("/b/acme/review/", TYPED | {"email": "flood@stranger.example"})
    assert page.status_code == 429
    assert "Nothing you wrote is lost" in page.content.decode()
    assert "They knew the tent by heart" in page.content.decode()
    with for_business(acme):
        assert PendingReview.objects.count() == 5


def test_the_page_speaks_the_visitors_language_or_the_business_s(acme: Business, stranger: Client) -> None:
    assert '<html lang="sv"' in stranger.get("/b/acme/review/", headers={"accept-language": "sv-SE"}).content.decode()
    assert '<html lang="en"' in stranger.get("/b/acme/review/", headers={"accept-language": "tlh"}).content.decode()
    with for_business(acme):
        Business.objects.filter(pk=acme.pk).update(language="sv")
    assert '<html lang="sv"' in stranger.get("/b/acme/review/").content.decode()


def test_there_is_no_form_for_a_business_that_does_not_exist(stranger: Client, db: None) -> None:
    assert stranger.get("/b/nobody/review/").status_code == 404
    assert stranger.post("/b/nobody/review/", TYPED).status_code == 404
