"""A person's browser, as small as can be: pages, forms, cookies. No JavaScript, like the mail links promise."""

import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPException
from http.cookiejar import CookieJar
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

PATIENCE_SECONDS = 90.0


class PageError(Exception):
    """A page was not what a person would expect there; the message names its address."""


@dataclass
class Form:
    """A form of a page with what stands in its fields; `names` are all that can be filled in."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Page:
    """A page as it arrived, with its links and forms in order."""

    url: str
    status: int
    text: str
    links: tuple[str, ...]
    forms: tuple[Form, ...]

    def form_with(self, name: str) -> Form:
        """The first form that has a field of this name. Raises PageError."""
        for form in self.forms:
            if name in form.names:
                return form
        raise PageError(f"{self.url} ({self.status}) has no form with a field {name}.")

    def link_to(self, part: str) -> str:
        """The first link whose address contains `part`, absolute. Raises PageError."""
        for link in self.links:
            if part in link:
                return urljoin(self.url, link)
        raise PageError(f"{self.url} ({self.status}) has no link with {part} in it.")


class Browser:
    """One person's browser. A server that is being started again is asked again until `PATIENCE_SECONDS` are over."""

    def __init__(self) -> None:
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, url: str) -> Page:
        """Opens a page, following redirects."""
        return self._ask(Request(url))  # noqa: S310 - Our own program's addresses.

    def submit(self, page: Page, form: Form, **typed: str) -> Page:
        """Fills a form in and sends it. Raises PageError for a field that the form does not have."""
        unknown = typed.keys() - form.names
        if unknown:
            raise PageError(f"The form at {page.url} has no fields {sorted(unknown)}.")
        target = urljoin(page.url, form.action or page.url)
        body = urlencode(form.fields | typed).encode()
        return self._ask(Request(target, data=body, headers={"Referer": page.url}))  # noqa: S310 - As above.

    def _ask(self, request: Request) -> Page:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with self._opener.open(request, timeout=30) as answer:
                    return parsed(answer.geturl(), answer.status, answer.read().decode())
            except HTTPError as error:
                if error.code < 500 or time.monotonic() > deadline:
                    return parsed(request.full_url, error.code, error.read().decode(errors="replace"))
            except (URLError, HTTPException, OSError):
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.2)


def parsed(url: str, status: int, text: str) -> Page:
    """A page from its HTML."""
    parser = _Parser()
    parser.feed(text)
    return Page(url=url, status=status, text=text, links=tuple(parser.links), forms=tuple(parser.forms))


class _Parser(HTMLParser):
    """Collects links and forms; a button counts as a field that is sent only when it is typed."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._textarea = ""
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        elif tag == "form":
            self._open = Form(action=given.get("action", ""), method=given.get("method", "get").lower())
            self.forms.append(self._open)
        elif self._open is not None and given.get("name"):
            self._field(self._open, tag, given)
        elif self._open is not None and tag == "option" and self._select:
            self._option(self._open, given)

    def _option(self, form: Form, given: dict[str, str]) -> None:
        # As in a browser, the first option stands until one says that it is selected.
        if "selected" in given or self._select not in form.fields:
            form.fields[self._select] = given.get("value", "")

    def _field(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name = given["name"]
        form.names.add(name)
        kind = given.get("type", "text")
        if tag == "textarea":
            self._textarea = name
            form.fields[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "input" and kind in {"radio", "checkbox"}:
            if "checked" in given:
                form.fields[name] = given.get("value", "on")
        elif tag == "input" and kind not in {"submit", "file", "image"}:
            form.fields[name] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._textarea:
            self._open.fields[self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._textarea = ""
        elif tag == "select":
            self._select = ""
