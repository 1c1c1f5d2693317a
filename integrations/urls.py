"""Routes of connections."""

from django.urls import path

from integrations.views import hooks, pages

APP = "app/<slug:business>/connections/"

urlpatterns = [
    # /hooks/ what helpdesks, shops and scripts call
    path("hooks/<slug:public_id>/", hooks.hook, name="hook"),
    path("hooks/<slug:public_id>/<str:secret>/", hooks.hook, name="hook_with_secret"),
    # /app/<business>/connections/ where an owner minds them
    path(APP, pages.connections, name="connections"),
    path(f"{APP}new/webhook/", pages.new_webhook, name="new_webhook"),
    path(f"{APP}new/django-helpdesk/", pages.new_django_helpdesk, name="new_django_helpdesk"),
    path(f"{APP}<slug:public_id>/", pages.connection, name="connection"),
    path(f"{APP}<slug:public_id>/secret/", pages.rotate_secret, name="connection_secret"),
    path(f"{APP}<slug:public_id>/account/", pages.account, name="connection_account"),
    path(f"{APP}<slug:public_id>/again/", pages.again, name="connection_again"),
    path(f"{APP}<slug:public_id>/pause/", pages.pause, name="connection_pause"),
    path(f"{APP}<slug:public_id>/resume/", pages.resume, name="connection_resume"),
    path(f"{APP}<slug:public_id>/delete/", pages.delete, name="connection_delete"),
]
