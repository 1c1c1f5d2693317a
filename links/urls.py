"""Pages behind mailed links."""

from django.urls import URLPattern, path

from links import answer_views, unsubscribe_views

urlpatterns: list[URLPattern] = [
    # /a/ answering a survey
    path("a/<str:token>/", answer_views.answer, name="answer"),
    path("a/<str:token>/thanks/", answer_views.thanks, name="answer_thanks"),
    # /u/ no more mails
    path("u/<str:token>/", unsubscribe_views.unsubscribe, name="unsubscribe"),
]
