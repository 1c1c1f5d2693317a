"""The one write of the API itself; everything else is done by the apps below."""

from datetime import datetime

from businesses.models import ApiKey


def note_key_use(*, key: ApiKey, now: datetime) -> None:
    """Keeps when a key was last used, for whoever decides which keys may go."""
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
