"""Dora gets a link, looks, answers, changes her mind; robots open everything and change nothing."""

import gzip
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone

from businesses.models import Business, Customer
from invitations.models import Invitation, LinkOpening
from lib.tenancy import for_business
from surveys.services import OwnWords, change_words
from tests.links.stage import Visitor, invite, surveys_of, visitor


@pytest.fixture
def her(acme: Business, dora: Customer) -> Visitor:
    """Dora's browser with the link of a question about a solved ticket."""
    return visitor(invite(acme, dora))


def test_the_tapped_score_is_chosen_and_the_button_has_the_focus(her: Visitor) -> None:
    page = her.client.get(her.address, {"score": "4"}).content.decode()

    assert re.findall(r'value="(\d)" required checked', page) == ["4"]
    assert re.findall(r"<button[^>]* autofocus", page) != []
    assert "<h1>How satisfied are you with the help you got from Acme?</h1>" in page


@pytest.mark.parametrize("score", ["", "6", "0", "x", "4.5", "٤", "4" * 5000])
def test_a_score_that_is_none_is_not_chosen(her: Visitor, score: str) -> None:
    response = her.client.get(her.address, {"score": score})

    assert response.status_code == 200
    assert " checked" not in response.content.decode()


def test_one_tap_and_send(her: Visitor) -> None:
    sent = her.client.post(her.address, {"score": "5", "comment": "Kind and quick\r\nThank you"})
    assert (sent.status_code, sent["Location"]) == (302, f"{her.address}thanks/")
    assert her.answers() == [(5, "Kind and quick\nThank you", 1)]

    thanks = her.client.get(sent["Location"]).content.decode()
    assert "5 of 5" in thanks
    assert "Kind and quick\nThank you" in thanks
    assert f'href="{her.address}"' in thanks
    with for_business(her.invitation.business):
        stored = Invitation.objects.select_related("response").get()
    assert stored.response is not None
    assert stored.answered_at == stored.response.answered_at


def test_the_open_question_depends_on_the_score_without_a_script(her: Visitor) -> None:
    page = her.client.get(her.address).content.decode()

    assert "<script" not in page
    rules = re.findall(r"form:has\((.*?)\) \{ \.follow-(\w+) \{ display: inline", page)
    assert [(re.findall(r'value="(\d+)"', scores), group) for scores, group in rules] == [
        (["4", "5"], "good"), (["3"], "middle"), (["1", "2"], "poor"),
    ]  # fmt: skip
    assert re.findall(r'follow-(\w+)">([^<]+)<', page) == [
        ("any", "What would you like to tell us?"),
        ("good", "What did we do well?"),
        ("middle", "What would have made it better?"),
        ("poor", "What went wrong, and what should we do about it?"),
    ]


@pytest.mark.parametrize("score", ["", "6", "-1", "five", "5.0"])
def test_a_bad_score_keeps_what_was_typed(her: Visitor, score: str) -> None:
    response = her.client.post(her.address, {"score": score, "comment": "Long & <careful> words"})
    page = response.content.decode()

    assert response.status_code == 422
    assert "Nothing has been sent yet" in page
    assert "Choose a number from 1 to 5." in page
    assert "Long &amp; &lt;careful&gt; words</textarea>" in page
    assert her.answers() == []


def test_a_comment_that_is_too_long_keeps_score_and_words(her: Visitor) -> None:
    response = her.client.post(her.address, {"score": "2", "comment": "a" * 5001})
    page = response.content.decode()

    assert response.status_code == 422
    assert "Your comment has 5001 characters. 5000 is the most we can take." in page
    assert "a" * 5001 in page
    assert re.findall(r'value="(\d)" required checked', page) == ["2"]
    assert her.answers() == []


