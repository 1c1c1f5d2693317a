"""Routes of the REST API."""

from django.urls import path

from api import views
from api.schema import schema

urlpatterns = [
    # /api/v1/ for holders of keys
    path("api/v1/events", views.Events.as_view(), name="api_events"),
    path("api/v1/responses", views.Responses.as_view(), name="api_responses"),
    path("api/v1/reviews", views.Reviews.as_view(), name="api_reviews"),
    path("api/v1/reviews/<slug:public_id>", views.OneReview.as_view(), name="api_review"),
    path("api/v1/reviews/<slug:public_id>/reply", views.Reply.as_view(), name="api_reply"),
    path("api/v1/score", views.Score.as_view(), name="api_score"),
    # /api/schema/ what all of that takes and gives, as OpenAPI
    path("api/schema/", schema, name="api_schema"),
]
