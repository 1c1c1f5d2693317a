"""Surveys of a business."""

from django.urls import path

from dashboard.surveys import previews, results, views

urlpatterns = [
    path("", views.surveys, name="surveys"),
    path("new/", views.new_survey, name="new_survey"),
    path("<slug:public_id>/", results.survey, name="survey"),
    path("<slug:public_id>/answers.csv", results.export, name="survey_export"),
    path("<slug:public_id>/settings/", views.survey_settings, name="survey_settings"),
    path("<slug:public_id>/switch/", views.switch, name="survey_switch"),
    path("<slug:public_id>/move/", views.move, name="survey_move"),
    path("<slug:public_id>/words/<slug:language>/", views.words, name="survey_words"),
    path("<slug:public_id>/words/<slug:language>/test/", views.send_test, name="survey_test"),
    path("<slug:public_id>/words/<slug:language>/mail/", previews.mail, name="survey_mail"),
    path("<slug:public_id>/words/<slug:language>/page/", previews.answer_page, name="survey_page"),
]
