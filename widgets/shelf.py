"""What a web process keeps of the widgets it showed: some seconds long, a thousand businesses wide.

One query alone would cost two thirds of the answers a second that an empty view gives.
"""

import gzip
import hashlib
import json
import time
from dataclasses import dataclass
from threading import Lock
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse

from businesses.access import public_business
from widgets.queries import WidgetFacts, widget_facts

SECONDS = 3.0
MOST = 1000


@dataclass(frozen=True)
class Exhibit:
    """One business's facts, and the JSON made of them, plain and compressed, with its tag."""

    facts: WidgetFacts
    body: bytes
    compressed: bytes
    etag: str


_kept: dict[str, tuple[float, Exhibit]] = {}
_changing = Lock()


def exhibit(slug: str) -> Exhibit:
    """What is known about a business, at most `SECONDS` old. Raises NotFound."""
    kept = _kept.get(slug)
    if kept is not None and kept[0] > time.monotonic():
        return kept[1]
    with public_business(slug) as (business, now):
        made = _exhibit(widget_facts(business, now=now))
    with _changing:
        _kept.pop(slug, None)
        while len(_kept) >= MOST:
            del _kept[next(iter(_kept))]
        _kept[slug] = (time.monotonic() + SECONDS, made)
    return made


def clear() -> None:
    """Forgets everything, as a new process would."""
    with _changing:
        _kept.clear()


def _exhibit(facts: WidgetFacts) -> Exhibit:
    body = json.dumps(_content(facts), ensure_ascii=False, separators=(",", ":")).encode()
    tag = hashlib.sha256(body).hexdigest()[:20]
    return Exhibit(facts=facts, body=body, compressed=gzip.compress(body, mtime=0), etag=f'W/"{tag}"')


def _content(facts: WidgetFacts) -> dict[str, object]:
    return {
        "business": facts.slug,
        "name": facts.name,
        "language": facts.language,
        "score": {
            "tenths": facts.tenths,
            "half_stars": facts.half_stars,
            "label": facts.label or None,
            "low": facts.low,
            "high": facts.high,
            "count": facts.count,
            "as_of": facts.as_of.isoformat(),
            "checkpoint": facts.checkpoint or None,
        },
        "reviews": [
            {
                "stars": each.stars,
                "title": each.title,
                "text": each.text,
                "name": each.name,
                "at": each.submitted_at.isoformat(timespec="seconds"),
            }
            for each in facts.reviews
        ],
        "links": {
            "page": _address("business_page", business=facts.slug),
            "how": _address("how_the_score_works"),
        },
    }


def _address(name: str, **parts: str) -> str:
    return urljoin(settings.CANDOR_URL, reverse(name, kwargs=parts))
