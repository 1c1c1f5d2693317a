"""Pages behind mailed links."""

from django.urls import URLPattern, path

from links import answer_views, receipts, review_views, unsubscribe_views

urlpatterns: list[URLPattern] = [
    # /a/ answering a survey
    path("a/<str:token>/", answer_views.answer, name="answer"),
    path("a/<str:token>/thanks/", answer_views.thanks, name="answer_thanks"),
    path("a/<str:token>/review/", review_views.after_answer, name="review_after_answer"),
    # /r/ an author's own review, /c/ confirming one, /b/ writing one without being asked
    path("r/<str:token>/", review_views.own_review, name="review_edit"),
    path("r/<str:token>/receipt.json", receipts.receipt, name="review_receipt"),
    path("c/<str:token>/", review_views.confirm, name="review_confirm"),
    path("b/<slug:business>/review/", review_views.write, name="write_review"),
    # /u/ no more mails
    path("u/<str:token>/", unsubscribe_views.unsubscribe, name="unsubscribe"),
]
