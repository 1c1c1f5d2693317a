"""The pages of authors and the inbox in a real browser: accessible, fitting, by keyboard alone, without JavaScript."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Dialog, FilePayload, Page, Request
from pytest_django.live_server_helper import LiveServer

from businesses.models import Business, Customer, User
from lib.tenancy import for_business
from reviews.contents import one_line
from reviews.importing.uploads import import_waiting
from reviews.models import PendingReview, Review
from reviews.services import confirm_token, edit_review, edit_token, reply, request_review
from tests.browser.conftest import findings, overflow
from tests.browser.test_pages import signed_in
from tests.factories import make_customer
from tests.hostile import PAYLOADS
from tests.links.stage import invite, visitor
from tests.reviews.importing.test_services import EXPORT
from tests.reviews.stories import contents, published

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WINDOWS = [(360, "light"), (360, "dark"), (1440, "light"), (1440, "dark")]
TENT = "Answered within the hour and knew the tent by heart. The replacement pole came the next day, without a form."


def look(page: Page, name: str) -> None:
    """The page has no finding and nothing sticks out. Keeps a picture where CANDOR_PICTURES says."""
    assert (name, findings(page), overflow(page)) == (name, [], 0)
    folder = os.environ.get("CANDOR_PICTURES")
    if folder:
        assert page.viewport_size
        scheme = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
        picture = Path(folder) / f"{name}-{page.viewport_size['width']}-{scheme}.png"
        page.screenshot(path=str(picture), full_page=True)


@pytest.fixture
def busy(acme: Business, bob: User) -> list[Review]:
    """An inbox with some life in it."""
    now = timezone.now()
    told = [
        ("Mia Holm", 1, "The pole broke again", "Third tent, third pole. Nobody could tell me why.", 2),
        ("Dora Dahl", 5, "They knew the tent by heart", TENT, 30),
        ("Amir Haddad", 3, "", "Fine in the end, but I explained the same thing three times.", 50),
        ("Ylva Ström", 4, "Quick and kind", "Åtgärdat samma dag. Tack!", 90),
    ]
    made = []
    for name, stars, title, body, hours in told:
        customer = make_customer(acme, f"{name.split()[0].lower()}@customer.example", name)
        made.append(
            published(
                acme,
                customer,
                now=now - timedelta(hours=hours),
                stars=stars,
                title=title,
                body=body,
                display_name=f"{name.split()[0]} {name.split()[1][0]}.",
            )
        )
    with for_business(acme):
        reply(review=made[1], body="Thank you, Dora. Spare poles are in every bag now.", author=bob, now=now)
        reply(review=made[1], body="Thank you, Dora. Spare poles are in every bag.", author=bob, now=now)
    return made


@pytest.mark.parametrize(("width", "scheme"), WINDOWS)
def test_the_inbox_is_accessible_and_fits(
    chromium: Browser, live_server: LiveServer, as_bob: Client, busy: list[Review], width: int, scheme: str
) -> None:
    context = signed_in(chromium, live_server, as_bob, width, scheme)
    page = context.new_page()
    page.goto(f"{live_server.url}/app/acme/inbox/")
    look(page, "inbox")
    page.goto(f"{live_server.url}/app/acme/inbox/{busy[1].public_id}/")
    page.locator("summary", has_text="Change or withdraw the reply").click()
    look(page, "inbox-review")
    page.goto(f"{live_server.url}/app/acme/inbox/{busy[0].public_id}/")
    page.fill("textarea[name=body]", "Please call 070-123 45 67.")
    page.get_by_role("button", name="Publish the reply").click()
    look(page, "inbox-refused")
    page.goto(f"{live_server.url}/app/acme/inbox/?q=unicorn")
    look(page, "inbox-nothing")
    context.close()


def test_bob_answers_by_keyboard_alone(
    chromium: Browser, live_server: LiveServer, as_bob: Client, busy: list[Review]
) -> None:
    context = signed_in(chromium, live_server, as_bob, 1440, "light")
    page = context.new_page()
    page.goto(f"{live_server.url}/app/acme/inbox/")
    for key in ("j", "j", "k"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox/*/")
    page.keyboard.press("r")
    page.keyboard.type("Thank you, Amir.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Your reply is public").wait_for()
    page.keyboard.press("e")
    assert page.locator("textarea[name=body]").is_visible()
    with for_business(busy[2].business):
        assert Review.objects.get(pk=busy[2].pk).reply_body == "Thank you, Amir."
    context.close()


def test_without_javascript_one_can_filter_read_and_answer(
    chromium: Browser, live_server: LiveServer, as_bob: Client, busy: list[Review]
) -> None:
    with_script = signed_in(chromium, live_server, as_bob, 360, "light")
    state = with_script.storage_state()
    with_script.close()
    context = chromium.new_context(
        java_script_enabled=False, storage_state=state, viewport={"width": 360, "height": 800}
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/app/acme/inbox/")
    page.select_option("select[name=stars]", "1")
    page.get_by_role("button", name="Search").click()
    page.locator("a.row", has_text="The pole broke again").click()
    page.fill("textarea[name=body]", "We are sorry, Mia.")
    page.get_by_role("button", name="Publish the reply").click()
    assert page.get_by_text("Your reply is public").is_visible()
    context.close()


@pytest.mark.parametrize(("width", "scheme"), WINDOWS)
def test_the_pages_of_authors_are_accessible_and_fit(
    chromium: Browser, live_server: LiveServer, acme: Business, dora: Customer, width: int, scheme: str
) -> None:
    cache.clear()
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    form = f"{live_server.url}{visitor(invite(acme, dora)).address}review/"
    page.goto(form)
    look(page, "review-form")
    page.get_by_role("button", name="Publish my review").click()
    look(page, "review-form-refused")
    page.locator("input[name=stars][value='4']").check(force=True)
    page.fill("input[name=title]", "They knew the tent by heart")
    page.fill("textarea[name=body]", TENT)
    page.check("input[name=consent]")
    page.get_by_role("button", name="Publish my review").click()
    page.get_by_text("Your review is public.").wait_for()
    look(page, "review-new")
    with for_business(acme) as now:
        review = Review.objects.select_related("business").get()
        edit_review(review=review, contents=contents(stars=2, experienced_on=review.experienced_on, body=TENT), now=now)
    page.goto(f"{live_server.url}/r/{edit_token(review)}/")
    for words in ("Change it", "Take it back", "Earlier versions"):
        page.locator("summary", has_text=words).click()
    look(page, "review-own")
    page.get_by_role("button", name="Yes, take my review back").click()
    look(page, "review-withdrawn")
    page.goto(f"{live_server.url}/b/acme/review/")
    look(page, "stranger-form")
    page.goto(f"{live_server.url}/b/acme/review/?sent")
    look(page, "stranger-sent")
    with for_business(acme) as now:
        request_review(business=acme, email="eve@x.example", contents=contents(body=TENT), language="en", now=now)
        pending = PendingReview.objects.get()
    page.goto(f"{live_server.url}/c/{confirm_token(pending)}/")
    look(page, "stranger-confirm")
    context.close()


def test_dora_reviews_by_keyboard_without_javascript(
    chromium: Browser, live_server: LiveServer, acme: Business, dora: Customer
) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{live_server.url}{visitor(invite(acme, dora)).address}review/")
    page.locator("input[name=stars]").first.focus()
    for key in ("Space", "ArrowRight", "ArrowRight", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("Well done")
    page.keyboard.press("Tab")
    page.keyboard.type("They answered at once.")
    page.locator("input[name=consent]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/r/*/?new")
    with for_business(acme):
        assert list(Review.objects.values_list("stars", "title", "body")) == [
            (3, "Well done", "They answered at once.")
        ]
    context.close()


@pytest.mark.parametrize(("width", "scheme"), WINDOWS)
def test_the_pages_of_an_import_are_accessible_and_fit(
    chromium: Browser, live_server: LiveServer, as_alice: Client, acme: Business, width: int, scheme: str
) -> None:
    context = signed_in(chromium, live_server, as_alice, width, scheme)
    page = context.new_page()
    page.goto(f"{live_server.url}/app/acme/import/")
    look(page, "import")
    file = FilePayload(name="trustpilot.csv", mimeType="text/csv", buffer=EXPORT.encode())
    page.set_input_files("input[type=file]", files=file)
    page.get_by_role("button", name="Upload and look").click()
    page.get_by_text("3 reviews can be read").wait_for()
    page.locator("summary", has_text="Lines that cannot be read").click()
    look(page, "import-columns")
    page.get_by_role("button", name="Import 3 reviews").click()
    page.get_by_text("Being imported.").wait_for()
    look(page, "import-waiting")
    import_waiting()
    page.get_by_role("link", name="Look again").click()
    page.get_by_text("Lines that were not taken").wait_for()
    look(page, "import-done")
    page.goto(f"{live_server.url}/app/acme/import/")
    look(page, "imports")
    context.close()


def test_hostile_words_do_nothing_in_a_real_browser(
    chromium: Browser, live_server: LiveServer, as_bob: Client, acme: Business
) -> None:
    made = [
        published(
            acme,
            make_customer(acme, f"c{number}@customer.example", one_line(payload)[:100]),
            now=timezone.now(),
            title=payload,
            body=payload,
            display_name=one_line(payload)[:80],
        )
        for number, payload in enumerate(PAYLOADS)
    ]
    context = signed_in(chromium, live_server, as_bob, 1440, "light")
    page = context.new_page()
    alarms: list[str] = []

    def heard(dialog: Dialog) -> None:
        alarms.append(dialog.message)
        dialog.dismiss()

    def asked(request: Request) -> None:
        if "evil" in request.url:
            alarms.append(request.url)

    page.on("dialog", heard)
    page.on("request", asked)
    for path in ("/app/acme/inbox/", "/b/acme/", *(f"/r/{edit_token(each)}/" for each in made[::6])):
        page.goto(live_server.url + path)
        assert page.evaluate("window.taken") is None
        while page.locator("a[rel=next]").count():
            page.locator("a[rel=next]").first.click()
            assert page.evaluate("window.taken") is None
    assert alarms == []
    context.close()
