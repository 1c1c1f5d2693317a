"""What the API lists. Every query names the business and reads in the scope that is open."""

from django.db.models import QuerySet

from businesses.models import ApiKey, Business
from lib.errors import NotFound
from reviews.models import Review
from surveys.models import Response


def key_by_id(key_id: str) -> ApiKey | None:
    """A key with its business and maker, of whichever business: for the service scope."""
    return ApiKey.objects.filter(key_id=key_id).select_related("business", "created_by").first()


def responses(business: Business) -> QuerySet[Response]:
    """Survey answers with their survey and customer, for the serializer."""
    return Response.objects.filter(business=business).select_related("survey", "customer")


def reviews(business: Business) -> QuerySet[Review]:
    """Reviews in every state, since a business sees what is held or withdrawn too."""
    return Review.objects.filter(business=business)


def review(business: Business, public_id: str) -> Review:
    """One review, ready for a service. Raises NotFound."""
    found = Review.objects.filter(business=business, public_id=public_id).select_related("business").first()
    if found is None:
        raise NotFound("There is no such review.")
    return found
