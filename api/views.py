"""The REST API: each view signs in by a key, checks its scope and works as the key's business."""

from datetime import datetime
from typing import ClassVar, TypeVar

from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api import queries, serializers
from api.authentication import KeyHolder
from api.pagination import NewestFirst
from businesses.enums import ApiScope
from integrations.arrivals import MAX_BODY_BYTES, BodyTooLarge
from integrations.events import parse, read_json, unknown_fields
from integrations.services.deliveries import act_on
from lib.errors import NotAllowed, NotFound
from lib.limits import take
from lib.tenancy import for_business
from reviews.services.replies import reply
from trustscore.queries import current_score

CALLS = 600
SOURCE = "api"
Choice = TypeVar("Choice")


class KeyView(APIView):
    """A view for holders of keys; `scopes` says which scope each method needs."""

    scopes: ClassVar[dict[str, ApiScope]]

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Signs in, then checks scope, size and rate, before anything is read."""
        super().initial(request, *args, **kwargs)
        needed = self.scopes.get(request.method or "")
        holder = holder_of(request)
        if needed is not None and needed not in holder.key.scopes:
            raise NotAllowed(f"This key does not have the scope {needed.value}.")
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > MAX_BODY_BYTES:
            raise BodyTooLarge
        most = holder.business.api_calls_a_minute or CALLS
        take(
            what="api",
            who=holder.key.key_id,
            at_most=f"{most}/minute",
            message=f"More than {most} calls in a minute with this key. Wait a minute.",
        )


def holder_of(request: Request) -> KeyHolder:
    """Who is calling; only after signing in."""
    holder = request.user
    if not isinstance(holder, KeyHolder):
        raise NotAllowed("Sign in with an API key.")
    return holder


class Events(KeyView):
    """What happened to a ticket, an order or anything else that a survey waits for."""

    scopes: ClassVar = {"POST": ApiScope.EVENTS_WRITE}

    @extend_schema(
        operation_id="report_event",
        request=serializers.EventSerializer,
        responses=serializers.OutcomeSerializer,
    )
    def post(self, request: Request) -> Response:
        """Report an event. Acted upon before the answer; reporting it again changes nothing."""
        found = read_json(request.body)
        business = holder_of(request).business
        with for_business(business) as now:
            event = parse(found, source=SOURCE, received_at=now)
            outcome = act_on(business=business, event=event, now=now)
        return Response({"outcome": outcome, "unknown_fields": unknown_fields(found, event)})


class Responses(KeyView):
    """Survey answers."""

    scopes: ClassVar = {"GET": ApiScope.RESPONSES_READ}

    @extend_schema(
        operation_id="list_responses",
        parameters=[
            OpenApiParameter("survey", str, description="Only answers to the survey with this id."),
            OpenApiParameter("changed_since", OpenApiTypes.DATETIME, description="Only those given or changed since."),
            OpenApiParameter("cursor", str),
            OpenApiParameter("page_size", int),
        ],
        responses=serializers.PageOfResponses,
    )
    def get(self, request: Request) -> Response:
        """List answers, the newest first."""
        business = holder_of(request).business
        since = request.query_params.get("changed_since")
        survey = request.query_params.get("survey")
        with for_business(business):
            rows = queries.responses(business)
            if survey:
                rows = rows.filter(survey__public_id=survey)
            if since:
                rows = rows.filter(changed_at__gte=_moment("changed_since", since))
            pages = NewestFirst("-answered_at", "-id")
            found = pages.paginate_queryset(rows, request, view=self)
            return pages.get_paginated_response(serializers.ResponseSerializer(found, many=True).data)


class Reviews(KeyView):
    """Reviews and the business's replies."""

    scopes: ClassVar = {"GET": ApiScope.REVIEWS_READ}

    @extend_schema(
        operation_id="list_reviews",
        parameters=[
            OpenApiParameter("stars", int, description="Only reviews with so many stars."),
            OpenApiParameter("needs_reply", bool),
            OpenApiParameter("cursor", str),
            OpenApiParameter("page_size", int),
        ],
        responses=serializers.PageOfReviews,
    )
    def get(self, request: Request) -> Response:
        """List reviews in every state, the newest first."""
        business = holder_of(request).business
        stars, needs_reply = request.query_params.get("stars"), request.query_params.get("needs_reply")
        with for_business(business):
            rows = queries.reviews(business)
            if stars:
                rows = rows.filter(stars=_choice("stars", stars, {str(each): each for each in range(1, 6)}))
            if needs_reply:
                rows = rows.filter(needs_reply=_choice("needs_reply", needs_reply, {"true": True, "false": False}))
            pages = NewestFirst("-submitted_at", "-id")
            found = pages.paginate_queryset(rows, request, view=self)
            return pages.get_paginated_response(serializers.ReviewSerializer(found, many=True).data)


class OneReview(KeyView):
    """One review."""

    scopes: ClassVar = {"GET": ApiScope.REVIEWS_READ}

    @extend_schema(operation_id="get_review", responses=serializers.ReviewSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """One review with its reply."""
        business = holder_of(request).business
        with for_business(business):
            return Response(serializers.ReviewSerializer(queries.review(business, public_id)).data)


class Reply(KeyView):
    """The public reply to a review."""

    scopes: ClassVar = {"POST": ApiScope.REVIEWS_REPLY}

    @extend_schema(
        operation_id="reply_to_review", request=serializers.ReplySerializer, responses=serializers.ReviewSerializer
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Publish, change or (with an empty body) take back the reply. The author is told once, by mail."""
        given = serializers.ReplySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        holder = holder_of(request)
        author = holder.key.created_by
        if author is None:
            raise NotAllowed("Whoever made this key has left, and a reply needs its author. Make a new key.")
        with for_business(holder.business) as now:
            found = queries.review(holder.business, public_id)
            answered = reply(review=found, body=given.validated_data["body"], author=author, now=now)
            return Response(serializers.ReviewSerializer(answered).data, status=status.HTTP_200_OK)


class Score(KeyView):
    """The score on show."""

    scopes: ClassVar = {"GET": ApiScope.SCORE_READ}

    @extend_schema(operation_id="get_score", responses=serializers.ScoreSerializer)
    def get(self, request: Request) -> Response:
        """The score as the public page shows it, with the exact numbers it is made of."""
        business = holder_of(request).business
        with for_business(business):
            score = current_score(business)
            if score is None:
                raise NotFound("There is no score yet: no review was published.")
            return Response(serializers.ScoreSerializer(score).data)


def _moment(name: str, value: str) -> datetime:
    try:
        moment = parse_datetime(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValidationError({name: ["Not a time in ISO 8601 with a zone, such as 2026-11-02T09:00:00Z."]})
    return moment


def _choice(name: str, value: str, choices: dict[str, Choice]) -> Choice:
    if value not in choices:
        raise ValidationError({name: [f"Choose one of: {', '.join(choices)}."]})
    return choices[value]
