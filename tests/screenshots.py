"""Pictures of the main pages for docs/screenshots, taken from a running demo so that they stay true.

python3 manage.py up
.venv/bin/python -m tests.screenshots http://localhost:8000 --data .data
"""

import argparse
import re
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
VIEWS = ((360, 780, "light"), (1440, 900, "light"), (1440, 900, "dark"))
PAGES = {
    "home": "/app/{business}/",
    "inbox": "/app/{business}/inbox/",
    "surveys": "/app/{business}/surveys/",
    "invitations": "/app/{business}/invitations/",
    "customers": "/app/{business}/customers/",
    "score": "/app/{business}/score/",
    "widgets": "/app/{business}/widgets/",
    "connections": "/app/{business}/connections/",
    "settings": "/app/{business}/settings/",
    "business": "/b/{business}/",
    "review": "/b/{business}/review/",
    "formula": "/how-the-score-works/",
    "shop": "/dev/shop/",
    "landing": "/",
}


def main() -> None:
    """Signs in as the demo's owner and takes every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        state = sign_in(browser, options.url, (options.data / "sign-in.txt").read_text())
        for width, height, scheme in VIEWS:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[arg-type]
                storage_state=state,  # type: ignore[arg-type]
            )
            page = context.new_page()
            take(page, options.url, f"{width}-{scheme}", set(options.only))
            context.close()
        browser.close()


def sign_in(browser: Browser, url: str, words: str) -> object:
    """The cookies of the demo's owner, by what `up` printed."""
    address, password = words.split()[-2:]
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{url}/accounts/login/")
    page.locator("input[name=login]").fill(address)
    page.locator("input[name=password]").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/app/"))
    state = context.storage_state()
    context.close()
    return state


def take(page: Page, url: str, ending: str, only: set[str]) -> None:
    """Every page at this width and in this scheme."""
    page.goto(f"{url}/app/")
    business = page.url.rstrip("/").rsplit("/", 1)[1]
    for name, path in PAGES.items():
        if not only or name in only:
            page.goto(url + path.format(business=business), wait_until="networkidle")
            page.screenshot(path=FOLDER / f"{name}-{ending}.png")
    if not only or "mail" in only:
        page.goto(f"{url}/dev/mail/")
        survey = page.locator("a.row").filter(has_text="?").first
        if survey.count():
            survey.click()
            frame = page.locator("iframe")
            source = frame.get_attribute("src")
            page.goto(url + str(source))
            page.screenshot(path=FOLDER / f"mail-{ending}.png")
            page.goto(str(page.locator("a[href*='score=5'], a[href*='score=9']").first.get_attribute("href")))
            page.screenshot(path=FOLDER / f"answer-{ending}.png")


if __name__ == "__main__":
    main()