def test_robots_change_nothing(her: Visitor) -> None:
    for score in range(1, 6):
        for headers in ({}, {"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}):
            her.client.get(her.address, {"score": str(score)}, headers=headers)
        her.client.head(her.address, {"score": str(score)})
        her.client.head(her.address)
    her.client.get(f"{her.address}thanks/")
    her.client.head(f"{her.address}thanks/")

    assert her.answers() == []
    with for_business(her.invitation.business):
        assert LinkOpening.objects.count() == 15
        assert Invitation.objects.get().answered_at is None


def test_changing_ones_mind_replaces_the_answer(her: Visitor) -> None:
    her.client.post(her.address, {"score": "2", "comment": "Slow"})
    again = her.client.get(her.address).content.decode()
    assert re.findall(r'value="(\d)" required checked', again) == ["2"]
    assert "Slow</textarea>" in again
    assert "the new answer replaces that one" in again
    assert re.findall(
        r'value="(\d)" required checked', her.client.get(her.address, {"score": "5"}).content.decode()
    ) == ["5"]

    her.client.post(her.address, {"score": "5", "comment": "Solved after all"})
    her.client.post(her.address, {"score": "5", "comment": "Solved after all"})
    assert her.answers() == [(5, "Solved after all", 2)]


def test_thanks_before_an_answer_leads_to_the_question(her: Visitor) -> None:
    assert her.client.get(f"{her.address}thanks/")["Location"] == her.address


def test_everybody_gets_the_same_offer(acme: Business, dora: Customer) -> None:
    offers = set()
    for score in range(1, 6):
        one = visitor(invite(acme, dora, key=str(score)))
        one.client.post(one.address, {"score": str(score)})
        page = one.client.get(f"{one.address}thanks/").content.decode()
        offers.add(page.replace(one.address, "").split("</section>", 1)[1].split("</main>")[0])
    assert len(offers) == 1
    assert "Write a review" in offers.pop()


def test_in_the_customers_language(acme: Business, dora: Customer) -> None:
    hers = visitor(invite(acme, dora, language="sv"))
    page = hers.client.get(hers.address).content.decode()

    assert '<html lang="sv" dir="ltr">' in page
    assert "Hur nöjd är du med hjälpen du fick av Acme?" in page
    assert "Välj en siffra mellan 1 och 5." in hers.client.post(hers.address, {"score": ""}).content.decode()
    hers.client.post(hers.address, {"score": "3"})
    assert "3 av 5" in hers.client.get(f"{hers.address}thanks/").content.decode()


def test_nps_counts_to_ten_and_own_words_are_used(acme: Business, dora: Customer) -> None:
    with for_business(acme) as now:
        own = OwnWords(follow_up_good="What may we quote?")
        change_words(survey=surveys_of(acme)["nps"], language="en", words=own, actor="Alice", now=now)
    hers = visitor(invite(acme, dora, kind="nps"))
    page = hers.client.get(hers.address, {"score": "0"}).content.decode()

    assert re.findall(r'name="score" value="(\d+)"', page) == [str(value) for value in range(11)]
    assert re.findall(r'value="(\d)" required checked', page) == ["0"]
    assert "What may we quote?" in page
    hers.client.post(hers.address, {"score": "0"})
    assert "0 of 10" in hers.client.get(f"{hers.address}thanks/").content.decode()


def test_the_page_tells_nobody_where_it_is(her: Visitor) -> None:
    for address in (her.address, f"{her.address}thanks/", her.unsubscribe_address):
        her.client.post(her.address, {"score": "5"})
        response = her.client.get(address)
        assert (response["Referrer-Policy"], response["Cache-Control"]) == ("no-referrer", "no-store")
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert not response.cookies


def test_an_old_link_says_so_kindly(acme: Business, dora: Customer) -> None:
    invitation = invite(acme, dora, language="sv")
    with for_business(acme):
        Invitation.objects.update(sent_at=timezone.now() - timedelta(days=60, minutes=1))
    hers = visitor(invitation)
    for response in (
        hers.client.get(hers.address),
        hers.client.post(hers.address, {"score": "5"}),
        hers.client.get(f"{hers.address}thanks/"),
    ):
        assert response.status_code == 410
        assert "Den här frågan är stängd" in response.content.decode()
    assert hers.answers() == []


def test_unknown_and_revoked_look_the_same(her: Visitor, acme: Business) -> None:
    unknown = her.client.get("/a/" + "x" * 32 + "/")
    with for_business(acme):
        Invitation.objects.update(answer_hash="0" * 64, token_generation=1)
    revoked = her.client.get(her.address)
    nobody = her.client.get("/u/" + "x" * 32 + "/")

    assert (unknown.status_code, revoked.status_code, nobody.status_code) == (404, 404, 404)
    assert _without_nonces(unknown.content) == _without_nonces(revoked.content)
    assert her.client.post(her.address, {"score": "5"}).status_code == 404
    assert her.answers() == []


def _without_nonces(page: bytes) -> bytes:
    return re.sub(rb'nonce="[^"]*"', b"", page)


def test_small_and_few(acme: Business, dora: Customer) -> None:
    acme.logo.name = "logos/acme.png"
    with for_business(acme):
        acme.save(update_fields=["logo"])
    hers = visitor(invite(acme, dora, kind="nps"))
    page = hers.client.get(hers.address, {"score": "9"}).content
    text = page.decode()
    fetched = re.findall(r'(?:src|<link rel="(?:stylesheet|icon)" href)="(?!data:)([^"]+)"', text)
    styles = [address for address in fetched if address.startswith(settings.STATIC_URL)]

    assert [address.split("/")[-1] for address in fetched] == ["candor.css", "acme.png"]
    sizes = [len(gzip.compress(page))]
    for address in styles:
        with open(str(finders.find(address.removeprefix(settings.STATIC_URL))), "rb") as file:
            sizes.append(len(gzip.compress(file.read())))
    assert sum(sizes) <= 30_000


def test_other_methods_are_refused(her: Visitor) -> None:
    assert [her.client.put(her.address).status_code, her.client.delete(her.address).status_code] == [405, 405]


def test_unsubscribing_goes_for_what_was_chosen(her: Visitor) -> None:
    page = her.client.get(her.unsubscribe_address).content.decode()
    assert re.findall(r'name="scope" value="(\w+)"', page) == ["surveys", "reviews", "all"]
    assert "dora@customer.example" in page
    her.client.head(her.unsubscribe_address)
    assert her.stopped() == []

    done = her.client.post(her.unsubscribe_address, {"scope": "surveys"}, follow=True)
    assert "Questions about how it went have stopped." in done.content.decode()
    assert her.stopped() == ["surveys"]
    nothing = her.client.post(her.unsubscribe_address, {})
    assert nothing.status_code == 422
    assert "Choose what should stop." in nothing.content.decode()
    her.client.post(her.unsubscribe_address, {"scope": "reviews"})
    both = her.client.get(her.unsubscribe_address).content.decode()
    assert "Questions about how it went have stopped." in both
    assert "Requests to write a review have stopped." in both
    her.client.post(her.unsubscribe_address, {"scope": "all"})
    assert "You get no more mails" in her.client.get(her.unsubscribe_address).content.decode()
    assert her.stopped() == ["all", "reviews", "surveys"]


def test_one_click_by_a_mail_program(her: Visitor) -> None:
    for _time in range(2):
        response = Client(enforce_csrf_checks=True).post(
            her.unsubscribe_address,
            "List-Unsubscribe=One-Click",
            content_type="application/x-www-form-urlencoded",
        )
        assert response.status_code == 200
    assert her.stopped() == ["all"]
