"""The signed webhook: Candor's own JSON under the rules of Standard Webhooks (standardwebhooks.com)."""

import binascii
import hashlib
import secrets
from base64 import b64encode
from datetime import datetime
from functools import lru_cache

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from integrations.arrivals import Arrival, NotReadable, Reading, StaleTimestamp, WrongSignature
from integrations.events import Event, parse, read_json, subject_of, unknown_fields

LONGEST_KEY = 200


def new_secret() -> str:
    """A fresh secret in the form that the libraries of Standard Webhooks take."""
    return "whsec_" + b64encode(secrets.token_bytes(24)).decode()


def verify(arrival: Arrival, *, secret: str) -> None:
    """Checks signature and age (5 minutes either way). Raises WrongSignature or StaleTimestamp."""
    headers = {name: arrival.headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    missing = [name for name, value in headers.items() if not value]
    if missing:
        raise WrongSignature(f"Missing headers: {', '.join(missing)}. Sign each delivery as Standard Webhooks says.")
    try:
        _webhook(secret).verify(arrival.body, headers, json_parse=False)
    except WebhookVerificationError as error:
        if "timestamp" in str(error):
            raise StaleTimestamp(
                "webhook-timestamp is more than five minutes away from our clock. "
                "Sign each attempt anew, and check the sender's clock."
            ) from error
        raise WrongSignature(_WRONG) from error
    except UnicodeDecodeError as error:
        raise NotReadable("The body is not text in UTF-8.") from error
    except (ValueError, binascii.Error) as error:
        # The library stumbles over signatures that are no base64.
        raise WrongSignature(_WRONG) from error


_WRONG = (
    "The signature does not fit this body and this connection's secret. Look at the secret on the connection's page."
)


@lru_cache(maxsize=1024)
def _webhook(secret: str) -> Webhook:
    return Webhook(secret)


def read(arrival: Arrival, *, source: str, received_at: datetime) -> Reading:
    """What is kept beside the body; the sender's own id tells attempts from events. Raises NotReadable."""
    found = read_json(arrival.body)
    event = parse(found, source=source, received_at=received_at)
    key = arrival.headers["webhook-id"]
    return Reading(
        dedupe_key=key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest(),
        event_name=found["type"],
        subject=subject_of(event),
        unknown_fields=tuple(unknown_fields(found, event)),
    )


def event(body: str, *, source: str, received_at: datetime) -> Event | None:
    """The event in a stored body."""
    return parse(read_json(body), source=source, received_at=received_at)
