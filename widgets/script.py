"""The one script that shops embed: static/widgets/candor.js with its style sheet inside."""

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache

from django.conf import settings


@dataclass(frozen=True)
class Script:
    """The script as it is served, plain and compressed, with its tag."""

    body: bytes
    compressed: bytes
    etag: str


@cache
def script() -> Script:
    """Reads both files once a process; without comments and indentation."""
    folder = settings.BASE_DIR / "static" / "widgets"
    style = _slim((folder / "candor.css").read_text("utf-8"))
    style = re.sub(r" ?([{};,]) ?", r"\1", style.replace("\n", ""))
    code = _slim((folder / "candor.js").read_text("utf-8"))
    body = code.replace("replaceSync(STYLE)", f"replaceSync({json.dumps(style)})").encode()
    tag = hashlib.sha256(body).hexdigest()[:20]
    return Script(body=body, compressed=gzip.compress(body, compresslevel=9, mtime=0), etag=f'W/"{tag}"')


def _slim(text: str) -> str:
    without_comments = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return "\n".join(line.strip() for line in without_comments.splitlines() if line.strip())
