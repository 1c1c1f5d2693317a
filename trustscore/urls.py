"""Routes of the score's pages."""

from django.urls import path

from trustscore import log_views, operator_views, views
from trustscore.witnessing import views as witness_views

urlpatterns = [
    # / for everybody
    path("how-the-score-works/", views.how_the_score_works, name="how_the_score_works"),
    path("verify.py", log_views.verifier, name="verifier"),
    # /ledger/ the transparency log
    path("ledger/checkpoint", log_views.checkpoint, name="ledger_checkpoint"),
    path("ledger/key", log_views.key, name="ledger_key"),
    path("ledger/cosigned", log_views.cosigned, name="ledger_cosigned"),
    path("ledger/tile/<path:path>", log_views.tile, name="ledger_tile"),
    # /ledger/witness… who cosigns this log, and where others have theirs cosigned
    path("ledger/witnesses", witness_views.policy, name="ledger_witnesses"),
    path("ledger/witness/key", witness_views.witness_key, name="witness_key"),
    path("ledger/witness/add-checkpoint", witness_views.add_checkpoint, name="witness_add_checkpoint"),
    # /b/ what opens and proves a business's part of it
    path("b/<slug:business>/check/", views.check_page, name="check_score"),
    path("b/<slug:business>/openings.jsonl", log_views.openings, name="openings"),
    path("b/<slug:business>/ledger.json", log_views.ledger, name="business_ledger"),
    path("b/<slug:business>/score.json", log_views.score, name="score_json"),
    path("b/<slug:business>/reviews/<slug:review>/proof.json", log_views.proof, name="review_proof"),
    # /operator/ and /health/ for whoever minds the servers
    path("operator/ledger/", operator_views.log_page, name="operator_ledger"),
    path("health/ledger", operator_views.ledger_health, name="health_ledger"),
    # /app/ signed in
    path("app/<slug:business>/score/", views.score_page, name="score"),
    path("app/<slug:business>/score/service/", views.service_page, name="service_effect"),
]
