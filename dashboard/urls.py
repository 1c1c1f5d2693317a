"""The way in, home and customers."""

from django.urls import include, path

from dashboard import views

urlpatterns = [
    # /new/ and /app/ for whoever is signed in
    path("new/", views.new_business, name="new_business"),
    path("app/", views.app, name="app"),
    # /app/<business>/
    path("app/<slug:business>/", views.home, name="home"),
    path("app/<slug:business>/first-steps/<slug:step>/", views.first_step, name="first_step"),
    path("app/<slug:business>/customers/", views.customers, name="customers"),
    path("app/<slug:business>/customers/<slug:public_id>/", views.customer, name="customer"),
    path("app/<slug:business>/fair-asking/", views.fair_asking_page, name="fair_asking"),
    path("app/<slug:business>/surveys/", include("dashboard.surveys.urls")),
]
