"""Every route, grouped by prefix. An app's own routes stand in its urls module."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from config import dev, health, landing, styleguide

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.not_found"
handler500 = "config.errors.failed"

urlpatterns: list[URLPattern | URLResolver] = [
    # /w/ what shops embed, /b/ a business as everybody sees it: first, because nothing is asked for as often
    path("", include("widgets.urls")),
    # /accounts/ signing up and in
    path("accounts/", include("allauth.urls")),
    # / for whoever comes by
    path("", landing.landing, name="landing"),
    path("help/", landing.help_page, name="help"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    # /how-the-score-works/ and /app/<business>/score/
    path("", include("trustscore.urls")),
    # /new/, /app/ the signed-in pages, /join/ a team, /media/ what businesses show
    path("", include("dashboard.urls")),
    path("", include("businesses.urls")),
    # /app/<business>/plan/ and what Stripe calls
    path("", include("billing.urls")),
    # /api/ for programs that hold a key
    path("", include("api.urls")),
    # /hooks/ what helpdesks, shops and scripts call, and the pages that mind them
    path("", include("integrations.urls")),
    # /a/ /u/ pages behind mailed links
    path("", include("links.urls")),
    # /app/<business>/invitations/
    path("", include("invitations.urls")),
    # /app/<business>/inbox/
    path("", include("reviews.urls")),
    # /health/ for whoever minds the servers
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
]

if settings.LOCAL:
    urlpatterns += [
        # /dev/ for the run on a laptop
        path("dev/mail/", dev.mail_list, name="dev_mail"),
        path("dev/mail/<int:number>/", dev.mail, name="dev_mail_one"),
        path("dev/mail/<int:number>/page", dev.mail_html, name="dev_mail_html"),
        path("dev/mail/<int:number>/source", dev.mail_source, name="dev_mail_source"),
    ]
