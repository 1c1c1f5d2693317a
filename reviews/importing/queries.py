"""Reads of uploaded files."""

from businesses.models import Business
from lib.errors import NotFound
from reviews.models import ReviewImport


def latest_imports(business: Business, limit: int = 20) -> list[ReviewImport]:
    """The business's imports, newest first, without their files."""
    rows = ReviewImport.objects.filter(business=business).select_related("uploaded_by").defer("data", "bad_lines")
    return list(rows.order_by("-created_at", "-id")[:limit])


def import_of(business: Business, public_id: str) -> ReviewImport:
    """One import of the business. Raises NotFound."""
    found = ReviewImport.objects.filter(business=business, public_id=public_id).select_related("uploaded_by").first()
    if found is None:
        raise NotFound("There is no such import.")
    return found
