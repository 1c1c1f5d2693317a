"""How things look in JSON. Ids are public ids; times are UTC in ISO 8601."""

from rest_framework import serializers

from reviews.models import Review
from surveys.models import Response
from trustscore.models import ScoreSnapshot


class CustomerOfResponse(serializers.Serializer[object]):
    """Who answered."""

    id = serializers.CharField(source="public_id")
    email = serializers.EmailField()
    name = serializers.CharField()


class ResponseSerializer(serializers.ModelSerializer[Response]):
    """A survey answer. `score` is on the scale of `kind` and `scale_points`; NPS runs from 0 to 10."""

    id = serializers.CharField(source="public_id")
    survey = serializers.CharField(source="survey.public_id")
    customer = CustomerOfResponse()

    class Meta:
        model = Response
        fields = [
            "id",
            "survey",
            "kind",
            "scale_points",
            "direction",
            "score",
            "comment",
            "language",
            "channel",
            "subject",
            "assignee",
            "revision",
            "answered_at",
            "changed_at",
            "customer",
        ]


class ReviewSerializer(serializers.ModelSerializer[Review]):
    """A review with the business's reply. `counted` says whether it counts in the score, `uncount_reason` why not."""

    id = serializers.CharField(source="public_id")

    class Meta:
        model = Review
        fields = [
            "id",
            "status",
            "source",
            "stars",
            "title",
            "body",
            "display_name",
            "language",
            "experienced_on",
            "counted",
            "uncount_reason",
            "imported_from",
            "submitted_at",
            "published_at",
            "edited_at",
            "needs_reply",
            "reply_body",
            "replied_at",
        ]


class PageOfResponses(serializers.Serializer[object]):
    """One page of a list; `next` and `previous` are addresses to follow, or null."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ResponseSerializer(many=True)


class PageOfReviews(serializers.Serializer[object]):
    """One page of a list; `next` and `previous` are addresses to follow, or null."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ReviewSerializer(many=True)


class ReplySerializer(serializers.Serializer[object]):
    """A public reply; an empty one takes back what stands."""

    body = serializers.CharField(allow_blank=True, trim_whitespace=False)


class ScoreSerializer(serializers.ModelSerializer[ScoreSnapshot]):
    """The score on show. `numerator` and `denominator` are exact whole numbers; `tenths` is null without reviews."""

    class Meta:
        model = ScoreSnapshot
        fields = ["as_of", "tenths", "half_stars", "label", "low", "high", "count", "numerator", "denominator"]


class TicketOfEvent(serializers.Serializer[object]):
    """A ticket; only `id` is needed."""

    id = serializers.CharField(max_length=100)
    subject = serializers.CharField(required=False)
    url = serializers.URLField(required=False)
    assignee = serializers.CharField(required=False)
    tags = serializers.ListField(child=serializers.CharField(), required=False)
    opened_at = serializers.DateTimeField(required=False)
    first_reply_at = serializers.DateTimeField(required=False)


class OrderOfEvent(serializers.Serializer[object]):
    """An order; only `id` is needed."""

    id = serializers.CharField(max_length=100)
    product = serializers.CharField(required=False)


class CustomerOfEvent(serializers.Serializer[object]):
    """Whom it happened to; only `email` is needed."""

    email = serializers.EmailField()
    name = serializers.CharField(required=False)
    language = serializers.CharField(required=False, help_text="Such as `sv`.")


class EventSerializer(serializers.Serializer[object]):
    """What happened, in the signed webhook's JSON. For the schema only: integrations.events does the reading."""

    type = serializers.RegexField(
        "^[a-z0-9_.]{1,60}$",
        help_text="`ticket.solved`, `ticket.reopened`, `ticket.closed`, `ticket.updated` need `ticket`; "
        "`order.fulfilled` needs `order`; any other name needs `id`.",
    )
    id = serializers.CharField(required=False, max_length=100)
    occurred_at = serializers.DateTimeField(required=False, help_text="Without it: now.")
    ticket = TicketOfEvent(required=False)
    order = OrderOfEvent(required=False)
    customer = CustomerOfEvent()


class OutcomeSerializer(serializers.Serializer[object]):
    """What came of an event, in words, and the fields that Candor does not know."""

    outcome = serializers.CharField()
    unknown_fields = serializers.ListField(child=serializers.CharField())
