"""The lines to paste into a shell that send one signed event. Pure: texts in, text out."""

import json
import shlex
from datetime import datetime, timedelta

# The sample ticket was solved two days ago, so that no survey's usual delay holds the mail back.
SOLVED_BEFORE = timedelta(days=2)
SAMPLE_ADDRESS = "dora@customer.example"


def try_it(*, address: str, secret: str, language: str, now: datetime) -> str:
    """A few lines for any POSIX shell with openssl and curl; each pasting is a new ticket of its own."""
    occurred_at = (now - SOLVED_BEFORE).isoformat(timespec="seconds").replace("+00:00", "Z")
    return "\n".join(
        [
            f"secret={shlex.quote(secret)}",
            'at=$(date +%s); id="try-$at"',
            "body=$(cat <<EVENT",
            f'{{"type": "ticket.solved", "occurred_at": "{occurred_at}",',
            ' "ticket": {"id": "$id", "subject": "Where is my parcel?", "assignee": "Bob"},',
            f' "customer": {{"email": "{SAMPLE_ADDRESS}", "name": "Dora Dahl", "language": {json.dumps(language)}}}}}',
            "EVENT",
            ")",
            "key=$(printf %s \"${secret#whsec_}\" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n')",
            'sign=$(printf %s "$id.$at.$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary'
            " | openssl base64 -A)",
            f"curl -i {shlex.quote(address)} \\",
            "  -H 'content-type: application/json' \\",
            '  -H "webhook-id: $id" -H "webhook-timestamp: $at" -H "webhook-signature: v1,$sign" \\',
            '  --data-binary "$body"',
        ]
    )
