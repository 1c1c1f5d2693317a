"""Routes of the inbox and of imports."""

from django.urls import path

from reviews import views
from reviews.importing import views as importing

urlpatterns = [
    # /app/ signed in
    path("app/<slug:business>/inbox/", views.inbox, name="inbox"),
    path("app/<slug:business>/inbox/<slug:public_id>/", views.one_review, name="inbox_review"),
    path("app/<slug:business>/import/", importing.imports, name="import_reviews"),
    path("app/<slug:business>/import/<slug:public_id>/", importing.one_import, name="review_import"),
    path("app/<slug:business>/import/<slug:public_id>/bad.csv", importing.bad_lines, name="review_import_bad_lines"),
]
