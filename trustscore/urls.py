"""Routes of the score's pages."""

from django.urls import path

from trustscore import views

urlpatterns = [
    # / for everybody
    path("how-the-score-works/", views.how_the_score_works, name="how_the_score_works"),
    # /app/ signed in
    path("app/<slug:business>/score/", views.score_page, name="score"),
]
