"""The log and what opens it, for everybody: static files, and three documents a business.

In a company's installation nginx serves the files under /ledger/ itself (deploy/nginx.conf).
"""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from businesses.access import public_business
from lib.errors import NotFound
from lib.tenancy import for_business
from trustscore.ledger.files import CHECKPOINT, COSIGNED, KEY, LogFiles
from trustscore.openings import openings_of
from trustscore.proofs import entries_of_review, head_on_show, ledger_of, score_on_show

# A tile's name says how full it is, so what was once under a name is there for ever.
IMMUTABLE = "public, max-age=31536000, immutable"
FRESH = "public, max-age=5"
LASTING = "public, max-age=300"
VERIFIER = Path(__file__).with_name("verify.py")
TEXT = "text/plain; charset=utf-8"
_TILE = re.compile(r"(entries|\d{1,2})/(x\d{3}/){0,6}\d{3}(\.p/\d{1,3})?")


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed checkpoint, with its cosignatures."""
    return _file(CHECKPOINT, content_type=TEXT, keep=FRESH)


@require_safe
def cosigned(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint that a quorum of the log's witnesses has cosigned, often the newest of all."""
    return _file(COSIGNED, content_type=TEXT, keep=FRESH)


@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """The public key that the checkpoints are signed with, as a vkey line."""
    return _file(KEY, content_type=TEXT, keep=LASTING)


@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """A tile of hashes or a bundle of entries, as C2SP tlog-tiles names them."""
    if not _TILE.fullmatch(path):
        raise NotFound("The log has no such tile.")
    return _file(f"tile/{path}", content_type="application/octet-stream", keep=IMMUTABLE)


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """The program that checks all of this, to be read and run by whoever doubts it."""
    return _document(request, VERIFIER.read_text(), "text/x-python; charset=utf-8", keep=LASTING)


@require_safe
def openings(request: HttpRequest, business: str) -> HttpResponse:
    """Salts and values of a business's commitments, a line of JSON each."""
    with public_business(business) as (found, _now):
        pass
    with for_business(found):
        lines = [json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in openings_of(found)]
    return _document(request, "".join(f"{line}\n" for line in lines), "application/x-ndjson; charset=utf-8")


@require_safe
def ledger(request: HttpRequest, business: str) -> HttpResponse:
    """A business's entries and the policies, with indexes and inclusion proofs under the newest checkpoint."""
    with public_business(business) as (found, _now):
        head = head_on_show()
        if head is None:
            raise NotFound("The log has not begun yet.")
        told = ledger_of(found, head, LogFiles(settings.LEDGER_DIR))
    return _json(request, told)


@require_safe
def score(request: HttpRequest, business: str) -> HttpResponse:
    """The exact numbers of the score on show and the checkpoint that they can be recomputed under."""
    with public_business(business) as (found, now):
        head = head_on_show()
        if head is None:
            raise NotFound("The log has not begun yet.")
        told = score_on_show(found, head, now.date())
    return _json(request, told)


@require_safe
def proof(request: HttpRequest, business: str, review: str) -> HttpResponse:
    """The entries about one review with their inclusion proofs, and the checkpoint above them."""
    with public_business(business) as (found, _now):
        head = head_on_show()
        entries = entries_of_review(found, review, head, LogFiles(settings.LEDGER_DIR)) if head else []
    if head is None or not entries:
        raise NotFound("The log says nothing about such a review.")
    told = {
        "business": business,
        "review": review,
        "origin": head.origin,
        "checkpoint": head.note,
        "entries": entries,
    }
    return _json(request, told)


def _file(name: str, *, content_type: str, keep: str) -> HttpResponse:
    path = Path(settings.LEDGER_DIR) / name
    try:
        contents = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound("The log has no such file yet.") from error
    return _open(HttpResponse(contents, content_type=content_type), {"Cache-Control": keep})


def _json(request: HttpRequest, told: Mapping[str, object]) -> HttpResponse:
    return _document(request, json.dumps(told, ensure_ascii=False, separators=(",", ":")), "application/json")


def _document(request: HttpRequest, text: str, content_type: str, *, keep: str = FRESH) -> HttpResponse:
    etag = f'W/"{hashlib.sha256(text.encode()).hexdigest()[:20]}"'
    headers = {"Cache-Control": keep, "ETag": etag}
    if etag in request.headers.get("If-None-Match", ""):
        return _open(HttpResponseNotModified(), headers)
    return _open(HttpResponse(text, content_type=content_type), headers)


def _open(response: HttpResponse, headers: Mapping[str, str]) -> HttpResponse:
    """For every origin: whoever checks may do so from a page of their own."""
    for name, value in {**headers, "Access-Control-Allow-Origin": "*"}.items():
        response.headers[name] = value
    return response
