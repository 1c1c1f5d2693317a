"""The lines to paste into a shell that send one signed event. Pure: texts in, text out."""

import json
import shlex
from datetime import datetime, timedelta

# The sample ticket was solved two days ago, so that no survey's usual delay holds the mail back.
SOLVED_BEFORE = timedelta(days=2)


def sample_event(*, language: str, now: datetime) -> str:
    """One event with every field that matters, as one line of JSON. TICKET stands for an id."""
    event = {
        "type": "ticket.solved",
        "occurred_at": (now - SOLVED_BEFORE).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "ticket": {"id": "TICKET", "subject": "Where is my parcel?", "assignee": "Bob"},
        "customer": {"email": "dora@customer.example", "name": "Dora Dahl", "language": language},
    }
    return json.dumps(event)


def try_it(*, address: str, secret: str, language: str, now: datetime) -> str:
    """A few lines for any POSIX shell with openssl and curl; each pasting is a new ticket of its own."""
    body = sample_event(language=language, now=now).replace("TICKET", "try-$at")
    quoted = body.replace("\\", "\\\\").replace('"', '\\"')
    return "\n".join(
        [
            f"secret={shlex.quote(secret)}",
            'at=$(date +%s); id="try-$at"',
            f'body="{quoted}"',
            "key=$(printf %s \"${secret#whsec_}\" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n')",
            'sign=$(printf %s "$id.$at.$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary'
            " | openssl base64 -A)",
            f"curl -i {shlex.quote(address)} \\",
            "  -H 'content-type: application/json' \\",
            '  -H "webhook-id: $id" -H "webhook-timestamp: $at" -H "webhook-signature: v1,$sign" \\',
            '  --data-binary "$body"',
        ]
    )
