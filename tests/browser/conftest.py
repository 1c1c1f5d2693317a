"""Debian's chromium, started once, and the checks that every page has to pass."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the session; skipped with a sentence where there is none."""
    if not CHROMIUM.exists():
        pytest.skip("there is no /usr/bin/chromium on this machine")
    # Playwright's event loop makes Django believe that it is called from asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def findings(page: Page) -> list[str]:
    """What axe finds wrong with the page, one line a finding; empty is good."""
    report = Axe().run(page).response
    return [f"{each['id']}: {node['html'][:120]}" for each in report["violations"] for node in each["nodes"]]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
