"""Routes of the inbox and of imports."""

from django.urls import path

from reviews import moderation_views, views
from reviews.importing import views as importing

urlpatterns = [
    # /moderation/ for the service's own moderators
    path("moderation/", moderation_views.moderation, name="moderation"),
    path("moderation/<slug:public_id>/", moderation_views.moderate, name="moderate"),
    # /app/ signed in
    path("app/<slug:business>/inbox/", views.inbox, name="inbox"),
    path("app/<slug:business>/inbox/<slug:public_id>/", views.one_review, name="inbox_review"),
    path("app/<slug:business>/import/", importing.imports, name="import_reviews"),
    path("app/<slug:business>/import/<slug:public_id>/", importing.one_import, name="review_import"),
    path("app/<slug:business>/import/<slug:public_id>/bad.csv", importing.bad_lines, name="review_import_bad_lines"),
]
